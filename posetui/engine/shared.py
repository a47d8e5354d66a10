"""Pictures in shared memory, from the inference process to the app and to its window.

The memory has no name in the file system: its file descriptor (on Windows, its tag) is handed to the
process when it is started. So nothing can be left behind, however either side dies, and no helper
process is needed to clean up. This module holds all that differs between systems.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
import sys
import tempfile
import time
from typing import Final

import numpy as np
import numpy.typing as npt

from posetui.engine.messages import Preview
from posetui.pose.frame import Image

SLOTS: Final = 3
CAPACITY: Final = 1536 * 1024 * 3
"""Bytes of the largest picture. Memory that no picture has come to yet takes none."""
WHOLE_CAPACITY: Final = 4096 * 2304 * 3
"""The same for pictures in the source's own size."""
_HEADER = struct.Struct("=Q")
_PAGE = 1 << 16


class SharedPictures:
    """A ring of pictures that one process writes and another reads.

    Args:
        handle: what `handle` of the other side's object says; None makes new memory.
        capacity: bytes of the largest picture, the same on both sides.

    """

    def __init__(self, handle: str | None = None, capacity: int = CAPACITY) -> None:
        # Other writers come after us, when a process is started again: theirs are other numbers.
        self._sequence = time.monotonic_ns()
        self.capacity = capacity
        self._slot = -(-(_HEADER.size + capacity) // _PAGE) * _PAGE
        size = SLOTS * self._slot
        self.descriptors: tuple[int, ...] = ()
        if sys.platform == "win32":
            self.handle = handle or f"posetui-{secrets.token_hex(8)}"
            self._memory = mmap.mmap(-1, size, tagname=self.handle)
        else:
            descriptor = int(handle) if handle else _nameless_file(size)
            self.handle = str(descriptor)
            self.descriptors = (descriptor,)
            self._memory = mmap.mmap(descriptor, size)

    def write(self, image: Image) -> Preview:
        """Store uint8 [H, W, 3] of at most `capacity` bytes in the next slot; return where it lies."""
        height, width, _ = image.shape
        self._sequence += 1
        slot = self._sequence % SLOTS
        offset = slot * self._slot
        # A reader that comes while we write sees sequence 0 and takes no picture.
        _HEADER.pack_into(self._memory, offset, 0)
        place = np.frombuffer(self._memory, np.uint8, image.size, offset + _HEADER.size)
        np.copyto(place.reshape(image.shape), image)
        _HEADER.pack_into(self._memory, offset, self._sequence)
        return Preview(slot, width, height, self._sequence)

    def read(self, preview: Preview) -> Image | None:
        """Return a copy of a picture, uint8 [H, W, 3], or None when it has been overwritten."""
        offset = preview.slot * self._slot
        start = offset + _HEADER.size
        count = preview.width * preview.height * 3
        data = self._memory[start : start + count]
        if _HEADER.unpack_from(self._memory, offset)[0] != preview.sequence:
            return None
        return np.frombuffer(data, np.uint8).reshape(preview.height, preview.width, 3)

    def empty(self) -> None:
        """Let the system have the memory of the pictures, until others are written."""
        if hasattr(mmap, "MADV_REMOVE"):
            self._memory.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()


class SharedRoom:
    """Memory as large as is needed, that one process writes and another reads without a copy.

    Whoever reads keeps what it read from: a later, larger picture lies in a new mapping.

    Args:
        handle: what `handle` of the other side's object says; None makes new memory.

    """

    def __init__(self, handle: str | None = None) -> None:
        self.descriptors: tuple[int, ...] = ()
        self._memory: mmap.mmap | None = None
        if sys.platform == "win32":
            self.handle = handle or f"posetui-{secrets.token_hex(8)}"
        else:
            descriptor = int(handle) if handle else _nameless_file(0)
            self.handle = str(descriptor)
            self.descriptors = (descriptor,)

    def view(self, count: int) -> npt.NDArray[np.uint8]:
        """Return uint8 [count]: the memory itself, made larger if need be.

        Raises:
            OSError: there is not so much memory.

        """
        size = 1 << max(count - 1, 0xFFFF).bit_length()
        if self._memory is None or len(self._memory) < size:
            if sys.platform == "win32":
                self._memory = mmap.mmap(-1, size, tagname=f"{self.handle}-{size}")
            else:
                [descriptor] = self.descriptors
                if os.fstat(descriptor).st_size < size:
                    os.ftruncate(descriptor, size)  # takes memory only where it is written to
                self._memory = mmap.mmap(descriptor, size)
        return np.frombuffer(self._memory, np.uint8, count)

    def close(self) -> None:
        """Give the memory back, as soon as nobody looks at it any more."""
        self._memory = None
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()


def _nameless_file(size: int) -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("posetui")
    else:
        descriptor, path = tempfile.mkstemp(prefix="posetui-")
        os.unlink(path)  # noqa: PTH108 - a descriptor, not a path, is what we keep
    os.ftruncate(descriptor, size)
    return descriptor
