"""Image files of a dataset: their sizes, from the first bytes of a JPEG or PNG, without decoding them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from posetui.errors import TapeError
from posetui.tapes.formats.exchange import Imported, ImportedFrame
from posetui.tapes.formats.files import named, reason

JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD = 1 << 20  # bytes that what stands before a JPEG's size may have: colour profile, preview, camera data


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width, height in pixels of the JPEG or PNG that begins with these bytes, or None."""
    if data.startswith(_PNG) and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return (width, height) if 0 < width <= 1 << 16 and 0 < height <= 1 << 16 else None
    if not data.startswith(JPEG):
        return None
    at = 2
    while at + 9 <= len(data):
        marker, kind, length = struct.unpack_from(">BBH", data, at)
        if marker != 0xFF:
            return None
        if kind == 0xFF:  # a byte that only fills
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return (width, height) if width and height else None
        else:
            at += 2 + length
    return None


def with_pictures(imported: Imported, folder: Path) -> Imported:
    """Return the same with the image of each frame, and its size, from a folder.

    A frame's image is the file of its name in the folder, also without the folders that the name has. Frames
    whose image is missing stay as they are.

    Raises:
        TapeError: the folder is none, or it has none of the images.

    """
    if not folder.is_dir():
        raise TapeError(f"{named(folder)} is not a folder", "Name the folder of the dataset's images.")
    frames = list(imported.frames)
    found = [_with_picture(one, folder.resolve()) for one in frames]
    if frames and not any(one.picture for one in found):
        first = frames[0].facts
        raise TapeError(
            f"{named(folder)} has none of the images",
            f"The first is named {named(Path(first.file_name))}." if first else "The format names no images.",
        )
    sizes = [one.frame.size for one in found] or [imported.header.size]
    largest = max(width for width, _ in sizes), max(height for _, height in sizes)

    def yielded() -> Iterator[ImportedFrame]:
        yield from found

    return Imported(replace(imported.header, size=largest), yielded())


def picture_named(name: str, folder: Path) -> Path | None:
    """Return the file of a name in a folder, also without the folders that the name has, or None.

    Args:
        name: as a dataset writes it; never reaches out of the folder.
        folder: resolved.

    """
    if not name or "\0" in name:
        return None
    for candidate in (folder / name, folder / Path(name).name):
        # A dataset is from somebody else: it must not reach out of the folder.
        path = candidate.resolve()
        if path.is_relative_to(folder) and path.is_file():
            return path
    return None


def _with_picture(one: ImportedFrame, folder: Path) -> ImportedFrame:
    path = picture_named(one.facts.file_name if one.facts else "", folder)
    if path is None:
        return one
    try:
        with path.open("rb") as file:
            size = size_of(file.read(_HEAD))
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be read: {reason(error)}") from error
    if size is None:
        raise TapeError(f"{named(path)} is neither a JPEG nor a PNG")
    return replace(one, frame=replace(one.frame, size=size), picture=path)
