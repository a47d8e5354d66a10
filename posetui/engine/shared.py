"""Pictures in shared memory, from the inference process to the app.

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
from typing import Final

import numpy as np

from posetui.engine.messages import Preview
from posetui.pose.frame import Image

SLOTS: Final = 3
CAPACITY: Final = 1536 * 1024 * 3
"""Bytes of the largest picture. Memory that no picture has come to yet takes none."""
_HEADER = struct.Struct("=Q")
_SLOT = _HEADER.size + CAPACITY
_SIZE = SLOTS * _SLOT


class SharedPictures:
    """A ring of pictures that one process writes and another reads.

    Args:
        handle: what `handle` of the other side's object says; None makes new memory.

    """

    def __init__(self, handle: str | None = None) -> None:
        self._sequence = 0
        self.descriptors: tuple[int, ...] = ()
        if sys.platform == "win32":
            self.handle = handle or f"posetui-{secrets.token_hex(8)}"
            self._memory = mmap.mmap(-1, _SIZE, tagname=self.handle)
        else:
            descriptor = int(handle) if handle else _nameless_file()
            self.handle = str(descriptor)
            self.descriptors = (descriptor,)
            self._memory = mmap.mmap(descriptor, _SIZE)

    def write(self, image: Image) -> Preview:
        """Store uint8 [H, W, 3] of at most CAPACITY bytes in the next slot; return where it lies."""
        height, width, _ = image.shape
        self._sequence += 1
        slot = self._sequence % SLOTS
        offset = slot * _SLOT
        # A reader that comes while we write sees sequence 0 and takes no picture.
        _HEADER.pack_into(self._memory, offset, 0)
        start = offset + _HEADER.size
        self._memory[start : start + image.nbytes] = np.ascontiguousarray(image).tobytes()
        _HEADER.pack_into(self._memory, offset, self._sequence)
        return Preview(slot, width, height, self._sequence)

    def read(self, preview: Preview) -> Image | None:
        """Return a copy of a picture, uint8 [H, W, 3], or None when it has been overwritten."""
        offset = preview.slot * _SLOT
        start = offset + _HEADER.size
        count = preview.width * preview.height * 3
        data = self._memory[start : start + count]
        if _HEADER.unpack_from(self._memory, offset)[0] != preview.sequence:
            return None
        return np.frombuffer(data, np.uint8).reshape(preview.height, preview.width, 3)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()


def _nameless_file() -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("posetui")
    else:
        descriptor, path = tempfile.mkstemp(prefix="posetui-")
        os.unlink(path)  # noqa: PTH108 - a descriptor, not a path, is what we keep
    os.ftruncate(descriptor, _SIZE)
    return descriptor
