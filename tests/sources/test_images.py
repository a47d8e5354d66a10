"""Images alone, in folders and by glob."""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.images import ImagesSource, find_images
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE
from posetui.text import natural_key
from tests.sources.source_files import jpeg, number_of, numbered_picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures 0 to 11, whose names sort otherwise as text."""
    result = tmp_path / "pictures"
    result.mkdir()
    for number in range(12):
        (result / f"img{number}.jpg").write_bytes(jpeg(number))
    (result / "notes.txt").write_text("no picture")
    (result / ".hidden.jpg").write_bytes(jpeg(30))
    return result


def open_images(spec: Path | str, options: SourceOptions | None = None) -> ImagesSource:
    return ImagesSource(find_images(str(spec)), options or SourceOptions(), "title")


def numbers(source: ImagesSource, limit: int = 100) -> list[int]:
    result: list[int] = []
    while len(result) < limit and (frame := source.read()) is not None:
        result.append(number_of(frame.image))
    return result


def test_natural_order() -> None:
    names = ["b1", "a10", "a2", "A1", "a02", "a", "10", "9", "x²", ""]
    assert sorted(names, key=natural_key) == ["", "9", "10", "a", "A1", "a02", "a2", "a10", "b1", "x²"]


def test_a_folder_is_a_slide_show_in_natural_order(folder: Path) -> None:
    source = open_images(folder)
    assert (source.info.kind, source.info.live, source.info.fps) == ("images", False, 2.0)
    assert (source.info.frames, source.info.size) == (12, (96, 64))
    frames = list(iter(source.read, None))
    assert [number_of(f.image) for f in frames] == list(range(12))
    assert [f.pts for f in frames] == [i / 2 for i in range(12)]
    assert source.read() is None


def names(source: ImagesSource) -> list[str]:
    return [frame.image_name for frame in iter(source.read, None)]


def test_frames_have_the_names_of_their_files(folder: Path, tmp_path: Path) -> None:
    assert names(open_images(folder, SourceOptions(start=4))) == [f"img{i}.jpg" for i in range(8, 12)]
    (folder / "img1.jpg").write_bytes(b"broken")  # is left out, and takes no other's place
    assert names(open_images(folder))[:3] == ["img0.jpg", "img2.jpg", "img3.jpg"]
    assert names(open_images(folder / "img7.jpg")) == ["img7.jpg"]
    other = tmp_path / "more" / "below"
    other.mkdir(parents=True)
    (other / "img0.jpg").write_bytes(jpeg(0))
    found = names(open_images(tmp_path / "**" / "img0.jpg"))
    assert found == ["more/below/img0.jpg", "pictures/img0.jpg"]
    given = ImagesSource(
        find_images(str(folder)), SourceOptions(end=1), "title", [f"n{i}" for i in range(12)]
    )
    assert names(given) == ["n0"]


def test_glob(folder: Path) -> None:
    assert numbers(open_images(folder / "img1*.jpg")) == [1, 10, 11]
    assert numbers(open_images(folder.parent / "**" / "img[23].*")) == [2, 3]
    odd = folder / "img[1].png"
    load_cv2().imwrite(str(odd), numbered_picture(20))
    assert numbers(open_images(odd)) == [20], "a file is meant where one is called like the pattern"


def test_range_loop_and_seek(folder: Path) -> None:
    source = open_images(folder, SourceOptions(fps=4, start=0.5, end=1.5, loop=True))
    assert source.info.frames == 4
    assert numbers(source, 6) == [2, 3, 4, 5, 2, 3]
    assert source.seek(1.1)
    assert numbers(source, 1) == [4]
    assert not source.seek(5)


def test_one_image(folder: Path) -> None:
    source = open_images(folder / "img7.jpg")
    assert source.info.frames == 1
    assert numbers(source) == [7]
    looped = open_images(folder / "img7.jpg", SourceOptions(loop=True))
    first, second = looped.read(), looped.read()
    assert first is not None
    assert second is not None
    assert (first.index, second.index) == (0, 1)
    first.image[:] = 0
    assert number_of(second.image) == 7, "each frame has pixels of its own"


def test_what_does_not_decode_in_a_folder_is_skipped_and_counted(folder: Path) -> None:
    (folder / "img0.jpg").write_bytes(b"")
    (folder / "img3.jpg").write_bytes(b"words")
    (folder / "img11.jpg").write_bytes(b"\xff\xd8\xff")
    source = open_images(folder)
    assert numbers(source) == [1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert source.skipped == 3


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.jpg", b"words", r"a\.jpg is not an image that can be read"),
        ("a.png", b"\x89PNG\r\n\x1a\n", r"a\.png is not an image that can be read"),
        ("a.jpg", b"", r"a\.jpg is empty"),
    ],
)
def test_an_image_alone_that_does_not_decode(tmp_path: Path, name: str, content: bytes, match: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=match):
        open_images(tmp_path / name)


def test_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no images"):
        find_images(str(tmp_path))
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.jpg").mkdir()
    with pytest.raises(SourceError, match="has no images"):
        find_images(str(tmp_path))
    for pattern in ("*.jpg", "*.txt", "[", "**/x?"):
        with pytest.raises(SourceError, match=r"no image matches|no such file"):
            open_images(tmp_path / pattern)
    (tmp_path / "c.jpg").write_bytes(b"x")
    (tmp_path / "d.jpg").write_bytes(b"x")
    with pytest.raises(SourceError, match="none of the images can be read"):
        open_images(tmp_path)


@pytest.mark.parametrize("start", [6.0, -1.0, math.nan])
def test_a_start_that_cannot_be(folder: Path, start: float) -> None:
    with pytest.raises(SourceError):
        open_images(folder, SourceOptions(start=start))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims a size, with hardly any pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of_size(60_000, 60_000))
    with pytest.raises(SourceError, match=r"bomb\.png is not an image that can be read"):
        open_images(tmp_path / "bomb.png")


def test_a_very_large_picture_is_scaled_down_with_a_note(tmp_path: Path) -> None:
    load_cv2().imwrite(str(tmp_path / "wide.png"), np.full((50, 10_000, 3), 70, np.uint8))
    source = open_images(tmp_path / "wide.png")
    frame = source.read()
    assert frame is not None
    assert source.info.size == (MAX_SIDE, 41)
    assert frame.image.shape == (41, MAX_SIDE, 3)
    assert "scaled down" in source.info.note


def test_the_turn_in_the_exif_is_honoured(tmp_path: Path) -> None:
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)
    exif = b"Exif\0\0" + tiff
    data = jpeg(5)
    (tmp_path / "turned.jpg").write_bytes(
        data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    )
    assert open_images(tmp_path / "turned.jpg").info.size == (64, 96)


def test_pictures_of_many_kinds_become_bgr(tmp_path: Path) -> None:
    cv2 = load_cv2()
    grey = numbered_picture(5)[:, :, 0]
    cv2.imwrite(str(tmp_path / "1.png"), grey)
    cv2.imwrite(str(tmp_path / "2.tiff"), grey.astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "3.png"), np.dstack([grey] * 4))
    cv2.imwrite(str(tmp_path / "4.webp"), numbered_picture(5))
    cv2.imwrite(str(tmp_path / "5.bmp"), numbered_picture(5))
    source = open_images(tmp_path)
    frames = list(iter(source.read, None))
    assert [(f.image.shape, str(f.image.dtype)) for f in frames] == [((64, 96, 3), "uint8")] * 5
    assert [number_of(f.image) for f in frames] == [5] * 5
