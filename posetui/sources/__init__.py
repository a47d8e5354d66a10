"""Sources: what gives frames. One module per kind, behind the protocol in `base`."""
