"""Skeletons, poses, pose frames, similarity and conversion. NumPy only; no input or output."""
