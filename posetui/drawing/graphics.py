"""Pictures as the bytes of three protocols of terminals: kitty's graphics, iTerm2's inline images, sixel."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import U8

Size = tuple[int, int]

_CHUNK = 4096
# Below half of the lowest z, kitty paints under cells that have a background: dialogs cover the picture.
_BENEATH = -(2**30) - 1
_FASTEST = 1
_BAND = 6


def kitty(picture: U8, cells: Size, number: int) -> str:
    """Return what shows a picture at the cursor, beneath the text, scaled to cells; the cursor stays.

    Source: Kovid Goyal, "Terminal graphics protocol", https://sw.kovidgoyal.net/kitty/graphics-protocol/

    Args:
        picture: uint8 RGB [h, w, 3].
        cells: columns, rows.
        number: of the picture, above 0; one with the same number is replaced.

    """
    height, width = picture.shape[:2]
    data = base64.standard_b64encode(zlib.compress(np.ascontiguousarray(picture).data, _FASTEST)).decode()
    place = f"p=1,c={cells[0]},r={cells[1]},z={_BENEATH},C=1"
    control = f"a=T,f=24,o=z,s={width},v={height},i={number},{place},q=2"
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    sent = []
    for at, chunk in enumerate(chunks):
        more = int(at + 1 < len(chunks))
        sent.append(f"\x1b_G{control if at == 0 else 'q=2'},m={more};{chunk}\x1b\\")
    return "".join(sent)


def kitty_without(number: int) -> str:
    """Return what takes a picture away again, and its memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def iterm2(picture: U8, cells: Size) -> str:
    """Return what shows a picture (uint8 RGB [h, w, 3]) at the cursor, scaled to cells.

    Source: George Nachman, "Inline images protocol", https://iterm2.com/documentation-images.html
    """
    image = png(picture)
    place = f"width={cells[0]};height={cells[1]};preserveAspectRatio=0;doNotMoveCursor=1"
    return (
        f"\x1b]1337;File=inline=1;{place};size={len(image)}:{base64.standard_b64encode(image).decode()}\x07"
    )


def png(picture: U8) -> bytes:
    """Return a PNG file of uint8 RGB [h, w, 3], packed as fast as can be."""
    height, width = picture.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = picture.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, _FASTEST)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def sixel(picture: U8) -> str:
    """Return what shows a picture (uint8 RGB [h, w, 3]) at the cursor, pixel by pixel, in 216 colours.

    Bands of six rows; in each, a line for every colour in it, with one character a column that says which of
    the six pixels have it. Colours are dithered in an ordered pattern (Bayer, 1973).
    Source: DEC, "VT330/VT340 Programmer Reference Manual", volume 2, chapter 14.
    """
    height, width = picture.shape[:2]
    index = _dithered(picture)
    bands = -(-height // _BAND)
    padded = np.full((bands * _BAND, width), -1, np.int64)
    padded[:height] = index
    y, x = np.nonzero(padded >= 0)
    line = (y // _BAND) * 216 + padded[y, x]
    number = np.zeros(bands * 216, np.int64)
    number[line] = 1
    used = np.flatnonzero(number)
    number[used] = np.arange(len(used))
    bits = np.zeros((len(used), width), np.uint8)
    np.bitwise_or.at(bits.reshape(-1), number[line] * width + x, np.left_shift(1, y % _BAND).astype(np.uint8))
    colors = "".join(
        f"#{at};2;{at // 36 * 20};{at // 6 % 6 * 20};{at % 6 * 20}" for at in np.unique(used % 216).tolist()
    )
    return f'\x1bP0;1;0q"1;1;{width};{height}{colors}{_lines(bits, used)}\x1b\\'


def _dithered(picture: U8) -> npt.NDArray[np.int64]:
    """Return int64 [h, w]: the index of one of 6 x 6 x 6 colours, dithered."""
    order = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
    height, width = picture.shape[:2]
    shift = ((order + 0.5) / 16 * 51).astype(np.int16)
    tiled = np.tile(shift, (-(-height // 4), -(-width // 4)))[:height, :width]
    level = (picture.astype(np.int16) + tiled[..., None]) // 51
    level = np.minimum(level, 5).astype(np.int64)
    index: npt.NDArray[np.int64] = level[..., 0] * 36 + level[..., 1] * 6 + level[..., 2]
    return index


def _lines(bits: U8, used: npt.NDArray[np.int64]) -> str:
    """Return the sixel lines: runs of one character, as `!count` where that is shorter.

    As in `encode.py`, what is written goes into words of eight bytes, padded with zeros that are deleted.

    Args:
        bits: uint8 [L, width], which of six pixels are lit, for each line.
        used: int64 [L], rising: band * 216 + colour of each line.

    """
    count, width = bits.shape
    starts = np.ones((count, width), np.bool_)
    starts[:, 1:] = bits[:, 1:] != bits[:, :-1]
    row, column = np.nonzero(starts)
    length = np.diff(np.append(row * width + column, count * width))
    value = bits[row, column]
    # What is empty up to the end of a line need not be said.
    keep = (value > 0) | (column + length < width)
    row, length, value = row[keep], length[keep], value[keep]
    # Each line begins with its colour and ends with a return, the last of a band with a new line.
    place = np.arange(len(row)) + 2 * row + 1
    runs = np.bincount(row, minlength=count)
    last = np.cumsum(runs + 2) - 1
    words = np.zeros((last[-1] + 1, 2), "<u8")
    words[last - runs - 1, 0] = _words([f"#{color}" for color in range(216)])[used % 216]
    words[last, 0] = _words(["$", "-"])[np.diff(used // 216, append=used[-1] // 216)]
    counts = _words([f"!{n}" if n > 3 else "" for n in range(width + 1)])
    words[place, 0] = counts[length]
    words[place, 1] = _SIXELS[value, np.where(length > 3, 1, length)]
    return words.tobytes().translate(None, b"\0").decode()


def _words(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(text.encode().ljust(8, b"\0") for text in texts), "<u8")


_SIXELS = _words([chr(63 + value) * times for value in range(64) for times in range(4)]).reshape(64, 4)
