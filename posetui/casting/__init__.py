"""The terminal itself, recorded: asciicasts, and animated pictures of them. Knows nothing of poses."""
