"""What the panel Joints says: values in, styled lines out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.style import Style

from posetui.drawing.bars import bar, sparkgraphs
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
            return self._wide(person, width)
        half = (count + 1) // 2
        return [
            [piece for index in range(top, count, half) for piece in self._narrow(person, index, width // 2)]
            for top in range(half)
        ]

    def _wide(self, person: Person, width: int) -> list[Line]:
        name_width = min(16, max(len(joint) for joint in self.skeleton.joints))
        room = max(4, width - name_width - _LAST - 8)
        muted, trend = self.colors.style("muted"), self.colors.style(self.colors.graphs[1])
        graphs = []
        if self.distances is None:
            graphs = sparkgraphs(person.trends, _LAST, 0.0, 1.0, ascii_only=self.ascii_only)
        lines: list[Line] = []
        for index, value in enumerate(person.keypoints[:, 2].tolist()):
            role = self.colors.confidence(value, self.threshold)
            lines.append(
                [
                    self._name(index, value, name_width),
                    self._bar(value, room, role),
                    (f" {value:4.2f} ", self.colors.style(role)),
                    (graphs[index], muted if value < self.threshold else trend)
                    if graphs
                    else self._distance(index, _LAST),
                ]
            )
        return lines

    def _bar(self, value: float, width: int, role: str) -> tuple[str, Style]:
        style = self.colors.style(self.colors.shade(role), on="faint")
        return bar(value, width, ascii_only=self.ascii_only), style

    def _narrow(self, person: Person, index: int, width: int) -> Line:
        value = float(person.keypoints[index, 2])
        role = self.colors.confidence(value, self.threshold)
        return [
            self._name(index, value, max(6, width - 11), short=True),
            self._bar(value, 4, role) if self.distances is None else self._distance(index, 4),
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
