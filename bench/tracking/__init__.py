"""Scenes with truth, other trackers, and metrics, for the benchmark of tracking."""
