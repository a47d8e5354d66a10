"""The canvas widget: holds cells, sends only those that changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from posetui.drawing.canvas import paint
from posetui.drawing.cells import U8, Cells
from posetui.drawing.encode import ColorDepth, changed_spans, encode_spans
from posetui.drawing.figure import Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.heat import HeatGrid
from posetui.drawing.pixels import draw_pixels, label_cells
from posetui.drawing.reduction import Backdrop, few_colors
from posetui.pose.frame import Image
from posetui.tui.costs import Costs
from posetui.tui.direct import Direct, move_to
from posetui.tui.imaging import Imaging
from posetui.tui.quality import LADDER
from posetui.tui.strips import CellStrip


class Canvas(Direct):
    """Draws figures over a picture.

    Painted cells go straight to the terminal; the compositor, which would turn each cell into a
    segment and merge them all, only sees them when the layout changes or something lies on top.

    Attributes:
        level: how good the picture shall be.
        room: bytes that a frame should have; figures are always sent, the picture as far as there is room.
        standing: the picture stays as it is: it is finished, and not held back.
        sent: bytes of the last frame.
        cost: bytes that the last frame would have had with all of the picture's changes.
        unfinished: parts of the picture have not been sent yet.

    """

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, depth: ColorDepth, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.depth = depth
        self._cells: Cells | None = None
        self.level = LADDER[1]
        self.room: int | None = None
        self.standing = self.unfinished = False
        self.sent, self.cost = 0, 0.0
        self._sent_depth = depth
        self._backdrop = Backdrop()
        self._costs = Costs()
        self._stale = True
        self.imaging: Imaging | None = None
        self._imaged = False
        self.on_lost: Callable[[], object] = lambda: None

    @property
    def half_blocks(self) -> tuple[int, int]:
        """Return how many half-blocks there are: across, down."""
        return self.content_size.width, 2 * self.content_size.height

    def draw(
        self,
        figures: Sequence[Figure],
        size: tuple[int, int],
        picture: Image | None,
        look: Look,
        heat: HeatGrid | None = None,
    ) -> None:
        """Paint figures of an image of `size` pixels over a small picture and heat; send what changed."""
        rows, cols = self.content_size.height, self.content_size.width
        if rows < 1 or cols < 1:
            return
        self.sent = 0
        if self.imaging and self.imaged:
            fit = Fit.of(size, rows, cols)
            image = draw_pixels(
                figures, size=self.imaging.size(fit), source_size=size, picture=picture, look=look, heat=heat
            )
            above = label_cells(figures, rows=rows, cols=cols, source_size=size, look=look)
            self.show_image(image, fit, above)
            self.cost, self.unfinished = float(self.sent), False
            return
        wanted = taken = 0
        if picture is not None:
            wanted, taken = self._take_over(picture, look)
            picture = self._backdrop.shown
        self.show(
            paint(figures, rows=rows, cols=cols, source_size=size, picture=picture, look=look, heat=heat)
        )
        self.unfinished = taken < wanted
        self.cost = self._costs.learn(self.level, self.sent, wanted, taken)

    @property
    def imaged(self) -> bool:
        """Return whether pixels can be shown now: by `show_image`."""
        return self.imaging is not None and not self._covered() and self._in_pixels()

    def _in_pixels(self) -> bool:
        """Tell whether the link carries whole images; where it does not any more, take the image away."""
        pixels = self.level.pixels
        if self._imaged and not pixels and self.imaging and self.app._driver:
            self.app._driver.write(self.imaging.away())
            self.forget()
        self._imaged = pixels
        return pixels

    def _take_over(self, picture: Image, look: Look) -> tuple[int, int]:
        """Take over as much of the picture as there is room for; return pixels wanted and taken."""
        level, room = self.level, self.room
        return self._backdrop.update(
            picture,
            look.ground,
            bits=level.bits,
            step=level.step,
            room=None if room is None else self._costs.pixels(level, room),
            still=0.0 if self.standing else level.still,
            now=time.monotonic(),
            down=look.mode.down,
        )

    def show(self, new: Cells) -> None:
        """Show cells, as many as the widget has; send what changed."""
        self._sent_depth = self.depth
        if self.depth is ColorDepth.ANSI256 or (self.level.few_colors and self.depth is ColorDepth.TRUECOLOR):
            self._sent_depth = ColorDepth.ANSI256
            new = few_colors(new, self._cells)
        spans = changed_spans(None if self._stale else self._cells, new)
        self._cells = new
        if self._stale or self._covered():
            self._stale = False
            if spans:
                self.refresh(*[Region(x0, y, x1 - x0, 1) for y, x0, x1 in spans])
        elif spans:
            self._send_spans(new, spans)

    def show_image(self, image: U8, fit: Fit, above: Cells) -> None:
        """Show an image, uint8 RGB [h, w, 3], in the rectangle of a fit, and cells above it."""
        imaging, driver = self.imaging, self.app._driver
        if self._stale or imaging is None or driver is None or driver.is_headless:
            # First the compositor paints the cells, which may erase what lies there; then the image is sent.
            self.show(above)
            self.call_after_refresh(self.on_lost)
            return
        spans = changed_spans(self._cells, above)
        shown = imaging.show(image, (fit.width, fit.rows))
        if shown and not imaging.beneath:
            # The image covers all text: whatever is text is written again.
            spans = _written(above)
        self._cells = above
        if shown or spans:
            self._send_spans(above, spans, self._at(fit.left, fit.top) + shown if shown else "")

    def _at(self, x: int, y: int) -> str:
        left, top = self._place()[0].offset
        return move_to(left + x, top + y)

    def use(self, imaging: Imaging | None) -> None:
        """Show pixels from now on, or cells."""
        driver = self.app._driver
        gone = self.imaging.away() if self.imaging else ""
        if gone and driver is not None:
            driver.write(gone)
        self.imaging = imaging
        self.forget()

    def forget(self) -> None:
        """Send everything anew next time: the size, the theme or the source changed."""
        self._stale = True
        self._backdrop.forget()
        if self.imaging:
            self.imaging.lose()

    def _send_spans(self, cells: Cells, spans: list[tuple[int, int, int]], before: str = "") -> None:
        texts = encode_spans(cells, spans, self._sent_depth, chained=True)
        text = before + "".join(self._moved(spans, texts))
        if self._send(text):
            self.sent = len(text.encode())
        else:
            self.refresh(*[Region(x0, y, x1 - x0, 1) for y, x0, x1 in spans])

    def _moved(self, spans: list[tuple[int, int, int]], texts: list[str]) -> Iterator[str]:
        """Yield each text after what moves the cursor to its place."""
        row = column = -1
        left, top = self._place()[0].offset
        for (y, x0, x1), text in zip(spans, texts, strict=True):
            yield f"\x1b[{x0 - column}C" if y == row else move_to(left + x0, top + y)
            yield text
            row, column = y, x1

    def on_unmount(self) -> None:
        """Leave no image in the terminal's memory."""
        self.use(None)

    def on_resize(self) -> None:
        """Repaint everything in the new size."""
        self.forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of a region for the compositor; see `CellStrip`."""
        if self.imaging and not self.imaging.beneath:
            # What the compositor writes erases the image.
            self.imaging.lose()
            self.call_after_refresh(self.on_lost)
        cells = self._cells
        if cells is None or crop.right > cells.cols or crop.bottom > cells.rows:
            style = Style() if self.depth is ColorDepth.NONE else self.rich_style
            return [Strip.blank(crop.width, style) for _ in crop.line_range]
        # All rows in one go: encoding them one by one costs five times as much.
        encoded = encode_spans(cells, [(y, crop.x, crop.right) for y in crop.line_range], self._sent_depth)
        return [
            CellStrip(cells, y, crop.x, crop.right, self._sent_depth, encoded=text)
            for y, text in zip(crop.line_range, encoded, strict=True)
        ]


def _written(cells: Cells) -> list[tuple[int, int, int]]:
    """Return the spans of cells that are more than a view of the image beneath."""
    blank = Cells.blank(cells.rows, cells.cols, (0, 0, 0))
    return changed_spans(blank, cells, gap=0)
