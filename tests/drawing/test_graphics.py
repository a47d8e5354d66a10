from __future__ import annotations

import base64
import io
import re
import zlib

import numpy as np
from PIL import Image

from posetui.drawing.cells import U8
from posetui.drawing.graphics import iterm2, kitty, kitty_without, sixel

PICTURE: U8 = np.random.default_rng(3).integers(0, 256, (37, 53, 3), np.uint8)
PICTURE[10:20] = (10, 200, 30)


def test_kitty_gets_the_pixels() -> None:
    sent = kitty(PICTURE, (20, 7), 5)
    pieces = re.findall(r"\x1b_G([^;\x1b]*);([^\x1b]*)\x1b\\", sent)
    assert "".join(f"\x1b_G{control};{data}\x1b\\" for control, data in pieces) == sent
    first = dict(part.split("=") for part in pieces[0][0].split(","))
    assert (first["s"], first["v"], first["c"], first["r"], first["i"]) == ("53", "37", "20", "7", "5")
    assert int(first["z"]) < -(2**30)
    assert all(len(data) <= 4096 for _, data in pieces)
    assert [control[-3:] for control, _ in pieces] == ["m=1"] * (len(pieces) - 1) + ["m=0"]
    data = zlib.decompress(base64.standard_b64decode("".join(data for _, data in pieces)))
    assert data == PICTURE.tobytes()
    assert "d=I,i=5" in kitty_without(5)


def test_iterm2_gets_the_pixels() -> None:
    match = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", iterm2(PICTURE, (20, 7)))
    assert match
    assert {"inline=1", "width=20", "height=7"} <= set(match[1].split(";"))
    image = Image.open(io.BytesIO(base64.standard_b64decode(match[2])))
    assert (np.asarray(image) == PICTURE).all()


def test_sixel_comes_near_the_pixels() -> None:
    for picture in (PICTURE, PICTURE[:6, :1], PICTURE[:1], np.full((13, 9, 3), 255, np.uint8)):
        shown = decoded(sixel(picture))
        assert shown.shape == picture.shape
        assert np.abs(shown.astype(int) - picture).max() <= 51
    flat = np.full((24, 24, 3), (80, 130, 200), np.uint8)
    assert np.abs(decoded(sixel(flat)).mean(axis=(0, 1)) - flat[0, 0]).max() < 8


def decoded(text: str) -> U8:
    """What a terminal shows of a sixel picture."""
    match = re.fullmatch(r'\x1bP[\d;]*q"1;1;(\d+);(\d+)(.*)\x1b\\', text)
    assert match
    width, height = int(match[1]), int(match[2])
    shown = np.zeros((-(-height // 6) * 6, width, 3), np.uint8)
    painted = np.zeros(shown.shape[:2], np.bool_)
    palette: dict[int, list[float]] = {}
    color = x = band = 0
    for define, numbers, use, count, glyph, move in re.findall(
        r"#(\d+);2;([\d;]+)|#(\d+)(?!;)|(?:!(\d+))?([?-~])|([$-])", match[3]
    ):
        if define:
            palette[int(define)] = [int(number) * 2.55 for number in numbers.split(";")]
        elif use:
            color = int(use)
        elif move:
            x, band = 0, band + (move == "-")
        else:
            for bit in range(6):
                if ord(glyph) - 63 >> bit & 1:
                    span = slice(x, x + int(count or 1))
                    assert not painted[band * 6 + bit, span].any()
                    painted[band * 6 + bit, span] = True
                    shown[band * 6 + bit, span] = np.round(palette[color])
            x += int(count or 1)
    assert painted[:height].all()
    assert not painted[height:].any()
    return shown[:height]
