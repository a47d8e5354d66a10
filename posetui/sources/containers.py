"""What a file says of its own length, read from its container without decoding.

MP4/MOV: ISO/IEC 14496-12 (boxes); AVI: RIFF chunks; Matroska/WebM: RFC 8794 (EBML).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

_MP4_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
_MOOV_LIMIT = 64 * 2**20
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"


@dataclass(frozen=True, slots=True)
class Container:
    """What the top level of a file shows.

    Attributes:
        format: the family of the container.
        index: False where the index (the moov box of an MP4) is missing or cut, so nothing can be decoded.
        cut: True where the file ends before its own sizes say.
        seconds: how long the video track of an MP4 is shown, after its edit list, or None.
    """

    format: Literal["mp4", "avi", "matroska", "other"]
    index: bool = True
    cut: bool = False
    seconds: float | None = None


def inspect_container(path: Path) -> Container:
    """Return what the container says of its length.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] in _MP4_FIRST:
            return _inspect_mp4(file, size)
        if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
            declared = int.from_bytes(head[4:8], "little")
            return Container("avi", cut=0 < declared < 0xFFFFFFFF and declared + 8 > size)
        if head[:4] == _EBML:
            return Container("matroska", cut=_matroska_cut(file, size))
    return Container("other")


def _inspect_mp4(file: BinaryIO, size: int) -> Container:
    offset, moov, cut, seconds = 0, False, False, None
    while offset + 8 <= size and not cut:
        file.seek(offset)
        head = file.read(16)
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        elif length == 0:
            length = size - offset
        if length < 8 or not all(32 <= c < 127 or c == 0xA9 for c in kind):
            break  # garbage after the last box is not ours to judge
        cut = offset + length > size
        if kind == b"moov" and not cut and not moov:
            moov = True
            file.seek(offset)
            seconds = _video_seconds(file.read(min(length, _MOOV_LIMIT)))
        offset += length
    return Container("mp4", index=moov, cut=cut, seconds=seconds)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and content of the boxes within a box; ends at what is none."""
    offset = 0
    while offset + 8 <= len(data):
        length = int.from_bytes(data[offset : offset + 4], "big")
        if length < 8:
            return
        yield data[offset + 4 : offset + 8], data[offset + 8 : offset + length]
        offset += length


def _video_seconds(moov: bytes) -> float | None:
    """Return the shown length of the longest video track: tkhd counts in the time scale of mvhd."""
    scale, units = 0, 0
    for kind, content in _boxes(moov[8:]):
        if kind == b"mvhd":
            at = 20 if content[:1] == b"\x01" else 12
            scale = int.from_bytes(content[at : at + 4], "big")
        elif kind == b"trak":
            inside = dict(_boxes(content))
            handler = dict(_boxes(inside.get(b"mdia", b""))).get(b"hdlr", b"")[8:12]
            header = inside.get(b"tkhd", b"")
            duration = header[28:36] if header[:1] == b"\x01" else header[20:24]
            if handler == b"vide":
                units = max(units, int.from_bytes(duration, "big"))
    return units / scale if scale and 0 < units < 0xFFFFFFFF else None


def _vint(data: bytes) -> tuple[int, int | None]:
    """Return width in bytes and value of an EBML number; None for `unknown` or nonsense."""
    if not data or data[0] == 0:
        return 1, None
    width = 9 - data[0].bit_length()
    value = int.from_bytes(data[:width], "big") & ((1 << (7 * width)) - 1)
    return width, None if len(data) < width or value == (1 << (7 * width)) - 1 else value


def _matroska_cut(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    width, length = _vint(file.read(8))
    if length is None:
        return False
    start = 4 + width + length
    file.seek(start)
    if file.read(4) != _SEGMENT:
        return False
    width, length = _vint(file.read(8))
    return length is not None and start + 4 + width + length > size
