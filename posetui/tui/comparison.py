"""Two backends side by side, or poses and truth: the latest comparison, and how it went over seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np

from posetui.drawing.bars import sparkgraph
from posetui.engine.agreement import Agreement, agreement
from posetui.engine.supervisor import Status
from posetui.engine.truth import TruthFrame, TruthInfo, against_truth
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

HISTORY_S = 10.0
_GOOD, _FAIR = 0.8, 0.5


def truth_of(status: Status) -> TruthInfo | None:
    """Return what is known of the truth beside a tape, if there is one."""
    tape = status.opened.tape if status.opened else None
    return tape.truth if tape else None


def compared_name(status: Status) -> str:
    """Return the name of the second backend or of the truth; empty without either."""
    truth = truth_of(status)
    return truth.name if truth else status.compared.chosen if status.compared else ""


class Comparison:
    """Follows how far the second backend agrees with the first.

    Args:
        clock: gives the time in seconds.

    Attributes:
        latest: the newest comparison, or None when only one backend runs.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._history: deque[tuple[float, float]] = deque()
        self.latest: Agreement | None = None

    def update(
        self, first: PoseFrame, second: PoseFrame | None, skeleton: Skeleton, threshold: float
    ) -> None:
        """Take over what both backends saw in a frame."""
        if second is None:
            self.latest = None
            self._history.clear()
            return
        self._take(agreement(first, second, skeleton, threshold))

    def measure(self, truth: TruthFrame | None, whole: Skeleton, skeleton: Skeleton) -> None:
        """Take over what is true of a frame, if that is known.

        Args:
            truth: what is true.
            whole: the truth's skeleton.
            skeleton: the one that is shown.

        """
        if truth is None:
            self.latest = None
        else:
            self._take(against_truth(truth, whole, skeleton))

    def _take(self, latest: Agreement) -> None:
        self.latest = latest
        now = self._clock()
        if latest.oks is not None:
            self._history.append((now, latest.oks))
        while self._history and now - self._history[0][0] > HISTORY_S:
            self._history.popleft()

    def trend(self, columns: int) -> list[float]:
        """Return the mean agreement of the last 10 s in steps, oldest first; NaN where there is none."""
        if not self._history:
            return []
        times, values = np.array(self._history).T
        # Up to the newest one, not to now: a picture that stands still has a graph that does.
        ago = times[-1] - times
        step = ((HISTORY_S - ago) * columns / HISTORY_S).astype(int).clip(0, columns - 1)
        count = np.bincount(step, minlength=columns)
        total = np.bincount(step, values, minlength=columns)
        means: list[float] = np.where(count, total / np.maximum(count, 1), np.nan).tolist()
        return means

    def line(self, name: str, colors: Colors, width: int, *, ascii_only: bool) -> Line:
        """Return one line: the second backend, mean OKS, how it went, who found how many."""
        latest = self.latest
        if latest is None:
            return [(f" vs {name}", colors.style("muted"))]
        value = latest.oks
        shown = "   –" if value is None else f"{value:4.2f}"
        role = (
            "muted" if value is None else "good" if value >= _GOOD else "fair" if value >= _FAIR else "poor"
        )
        first, second = latest.people
        counts = f" {first} and {second} people"
        left = f" vs {name} OKS "
        graph_width = max(0, min(25, width - len(left) - len(shown) - len(counts) - 2))
        trend = self.trend(2 * graph_width) if graph_width else []
        graph = sparkgraph(trend, graph_width, 1, 0.0, 1.0, ascii_only=ascii_only)[0] if graph_width else ""
        return [
            (left, colors.style("muted")),
            (f"{shown} ", colors.style(role, bold=True)),
            (graph, colors.style(colors.graphs[1])),
            (counts, colors.style("muted")),
        ]
