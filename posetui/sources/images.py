"""One image, a folder of images, or a glob of images, in the order people count."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Sequence
from pathlib import Path, PurePath
from types import ModuleType

import numpy as np

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, SourceInfo, SourceOptions
from posetui.sources.capture import LARGE_NOTE
from posetui.sources.checks import check_file, check_range, file_error, quoted
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE, check_transform, is_picture, shaped
from posetui.text import natural_key

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".jp2", ".avif"}
)
DEFAULT_FPS = 2.0
_MAX_BYTES = 256 * 2**20
_SERIES = frozenset({".mjpeg", ".mjpg"})  # JPEG after JPEG: a video, though it begins like an image
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*")


def is_image_name(path: Path) -> bool:
    """Tell by its suffix whether a file is an image."""
    return path.suffix.lower() in SUFFIXES


def looks_like_image(path: Path) -> bool:
    """Tell by its first bytes whether a file is a JPEG, PNG, BMP, TIFF or WebP image."""
    try:
        if path.suffix.lower() in _SERIES or not path.is_file():  # opening a FIFO would wait for its writer
            return False
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError):
        return False
    return head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def find_images(spec: str) -> list[Path]:
    """Return the images that a file, a folder or a glob names, in natural order.

    Raises:
        SourceError: a folder without images or that may not be read, a glob that matches none.
    """
    path = Path(spec)
    try:
        if path.is_dir():
            found = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        elif path.exists() or not glob.has_magic(spec):
            return [path]
        else:
            found = [Path(match) for match in glob.iglob(spec, recursive=True)]  # noqa: PTH207 - absolute too
    except (OSError, ValueError) as error:
        raise file_error(path, error) from error
    images = sorted((p for p in found if is_image_name(p) and p.is_file()), key=lambda p: natural_key(str(p)))
    if not images and path.is_dir():
        raise SourceError(
            f"the folder {quoted(path)} has no images", f"Images end in {', '.join(sorted(SUFFIXES))}."
        )
    if not images:
        raise SourceError(
            f"no image matches {quoted(spec)}", "Check the pattern, and quote it for the shell."
        )
    return images


def names_of(paths: Sequence[Path]) -> list[str]:
    """Return the names of image files, with `/` and the folders below the one that they have in common."""
    folders = [os.path.abspath(path.parent) for path in paths]  # noqa: PTH100 - without following links
    common = os.path.commonpath(folders) if len({Path(one).anchor for one in folders}) == 1 else None
    return [
        path.name if common is None else PurePath(folder, path.name).relative_to(common).as_posix()
        for path, folder in zip(paths, folders, strict=True)
    ]


def read_image(path: Path, cv2: ModuleType) -> Image | None:
    """Return an image file's pixels as uint8 [H, W, 3] BGR, upright by its EXIF, or None if it has none."""
    if path.stat().st_size > _MAX_BYTES:
        return None
    data = np.fromfile(path, dtype=np.uint8)  # not cv2.imread: it cannot open every name on every system
    if data.size == 0:
        return None
    try:
        image: Image | None = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than allowed, or a decoder's own complaint
        return None
    return image if is_picture(image) else None


class ImagesSource:
    """Images as frames of a slide show, 2 a second unless told.

    Args:
        paths: the files.
        options: how they are read.
        title: what the user may see.
        names: what each is called; `names_of` the paths without them.

    Raises:
        SourceError: no image can be decoded, or `start` is past the last one.
    """

    def __init__(
        self, paths: list[Path], options: SourceOptions, title: str, names: Sequence[str] | None = None
    ) -> None:
        check_range(options)
        check_transform(options)
        if len(paths) == 1:
            check_file(paths[0])
        self._bad: set[int] = set()  # places in _paths
        self._cv2 = load_cv2()
        self._options = options
        self._fps = options.fps or DEFAULT_FPS
        self._names = names_of(paths) if names is None else list(names)
        self._paths = self._in_range(paths)
        self._next = 0  # place in _paths
        self._index = 0
        self._closed = False
        self._large = False
        self._kept: tuple[int, Image] | None = None  # the last decoded: one image in a loop is decoded once
        first = self._find_picture()
        if first is None:
            name = quoted(paths[0].name)
            what = (
                f"{name} is not an image that can be read"
                if len(paths) == 1
                else "none of the images can be read"
            )
            raise SourceError(
                what, "Check the files; very large pictures (over 134 million pixels) are refused."
            )
        self._next = first[0]
        height, width = first[1].shape[:2]
        self._info = SourceInfo(
            title=title,
            kind="images",
            live=False,
            fps=self._fps,
            size=(width, height),
            frames=len(self._paths),
            note=LARGE_NOTE if self._large else "",
        )

    def _in_range(self, paths: list[Path]) -> list[tuple[int, Path]]:
        """Return place and path of the images shown at start <= time < end."""
        end = self._options.end
        numbered = [
            (number, path)
            for number, path in enumerate(paths)
            if number / self._fps >= self._options.start - 1e-6
            and (end is None or number / self._fps < end - 1e-6)
        ]
        if not numbered:
            raise SourceError(
                f"no image is shown at {self._options.start:g} s: they last {len(paths) / self._fps:g} s",
                "Use an earlier start.",
            )
        return numbered

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the images; `frames` counts those that cannot be decoded too."""
        return self._info

    @property
    def skipped(self) -> int:
        """Return how many images could not be decoded so far."""
        return len(self._bad)

    def read(self) -> Frame | None:
        """Return the next image that can be decoded; None after the last, or after `close`."""
        found = None if self._closed else self._find_picture()
        if found is None and self._options.loop and not self._closed:
            self._next = 0
            found = self._find_picture()
        if found is None or self._closed:
            return None
        place, image = found
        self._next = place + 1
        number = self._paths[place][0]
        frame = Frame(self._index, image, time.monotonic(), number / self._fps, self._names[number])
        self._index += 1
        return frame

    def seek(self, seconds: float) -> bool:
        """Go to the image shown at a position."""
        wanted = next(
            (i for i, (n, _) in enumerate(self._paths) if (n + 1) / self._fps > seconds + 1e-6), None
        )
        if wanted is None:
            return False
        self._next = wanted
        return True

    def close(self) -> None:
        """Give no more images."""
        self._closed = True

    def _find_picture(self) -> tuple[int, Image] | None:
        """Return place and pixels of the next image that can be decoded; count those that cannot."""
        for place in range(self._next, len(self._paths)):
            if self._kept is not None and self._kept[0] == place:
                return place, self._kept[1].copy()
            try:
                picture = read_image(self._paths[place][1], self._cv2)
            except OSError:
                picture = None
            if picture is not None:
                self._large = self._large or max(picture.shape[:2]) > MAX_SIDE
                image = shaped(picture, self._options.rotate, self._options.size)
                self._kept = (place, image)
                return place, image.copy()
            self._bad.add(place)
        return None
