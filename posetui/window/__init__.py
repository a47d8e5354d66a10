"""The OpenCV window: a process of its own that shows the same frames as the terminal, in full size."""
