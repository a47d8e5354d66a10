"""Memory that was freed, and that the system does not know of yet."""

from __future__ import annotations

import ctypes
import sys

EVERY_S = 30.0
"""How often a long run gives back; each time takes a few milliseconds."""


def give_back() -> None:
    """Return freed memory to the system; glibc keeps what a network, or a thread, leaves otherwise."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
