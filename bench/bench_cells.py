"""How near cells come to the picture, against chafa with the same characters and cells; one JSON line.

Frames of the clips that ship are cropped to the shape of the canvas. For every way to fill cells, ours and
chafa's cells are drawn to pixels: blocks by the parts that they fill, braille and ASCII from a font. Both are
compared with the frame, reduced to those pixels (averages of areas), by PSNR and by SSIM (Wang, Bovik,
Sheikh and Simoncelli, "Image quality assessment", 2004; windows of 11 pixels, sigma 1.5, on grey).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pyte
from PIL import Image, ImageDraw, ImageFont

from bench.common import bar, finish, say
from posetui.drawing.cells import U8, Cells
from posetui.drawing.ground import by_part
from posetui.drawing.modes import HALVES, MODES, OCTANTS, QUADRANTS, SEXTANTS
from posetui.drawing.picture import quantize
from posetui.drawing.twocolors import fill
from posetui.engine.messages import PreviewSize
from posetui.engine.reducing import for_cells
from posetui.sources.clips import clip_path

SIZES = {"80x24": (80, 24), "200x50": (200, 50)}
CELL = (12, 24)
"""Pixels of a cell: parts of all kinds are whole pixels."""
SYMBOLS = {
    "half": "space+solid+vhalf",
    "quadrant": "space+solid+half+quad",
    "sextant": "space+solid+hhalf+sextant",
    "octant": "space+solid+half+quad+sextant",
    "braille": "braille",
    "ascii": "ascii",
}
"""Chafa's classes of the same characters. Debian's chafa 1.12 knows no octants: they face all its blocks."""
F64 = npt.NDArray[np.float64]
FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"


def frames(clip: str, count: int, shape: tuple[int, int]) -> Iterator[U8]:
    """Yield frames, cropped to the shape (width, height) of the canvas."""
    video: Any = cv2.VideoCapture(str(clip_path(clip)))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = {round((at + 0.5) * total / count) for at in range(count)}
    for number in range(total):
        good, image = video.read()
        if good and number in wanted:
            height, width = image.shape[:2]
            scale = min(width / shape[0], height / shape[1])
            w, h = int(shape[0] * scale), int(shape[1] * scale)
            top, left = (height - h) // 2, (width - w) // 2
            yield np.ascontiguousarray(image[top : top + h, left : left + w])


def our_cells(image: U8, mode_name: str, cols: int, rows: int, *, bits: int) -> Cells:
    """Return the cells that the app would paint, with so many bits of colour a channel."""
    mode = MODES[mode_name]
    small = for_cells(image, PreviewSize(cols, rows, mode.across, mode.down))
    planes = by_part(quantize(small, bits=bits), mode)[:, ::-1]
    glyph, fg, bg = fill(planes, mode)
    shape = (rows, cols)
    return Cells(
        glyph.reshape(shape), fg.reshape(*shape, 3), bg.reshape(*shape, 3), np.zeros(shape, np.uint8)
    )


def chafa_cells(path: Path, symbols: str, cols: int, rows: int) -> Cells:
    """Return the cells that chafa paints, working as hard as it can."""
    command = ["chafa", "-f", "symbols", "-c", "full", "-w", "9", "--symbols", symbols, "--stretch"]
    done = subprocess.run([*command, "-s", f"{cols}x{rows}", str(path)], capture_output=True, check=True)
    screen = pyte.Screen(cols, rows + 1)
    pyte.ByteStream(screen).feed(done.stdout.replace(b"\n", b"\r\n"))
    cells = Cells.blank(rows, cols, (0, 0, 0), default_bg=False)
    for y in range(rows):
        for x in range(cols):
            shown = screen.buffer[y][x]
            colors = [_rgb(color) for color in (shown.fg, shown.bg)]
            cells.glyph[y, x] = ord(shown.data)
            cells.fg[y, x], cells.bg[y, x] = colors[::-1] if shown.reverse else colors
    return cells


def _rgb(color: str) -> list[int]:
    return list(bytes.fromhex(color)) if len(color) == 6 else [0, 0, 0]


class Masks:
    """What each character covers of a cell, float64 [height, width] in [0, 1]."""

    def __init__(self) -> None:
        self._known: dict[int, F64] = {}
        for mode in (HALVES, QUADRANTS, SEXTANTS, OCTANTS):
            tall, wide = CELL[1] // mode.down, CELL[0] // mode.across
            for code, ink in zip(mode.glyphs.tolist(), mode.ink, strict=True):
                self._known[code] = np.kron(ink.reshape(mode.down, mode.across), np.ones((tall, wide)))
        self._font = ImageFont.truetype(str(FONT), 20)

    def of(self, code: int) -> F64:
        """Return the mask of a code point; what is no block is drawn from the font."""
        if code not in self._known:
            image = Image.new("L", CELL)
            ImageDraw.Draw(image).text((0, 0), chr(code), fill=255, font=self._font)
            self._known[code] = np.asarray(image, np.float64) / 255
        return self._known[code]

    def draw(self, cells: Cells) -> F64:
        """Return float64 [rows * height, cols * width, 3]: the picture of the cells, RGB."""
        codes, index = np.unique(cells.glyph, return_inverse=True)
        masks = np.stack([self.of(int(code)) for code in codes])[index.reshape(cells.glyph.shape)]
        fg, bg = (color[:, :, None, None].astype(np.float64) for color in (cells.fg, cells.bg))
        drawn = bg + masks[..., None] * (fg - bg)
        picture: F64 = drawn.transpose(0, 2, 1, 3, 4).reshape(cells.rows * CELL[1], cells.cols * CELL[0], 3)
        return picture


def psnr(a: F64, b: F64) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    return float(10 * np.log10(255**2 / np.mean((a - b) ** 2)))


def ssim(a: F64, b: F64) -> float:
    """Return the mean structural similarity of the greys."""
    x, y = (image @ np.array([0.299, 0.587, 0.114]) for image in (a, b))

    def mean(values: F64) -> F64:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)

    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return float(index.mean())


def measure(cols: int, rows: int, count: int, folder: Path) -> dict[str, object]:
    """Return the figures of every way to fill so many cells."""
    masks = Masks()
    found: dict[str, list[list[float]]] = {name: [] for name in SYMBOLS}
    shape = cols * CELL[0], rows * CELL[1]
    for clip in ("demo", "demo:single"):
        for image in frames(clip, count, shape):
            path = folder / "frame.png"
            cv2.imwrite(str(path), image)
            truth = cv2.resize(image, shape, interpolation=cv2.INTER_AREA)[..., ::-1].astype(np.float64)
            for name, symbols in SYMBOLS.items():
                drawn = [
                    masks.draw(our_cells(image, name, cols, rows, bits=8)),
                    masks.draw(our_cells(image, name, cols, rows, bits=6)),
                    masks.draw(chafa_cells(path, symbols, cols, rows)),
                ]
                found[name].append([f(picture, truth) for f in (psnr, ssim) for picture in drawn])
    return {name: _row(np.mean(rows, axis=0).tolist()) for name, rows in found.items()}


def _row(means: list[float]) -> dict[str, object]:
    ours, six, chafa, ours_ssim, six_ssim, chafa_ssim = means
    return {
        "psnr": round(ours, 2),
        "psnr_6_bits": round(six, 2),
        "psnr_chafa": round(chafa, 2),
        "ssim": round(ours_ssim, 4),
        "ssim_6_bits": round(six_ssim, 4),
        "ssim_chafa": round(chafa_ssim, 4),
        "psnr_above_chafa": bar(round(ours - chafa, 2), at_least=0.0),
        "ssim_above_chafa": bar(round(ours_ssim - chafa_ssim, 4), at_least=0.0),
    }


def main() -> None:
    """Print all figures as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=3, help="frames of each clip")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--quick", action="store_true", help="one frame of each at 80x24")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.frames, arguments.sizes = 1, ["80x24"]
    load = os.getloadavg()[0]
    if not shutil.which("chafa"):
        finish({"bench": "cells", "missing": "chafa: apt-get install it"}, load)
        return
    version = subprocess.run(["chafa", "--version"], capture_output=True, text=True, check=True).stdout
    result: dict[str, object] = {"bench": "cells", "peer": version.splitlines()[0]}
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.sizes:
            say(f"{name} ...")
            result[name] = measure(*SIZES[name], arguments.frames, Path(folder))
    finish(result, load)


if __name__ == "__main__":
    main()
