"""The image files of a set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from posetui.errors import DatasetError
from posetui.pose.frame import Image
from posetui.sources.pictures import unpacked
from posetui.tapes.formats.pictures import JPEG, picture_named, size_of
from posetui.text import safe_text

_END = b"\xff\xd9"
_TAIL = 1 << 16  # bytes in which the end is looked for


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An image file.

    Attributes:
        path: the file.
        image: uint8 [H, W, 3], BGR, as whoever estimates it sees it; None where it cannot be decoded.
        stored: width, height as its first bytes say, before it is turned as a camera asks for; or None.
        whole: its last bytes are there; what is missing would be grey.

    """

    path: Path
    image: Image | None
    stored: tuple[int, int] | None
    whole: bool = True

    @property
    def size(self) -> tuple[int, int] | None:
        """Return width, height of the decoded image."""
        return None if self.image is None else (self.image.shape[1], self.image.shape[0])


def folder_of(labels: Path, given: Path | None) -> Path | None:
    """Return the folder of a set's images: the one named, else `images` beside its file, if that is there.

    Raises:
        DatasetError: the one that is named is no folder.

    """
    if given is None:
        beside = labels.parent / "images"
        return beside.resolve() if beside.is_dir() else None
    if not given.is_dir():
        raise DatasetError(f"{safe_text(given)} is not a folder", "Name the folder of the set's images.")
    return given.resolve()


def find(name: str, folder: Path) -> Path | None:
    """Return the file of an image's name in a folder, also without the folders that the name has, or None."""
    return picture_named(name, folder)


def read(path: Path) -> Picture:
    """Read an image file; DatasetError where the system refuses."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{safe_text(path)} cannot be read: {error.strerror or error}") from error
    return Picture(path, unpacked(data), size_of(data), _whole(data))


def _whole(data: bytes) -> bool:
    """Whether the end of a JPEG is there; some cameras append more, so that it need not be the last."""
    return not data.startswith(JPEG) or _END in data[-_TAIL:]
