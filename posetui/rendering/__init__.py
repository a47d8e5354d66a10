"""Videos, animations and pictures of what was seen, written to files."""
