"""Backends: what turns an image into poses. One module per model family, behind the protocol in `base`."""
