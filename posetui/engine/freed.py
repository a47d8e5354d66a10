"""Memory that was freed, and that the system does not know of yet."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's numbers of what mallopt sets
_MOST = 32 << 20  # bytes: glibc takes no more for the second

EVERY_S = 30.0
"""How often a long run gives back; each time takes a few milliseconds."""


def give_back() -> None:
    """Return freed memory to the system; glibc keeps what a network, or a thread, leaves otherwise."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)


def keep_pictures() -> None:
    """Have memory of pictures used again at once: new pages would cost more than drawing on them."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _MOST)
            mallopt(_TRIM_THRESHOLD, 8 * _MOST)
