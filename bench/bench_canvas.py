"""Paint and encode the canvas, against Textual's Line API, textual-image and rich-pixels; one JSON line.

For each size and background: median processor milliseconds of paint, of finding what changed, and of encoding
every cell; bytes of a full frame, and of the frame after it when the camera's noise is all that
changed. `ratio` is the time of Textual's Line API for the same cells, a Segment for each run of one style in
Strips that are rendered, over ours of finding and encoding them; the compositor's own work is not counted.

For a picture as large as the canvas, from picture to bytes: paint and encode, against the half-blocks of
rich-pixels and of textual-image, each printed to a console.
"""

from __future__ import annotations

import io
import itertools
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from PIL import Image
from rich.color import Color
from rich.console import Console, ConsoleDimensions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich_pixels import Pixels
from textual.strip import Strip
from textual_image.renderable.halfcell import Image as HalfcellImage

from bench.common import bar
from posetui.drawing.canvas import paint
from posetui.drawing.cells import BOLD, DEFAULT_BG, U8, Cells
from posetui.drawing.encode import ColorDepth, changed_spans, encode_spans
from posetui.drawing.figure import Background, Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.palette import person_color
from posetui.drawing.picture import quantize
from posetui.pose import skeletons

SIZES = {"75x36": (75, 36), "200x50": (200, 50)}
BACKGROUNDS: tuple[Background, ...] = ("none", "dim", "full")
SOURCE = (1280, 720)
PEOPLE = 4


def median_ms(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of the work in milliseconds of its own processor time: others may be busy."""
    times = []
    for _ in range(repeats):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return round(1e3 * statistics.median(times), 3)


def people(random: np.random.Generator) -> list[Figure]:
    """Return people about 500 pixels tall, limbs in every direction."""
    shape = random.uniform((-120, -250), (120, 250), (18, 2))
    figures = []
    for i in range(PEOPLE):
        xy = shape + np.array([200 + 280 * i, 360]) + random.normal(0, 15, (18, 2))
        keypoints = np.column_stack([xy, random.uniform(0.2, 1, 18)]).astype(np.float32)
        figures.append(Figure(keypoints, skeletons.OPENPOSE_18, person_color(i), f"{i} 92%", i == 0))
    return figures


def scene(random: np.random.Generator, width: int, height: int) -> U8:
    """Return uint8 [height, width, 3]: smooth shapes and what scaling down leaves of noise."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / (7 + c) + c) + np.cos(y / (5 + c)) for c in range(3)]
    picture = 128 + 50 * np.stack(waves, axis=-1) + random.normal(0, 0.7, (height, width, 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


def line_api(cells: Cells, console: Console) -> str:
    """Return the same cells through Strips, as `render_line` gives them: a Segment a run of one style."""
    rendered = []
    changes = np.ones((cells.rows, cells.cols), np.bool_)
    for layer in (cells.fg, cells.bg, cells.style[..., None]):
        changes[:, 1:] &= (layer[:, 1:] == layer[:, :-1]).all(axis=2)
    changes[:, 1:] = ~changes[:, 1:]
    for y in range(cells.rows):
        segments = []
        starts = [*np.flatnonzero(changes[y]).tolist(), cells.cols]
        for x0, x1 in itertools.pairwise(starts):
            text = "".join(map(chr, cells.glyph[y, x0:x1].tolist()))
            segments.append(Segment(text, rich_style(cells, y, x0)))
        rendered.append(Strip(segments, cells.cols).render(console))
    return "\n".join(rendered)


def rich_style(cells: Cells, y: int, x: int) -> Style:
    """Return the style of one cell."""
    own = cells.style[y, x] & DEFAULT_BG
    return Style(
        color=Color.from_rgb(*cells.fg[y, x].tolist()),
        bgcolor=None if own else Color.from_rgb(*cells.bg[y, x].tolist()),
        bold=bool(cells.style[y, x] & BOLD),
    )


def measure(cols: int, rows: int, background: Background, repeats: int) -> dict[str, float]:
    """Return the figures of one size and background."""
    random = np.random.default_rng(7)
    figures, look = people(random), Look(background=background)
    fit = Fit.of(SOURCE, rows, cols)
    first = quantize(scene(random, fit.width, fit.height))
    second = quantize(scene(random, fit.width, fit.height), first)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=cols)

    def painted(picture: U8) -> Cells:
        return paint(figures, rows=rows, cols=cols, source_size=SOURCE, picture=picture, look=look)

    def sent(old: Cells | None, new: Cells) -> int:
        return len("".join(encode_spans(new, changed_spans(old, new), ColorDepth.TRUECOLOR)).encode())

    cells, after = painted(first), painted(second)
    spans = changed_spans(None, cells)
    encode = median_ms(lambda: encode_spans(cells, spans, ColorDepth.TRUECOLOR), repeats)
    return {
        "paint_ms": median_ms(lambda: painted(first), repeats),
        "changed_ms": (changed := median_ms(lambda: changed_spans(cells, after), repeats)),
        "encode_ms": encode,
        "line_api_ms": (line := median_ms(lambda: line_api(cells, console), 5)),
        "ratio": round(line / (encode + changed), 1),
        "bytes_full": sent(None, cells),
        "bytes_noise_only": sent(cells, after),
    }


def frame_to_bytes(cols: int, rows: int) -> dict[str, object]:
    """Return milliseconds from a picture to bytes, of ours and of others, and the ratios."""
    picture = scene(np.random.default_rng(7), cols, 2 * rows)
    image = Image.fromarray(picture)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=cols)
    console.size = ConsoleDimensions(cols, rows)
    look = Look(background="full")

    def ours() -> list[str]:
        cells = paint([], rows=rows, cols=cols, source_size=(cols, 2 * rows), picture=picture, look=look)
        return encode_spans(cells, changed_spans(None, cells), ColorDepth.TRUECOLOR)

    def printed(renderable: RenderableType) -> str:
        with console.capture() as capture:
            console.print(renderable, end="")
        return capture.get()

    times = {
        "ours_ms": median_ms(ours, 30),
        "rich_pixels_ms": median_ms(lambda: printed(Pixels.from_image(image)), 3),
        "textual_image_ms": median_ms(lambda: printed(HalfcellImage(image, width=cols, height=rows)), 3),
    }
    own = times["ours_ms"]
    peers = ("rich_pixels", "textual_image")
    ratios = {name: bar(round(times[f"{name}_ms"] / own, 1), at_least=50) for name in peers}
    return {**times, "bars": ratios}


def main() -> None:
    """Print all figures as one JSON line."""
    result: dict[str, object] = {"bench": "canvas", "peer": "Textual's Line API", "people": PEOPLE}
    for name, (cols, rows) in SIZES.items():
        for background in BACKGROUNDS:
            result[f"{name} {background}"] = measure(cols, rows, background, repeats=60)
    result["frame to bytes, 200x50"] = frame_to_bytes(200, 50)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
