"""The figure of `posetui heatmap`: one panel a map over the picture, and one colour bar for all."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posetui.version import __version__

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from posetui.drawing.cells import U8
    from posetui.drawing.heat import HeatGrid
    from posetui.pose.frame import Image
    from posetui.pose.heat import HeatMaps

SUFFIXES = (".png", ".pdf", ".svg", ".jpg", ".jpeg", ".tif", ".tiff")
"""Of the files that can be written."""

# Inches: the width of two columns of a journal, the height of its page, the least width of a panel, which
# is that of its title, and what stands around and between the panels.
_WIDTH, _ONE, _PAGE, _LEAST = 7.2, 5.0, 10.0, 1.15
_MARGIN, _GAP, _TITLE, _HEAD, _BAR, _BAR_TEXT = 0.12, 0.1, 0.2, 0.3, 0.13, 0.42
_SHAPE = 1.25  # width by height that the whole had best
_COLUMNS = 8
_FONT = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One map.

    Attributes:
        name: of the map.
        points: float32 [P, 2]: where the estimated poses have this joint, in pixels of the image.

    """

    name: str
    points: npt.NDArray[np.float32]


def draw_figure(
    image: Image, maps: HeatMaps, panels: Sequence[Panel], title: str, *, suffix: str, dpi: int
) -> bytes:
    """Return the file's content.

    Args:
        image: uint8 BGR [H, W, 3].
        maps: of that image.
        panels: at least one; their names are among those of the maps.
        title: a line above all; plain text.
        suffix: one of `SUFFIXES`: the format.
        dpi: pixels an inch.

    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    height, width = image.shape[:2]
    layout = _Layout.of(len(panels), width / height)
    kind = suffix.removeprefix(".")
    # Text stays text, to be searched and edited; the salt makes names in the file the same each time.
    style = mpl.rc_context(
        {
            "font.size": _FONT,
            "axes.linewidth": 0.5,
            "pdf.fonttype": 42,
            "svg.fonttype": "none",
            "svg.hashsalt": "posetui",
        }
    )
    with style:
        figure = Figure(figsize=layout.size, dpi=dpi, facecolor="white")
        box = layout.panel[0] * dpi, layout.panel[1] * dpi
        scale = min(box[0] / width, box[1] / height)
        shape = max(round(width * scale), 1), max(round(height * scale), 1)
        beneath = _grey(image, shape)
        for index, panel in enumerate(panels):
            axes = figure.add_axes(layout.place(index))
            _draw_panel(
                axes, beneath, panel, _sampled(maps, panel.name, (width, height), shape), (width, height)
            )
        _draw_bar(figure, layout)
        x = _MARGIN / layout.size[0]
        y = 1 - 0.6 * _HEAD / layout.size[1]
        figure.text(x, y, title, ha="left", va="center", fontsize=_FONT + 0.5, parse_math=False)
        target = io.BytesIO()
        figure.savefig(target, format=kind, dpi=dpi, metadata=_metadata(kind))
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand, in inches.

    Attributes:
        columns: panels side by side.
        panel: width, height of a panel's picture.
        size: width, height of the whole.

    """

    columns: int
    panel: tuple[float, float]
    size: tuple[float, float]

    @classmethod
    def of(cls, count: int, aspect: float) -> _Layout:
        """Return the layout whose shape is nearest to what reads well on a page."""
        aspect = min(max(aspect, 0.4), 3.0)
        options = [cls._with(columns, count, aspect) for columns in range(1, min(count, _COLUMNS) + 1)]
        return min(options, key=lambda one: one._awkwardness(count))

    @classmethod
    def _with(cls, columns: int, count: int, aspect: float) -> _Layout:
        rows = -(-count // columns)
        around = 2 * _MARGIN + _BAR + _BAR_TEXT + columns * _GAP
        width = max(_WIDTH if count > 1 else _ONE, around + columns * _LEAST)
        across = (width - around) / columns
        panel = across, across / aspect
        height = _HEAD + rows * (panel[1] + _TITLE) + (rows - 1) * _GAP / 2 + _MARGIN
        return cls(columns, panel, (width, height))

    def _awkwardness(self, count: int) -> float:
        """Return how far it is from a good shape without empty places that fits a page."""
        width, height = self.size
        empty = -count % self.columns / (count + -count % self.columns)
        outside = 5 * (width / min(width, _WIDTH) - 1) + 3 * max(height / _PAGE - 1, 0)
        return abs(math.log(width / height / _SHAPE)) + empty + outside

    def place(self, index: int) -> tuple[float, float, float, float]:
        """Return left, bottom, width, height of a panel's picture, as shares of the whole."""
        row, column = divmod(index, self.columns)
        left = _MARGIN + column * (self.panel[0] + _GAP)
        top = _HEAD + _TITLE + row * (self.panel[1] + _TITLE + _GAP / 2)
        return self._shares(left, top, *self.panel)

    @property
    def bar(self) -> tuple[float, float, float, float]:
        """Return left, bottom, width, height of the colour bar, as shares of the whole."""
        left = self.size[0] - _MARGIN - _BAR_TEXT - _BAR
        top = _HEAD + _TITLE
        return self._shares(left, top, _BAR, min(self.size[1] - top - _MARGIN, 3.0))

    def _shares(
        self, left: float, top: float, width: float, height: float
    ) -> tuple[float, float, float, float]:
        wide, high = self.size
        return left / wide, 1 - (top + height) / high, width / wide, height / high


def _draw_panel(axes: Axes, beneath: U8, panel: Panel, heat: HeatGrid, size: tuple[int, int]) -> None:
    width, height = size
    extent = (0.0, float(width), float(height), 0.0)
    axes.imshow(_composed(beneath, heat.values), extent=extent, interpolation="none", aspect="equal")
    for points, color in ((panel.points, "black"), (panel.points, "white")):
        line = 1.2 if color == "black" else 0.5
        axes.plot(points[:, 0], points[:, 1], "o", ms=4, mfc="none", mec=color, mew=line)
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    name = panel.name.replace("_", " ")
    axes.set_title(name, loc="left", fontsize=_FONT, pad=2.5, parse_math=False)
    axes.set_title(f"{heat.peak:.2f}", loc="right", fontsize=_FONT, pad=2.5, color="0.35")


def _draw_bar(figure: Figure, layout: _Layout) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    from posetui.drawing.colormap import colormap

    colors = ListedColormap((colormap(True) / 255).tolist())
    axes = figure.add_axes(layout.bar)
    bar = figure.colorbar(ScalarMappable(Normalize(0, 1), colors), cax=axes, ticks=[0, 0.25, 0.5, 0.75, 1])
    bar.ax.tick_params(width=0.5, length=2, labelsize=_FONT - 0.5)
    bar.set_label("probability", fontsize=_FONT)


def _sampled(maps: HeatMaps, name: str, size: tuple[int, int], grid: tuple[int, int]) -> HeatGrid:
    from posetui.drawing.heat import render

    patches = [(patch.values, patch.to_image) for patch in maps.patches]
    return render(patches, maps.names, (), joint=name, size=size, grid=grid)


def _grey(image: Image, shape: tuple[int, int]) -> U8:
    """Return uint8 [h, w]: the picture in muted grey, so that colour is the maps' alone."""
    import cv2
    import numpy as np

    smaller = shape[0] < image.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    grey = np.asarray(cv2.cvtColor(cv2.resize(image, shape, interpolation=way), cv2.COLOR_BGR2GRAY))
    muted: U8 = (20 + grey * 0.6).astype(np.uint8)
    return muted


def _composed(beneath: U8, values: U8) -> U8:
    """Return uint8 [h, w, 3]: the colours of the values, the more opaque the greater, over grey."""
    import numpy as np

    from posetui.drawing.colormap import colormap

    cover = 0.92 * np.clip((np.arange(256) / 255 - 0.02) / 0.4, 0, 1)[values][..., None] ** 0.6
    mixed: U8 = np.rint(beneath[..., None] * (1 - cover) + colormap(True)[values] * cover).astype(np.uint8)
    return mixed


def _metadata(kind: str) -> dict[str, Any] | None:
    """Return what the file says of itself: no date, so that the same input gives the same file."""
    maker = f"posetui {__version__}"
    if kind == "png":
        return {"Software": maker}
    if kind == "pdf":
        return {"Creator": maker, "CreationDate": None}
    if kind == "svg":
        return {"Creator": maker, "Date": None}
    return None
