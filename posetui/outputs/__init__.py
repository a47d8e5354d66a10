"""Pose frames sent to other programs as they come: one module a protocol, behind the one in `base`."""
