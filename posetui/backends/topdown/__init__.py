"""Top-down estimation: people are found in the whole picture, then looked at one by one."""
