"""What the panel Joints says: values in, styled lines out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.style import Style

from posetui.drawing.bars import bar, sparkgraph
from posetui.engine.people import Person
from posetui.pose.skeleton import Skeleton
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_APART = 10.0
"""Percent of the torso from which two backends disagree about a joint."""
_LAST = 8
"""Columns of what stands last in a line."""


@dataclass(frozen=True, slots=True, eq=False)
class JointTable:
    """How joints are listed.

    Attributes:
        skeleton: of the person.
        threshold: confidence from which a joint counts as seen.
        colors: the theme.
        ascii_only: no block and braille glyphs.
        chosen: name of the joint that stands out.
        distances: float64 [K], to a second backend or the truth, in percent of the torso, NaN for none,
            infinite for a joint that was not found: they take the place of the trends, the worst three stand
            out.

    """

    skeleton: Skeleton
    threshold: float
    colors: Colors
    ascii_only: bool = False
    chosen: str | None = None
    distances: npt.NDArray[np.float64] | None = None

    def lines(self, person: Person | None, size: tuple[int, int]) -> list[Line]:
        """Return a line a joint: name, confidence bar, value, and the trend of the last 2 s or the distance.

        More joints than fit in `size` (columns, rows) stand in two columns, without trends.
        """
        width, rows = size
        if person is None:
            return [[("  nobody in view", self.colors.style("muted"))]]
        count = len(self.skeleton)
        if count <= rows or rows <= 0:
            return [self._wide(person, index, width) for index in range(count)]
        half = (count + 1) // 2
        return [
            [piece for index in range(top, count, half) for piece in self._narrow(person, index, width // 2)]
            for top in range(half)
        ]

    def _wide(self, person: Person, index: int, width: int) -> Line:
        name_width = min(16, max(len(joint) for joint in self.skeleton.joints))
        value = float(person.keypoints[index, 2])
        role = self.colors.confidence(value, self.threshold)
        filled = bar(value, max(4, width - name_width - _LAST - 8), ascii_only=self.ascii_only)
        if self.distances is None:
            history = person.trends[:, index].tolist()
            last = sparkgraph(history, _LAST, 1, 0.0, 1.0, ascii_only=self.ascii_only)[0]
            style = self.colors.style("muted" if value < self.threshold else self.colors.graphs[1])
        else:
            last, style = self._distance(index, _LAST)
        return [
            self._name(index, value, name_width),
            (filled, Style(color=self.colors.shade(role), bgcolor=self.colors.faint)),
            (f" {value:4.2f} ", self.colors.style(role)),
            (last, style),
        ]

    def _narrow(self, person: Person, index: int, width: int) -> Line:
        value = float(person.keypoints[index, 2])
        role = self.colors.confidence(value, self.threshold)
        filled = bar(value, 4, ascii_only=self.ascii_only)
        extra = (filled, Style(color=self.colors.shade(role), bgcolor=self.colors.faint))
        return [
            self._name(index, value, max(6, width - 11), short=True),
            extra if self.distances is None else self._distance(index, 4),
            (f" {value:4.2f}", self.colors.style(role)),
        ]

    def _name(self, index: int, value: float, width: int, *, short: bool = False) -> tuple[str, Style]:
        joint = self.skeleton.joints[index]
        name = joint.replace("_", " ")
        if short:
            name = name.replace("left", "l").replace("right", "r")
        mark, on = ("▸", "selected") if joint == self.chosen else (" ", None)
        role = "muted" if value < self.threshold else "text"
        return f"{mark}{name:<{width}.{width}} ", self.colors.style(role, on=on)

    def _distance(self, index: int, width: int) -> tuple[str, Style]:
        distances = self.distances
        value = math.nan if distances is None else float(distances[index])
        far = distances is not None and value > _APART and int((distances > value).sum()) < 3
        text = "–" if math.isnan(value) else "lost" if math.isinf(value) else f"{min(value, 999):.0f}%"
        return f"{text:>{width}}", self.colors.style("poor" if far else "text", bold=far)
