"""Play a video in cells as the app does, without poses, as fast as it goes.

`python -m bench.player CLIP COLSxROWS MODE BITS FRAMES`
"""

from __future__ import annotations

import sys
from pathlib import Path

from posetui.drawing.canvas import paint
from posetui.drawing.cells import Cells
from posetui.drawing.encode import ColorDepth, changed_spans, encode_spans
from posetui.drawing.figure import Look
from posetui.drawing.modes import MODES
from posetui.drawing.picture import quantize
from posetui.engine.messages import PreviewSize
from posetui.engine.reducing import for_cells
from posetui.native import prepare
from posetui.pose.frame import Image
from posetui.sources.base import SourceOptions
from posetui.sources.video import VideoSource


def main() -> None:
    """Write every frame to standard output."""
    clip, size, name, bits, frames = sys.argv[1:]
    cols, rows = map(int, size.split("x"))
    mode = MODES[name]
    look, wanted = Look(background="full", mode=mode), PreviewSize(cols, rows, mode.across, mode.down)
    prepare()
    video = VideoSource(Path(clip), SourceOptions(), clip)
    shown: Image | None = None
    before: Cells | None = None
    for _ in range(int(frames)):
        frame = video.read()
        if frame is None:
            break
        shown = quantize(for_cells(frame.image, wanted), shown, bits=int(bits), step=7 if bits == "6" else 1)
        height, width = frame.image.shape[:2]
        cells = paint([], rows=rows, cols=cols, source_size=(width, height), picture=shown, look=look)
        spans = changed_spans(before, cells)
        texts = encode_spans(cells, spans, ColorDepth.TRUECOLOR)
        moved = (f"\x1b[{y + 1};{x + 1}H{text}" for (y, x, _), text in zip(spans, texts, strict=True))
        sys.stdout.write(f"\x1b[?2026h{''.join(moved)}\x1b[?2026l")
        sys.stdout.flush()
        before = cells
    video.close()


if __name__ == "__main__":
    main()
