"""How plots look: one colour and one mark a recording, the same in all plots, on light and on dark."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posetui.reports.blocks import Plot
from posetui.text import safe_text
from posetui.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The hues of Okabe and Ito, "Color Universal Design" (2008), which stay apart for the colour-blind; darker on
# white and lighter on dark, so that each has a contrast of at least 3 to the ground.
_LIGHT = ("#0067a8", "#c65300", "#00805c", "#a83f80", "#8f6a00", "#2b87b5", "#555555")
_DARK = ("#5cb3ee", "#ff8a3d", "#3ecf9f", "#ec8fc4", "#e9b93a", "#9fdcff", "#c4c4c4")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a plot, as CSS writes them."""

    ground: str
    ink: str
    muted: str
    grid: str
    colors: tuple[str, ...]

    def color(self, series: int) -> str:
        """Return the colour of a recording by its number; after seven they begin again, with other lines."""
        return self.colors[series % len(self.colors)]


LIGHT = Theme("#ffffff", "#1b1f24", "#5c6570", "#e3e6ea", _LIGHT)
DARK = Theme("#171b21", "#e7eaee", "#9aa4b0", "#2c323b", _DARK)


def mark(series: int) -> str:
    """Return the marker of a recording by its number."""
    return _MARKS[series % len(_MARKS)]


def line(series: int) -> Any:  # noqa: ANN401 - matplotlib takes a name, or an offset and lengths
    """Return the line style of a recording by its number: another one each time the colours begin again."""
    return _LINES[series // len(_LIGHT) % len(_LINES)]


def hatch(series: int) -> str:
    """Return the pattern of a recording's bars by its number: another one when the colours begin again."""
    return ("", "/////", ".....", "-----")[series // len(_LIGHT) % 4]


def rgb(series: int) -> tuple[int, int, int]:
    """Return the colour of a recording on pictures, which are mostly neither white nor black."""
    text = _DARK[series % len(_DARK)]
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


Draw = Callable[["Figure", Theme], None]
"""Draws everything onto an empty figure."""


def plotted(name: str, draw: Draw, size: tuple[float, float], *, caption: str, alt: str) -> Plot:
    """Return a plot, drawn for light and for dark pages.

    Args:
        name: of its files.
        draw: draws it.
        size: width, height in inches.
        caption: what is seen.
        alt: the same for who cannot see it.

    """
    png, svg = _drawn(draw, size, LIGHT, ("png", "svg"))
    [dark] = _drawn(draw, size, DARK, ("svg",))
    return Plot(name, caption, alt, png, svg, dark)


def _drawn(draw: Draw, size: tuple[float, float], theme: Theme, kinds: Sequence[str]) -> list[bytes]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_settings(theme)):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure, theme)
        return [_saved(figure, kind) for kind in kinds]


def _saved(figure: Figure, kind: str) -> bytes:
    maker = f"posetui {__version__}"
    # No date: the same input gives the same file.
    about: Mapping[str, Any] = {"Software": maker} if kind == "png" else {"Creator": maker, "Date": None}
    target = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a script that the font has not becomes boxes; the page beside it has the name.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(target, format=kind, dpi=200, metadata=dict(about))
    return target.getvalue()


def _settings(theme: Theme) -> dict[Any, Any]:
    return {
        "font.size": 9,
        "font.family": "DejaVu Sans",
        "axes.titlesize": 9.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 9,
        "axes.labelcolor": theme.muted,
        "axes.titlecolor": theme.ink,
        "axes.edgecolor": theme.muted,
        "axes.linewidth": 0.6,
        "axes.facecolor": theme.ground,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": theme.grid,
        "grid.linewidth": 0.6,
        "figure.facecolor": theme.ground,
        "savefig.facecolor": theme.ground,
        "text.color": theme.ink,
        # Names of tapes are text, whatever dollar signs they have.
        "text.parse_math": False,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "legend.frameon": True,
        "legend.framealpha": 0.8,
        "legend.facecolor": theme.ground,
        "legend.edgecolor": "none",
        "legend.fontsize": 8.5,
        "lines.linewidth": 1.7,
        "lines.markersize": 5,
        # As paths: the same without our font. The salt makes names in the file the same each time.
        "svg.fonttype": "path",
        "svg.hashsalt": "posetui",
    }


def shares(axes: Axes, *, x: bool = False, y: bool = False) -> None:
    """Show an axis from 0 to 100 percent."""
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    for wanted, axis, limit in ((x, axes.xaxis, axes.set_xlim), (y, axes.yaxis, axes.set_ylim)):
        if wanted:
            limit(0, 100)
            axis.set_major_locator(MultipleLocator(25))
            axis.set_major_formatter(PercentFormatter(decimals=0))


def label(name: str) -> str:
    """Return a name for a legend: short, and not left out by matplotlib, as what begins with `_` is."""
    short = safe_text(name, 40)
    return f"\N{HAIR SPACE}{short}" if short.startswith("_") else short


def legend_above(figure: Figure, names: Sequence[str], theme: Theme, *, filled: bool = False) -> None:
    """Name the recordings in one row above all axes.

    Args:
        figure: of the plot.
        names: of the recordings.
        theme: of the plot.
        filled: whether the plot has bars, not lines.

    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = [
        Patch(facecolor=theme.color(series), edgecolor=theme.ground, hatch=hatch(series), lw=0)
        if filled
        else Line2D([], [], color=theme.color(series), ls=line(series), marker=mark(series))
        for series in range(len(names))
    ]
    columns = max(1, min(len(names), round(figure.get_figwidth() / (0.6 + 0.085 * max(map(len, names))))))
    figure.legend(handles, [label(name) for name in names], loc="outside upper left", ncols=columns)
