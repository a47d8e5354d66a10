"""JPEG pictures found in a stream of bytes: concatenated, in multipart, or with garbage between.

Marker structure: ITU-T T.81, annex B. Thumbnails inside a picture are stepped over with their segment.
"""

from __future__ import annotations

import re

_START = b"\xff\xd8\xff"
_END = b"\xff\xd9"
_SCAN = 0xDA
# In entropy-coded data FF00 is a stuffed byte, FFD0-FFD7 are restarts and FFFF is padding.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class JpegSplitter:
    """Cuts bytes into whole JPEG pictures, in bounded memory.

    Attributes:
        corrupt: pictures given up because they were cut, broken or larger than the limit.

    Args:
        limit: the most bytes of one picture; memory stays near it whatever comes.
    """

    def __init__(self, limit: int = 32 * 2**20) -> None:
        self.corrupt = 0
        self._limit = limit
        self._data = bytearray()
        self._at = 0  # how far the picture that starts at 0 was walked; 0 outside a picture
        self._in_scan = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, return the pictures that became whole."""
        self._data += data
        pictures: list[bytes] = []
        while self._find_start():
            length = self._walk()
            if length is None:
                break
            if length:
                pictures.append(bytes(self._data[:length]))
                self._drop(length)
            else:
                self.corrupt += 1
                self._drop(2)
        return pictures

    def finish(self) -> None:
        """Say that no more bytes come: a picture under way counts as corrupt."""
        if self._at:
            self.corrupt += 1
        self._drop(len(self._data))

    def _drop(self, count: int) -> None:
        del self._data[:count]
        self._at, self._in_scan = 0, False

    def _find_start(self) -> bool:
        """Bring the start of a picture to the front of the buffer; False when there is none."""
        if self._at:
            return True
        start = self._data.find(_START)
        if start < 0:
            del self._data[: max(0, len(self._data) - 2)]  # its last two bytes may begin a start
            return False
        self._drop(start)
        self._at = 2
        return True

    def _walk(self) -> int | None:
        """Return the length of the picture at the front: None while incomplete, 0 when it is broken."""
        data = self._data
        while True:
            if self._at > self._limit:
                return 0
            if self._in_scan:
                self._to_marker()
            if len(data) < self._at + 4 and data[self._at : self._at + 2] != _END:
                return None if len(data) <= self._limit else 0
            marker = data[self._at + 1]
            if data[self._at : self._at + 2] == _END:
                return self._at + 2
            if data[self._at] == marker == 0xFF:  # padding before a marker
                self._at += 1
                continue
            length = int.from_bytes(data[self._at + 2 : self._at + 4], "big")
            # FFD8 is the start of the next picture, so this one was cut; the others have no place here.
            misplaced = marker < 0xC0 or 0xD0 <= marker <= 0xD8
            if data[self._at] != 0xFF or misplaced or length < 2:
                return 0
            self._at += 2 + length
            self._in_scan = marker == _SCAN

    def _to_marker(self) -> None:
        """Go over entropy-coded data to the next marker, or to where one may begin at the end."""
        found = _MARKER_IN_SCAN.search(self._data, self._at)
        self._in_scan = found is None
        self._at = found.start() if found else max(self._at, len(self._data) - 1)
