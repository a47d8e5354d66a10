"""Tapes: writing, reading and recovering recorded streams of pose frames. A tape is an MCAP file."""
