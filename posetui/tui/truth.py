"""A tape beside truth: its error along the transport bar, and the keys that go to the worst frames."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from posetui.drawing.bars import sparkline
from posetui.engine.supervisor import Supervisor
from posetui.engine.truth import TruthInfo, Worst
from posetui.text import safe_text
from posetui.tui.comparison import truth_of
from posetui.tui.lines import Line
from posetui.tui.themes import Colors
from posetui.tui.tocorrect import Handing
from posetui.tui.transport import MARGIN, columns_of

_FAIR, _POOR = 10.0, 20.0
"""Percent of the torso: from the second on, a joint counts as wrong (PCK@0.2)."""


class BesideTruth(Handing):
    """The app with what belongs to truth; without it everything is as ever."""

    _rank = 0
    _ranked: TruthInfo | None = None
    _slices: tuple[TruthInfo, int, npt.NDArray[np.float64]] | None = None

    @property
    def truth(self) -> TruthInfo | None:
        """Return what is known of the truth beside the tape that is open, if there is one."""
        return truth_of(self.supervisor.status) if self.supervisor else None

    def news(self, supervisor: Supervisor) -> None:
        """Make room for the error of a tape, besides all else."""
        screen, beside = self.screen_stack[0], supervisor.options.truth is not None
        if screen.has_class("truth") != beside:
            screen.set_class(beside, "truth")
            self.call_after_refresh(self.repaint_all)
        super().news(supervisor)

    def lines_above(self, width: int) -> list[Line]:
        """Return the errors of the tape, the worst of each column's frames."""
        truth, tape, columns = self.truth, self.tape, width - 2 * MARGIN
        if truth is None or tape is None or columns < 2:
            return []
        if self._slices is None or self._slices[0] is not truth or self._slices[1] != columns:
            worst = worst_by_column(truth, tape.duration, columns)
            self._slices = truth, columns, worst
        return [error_line(self._slices[2], self.palette, ascii_only=self.ascii_only)]

    def action_worst(self, step: int) -> None:
        """Stand at the next worst frame, or at the one that is worse."""
        truth, supervisor = self.truth, self.supervisor
        if self.tape is None or supervisor is None:
            self.say_only_tapes()
            return
        if truth is None:
            self.notify("this key is for posetui replay TAPE --truth TRUTH", timeout=2.5, markup=False)
            return
        if self._ranked is not truth:
            self._ranked, self._rank = truth, 0
        rank, count = self._rank + step, len(truth.worst)
        if not 1 <= rank <= count:
            said = f"none of the {count:,} frames is worse" if step < 0 else "no other frame is off the truth"
            self.notify(said, timeout=2, markup=False)
            return
        self._rank, worst = rank, truth.worst[rank - 1]
        self._stand_still(supervisor)
        self.seek(worst.seconds)
        self.notify(f"worst frame {rank:,} of {count:,}: {said_of(worst)}", timeout=4, markup=False)

    def _stand_still(self, supervisor: Supervisor) -> None:
        if supervisor.status.state == "ended":  # where pausing would play it again
            self.view = replace(self.view, paused=True)
            supervisor.pause(True)
        elif not self.view.paused:
            self.action_pause()


def said_of(worst: Worst) -> str:
    """Return how large an error is, and where."""
    joint, away = worst.joint
    parts = [f"error {worst.error:.1f}% of the torso"]
    if joint:
        far = "lost" if math.isinf(away) else f"{away:.0f}%"
        parts.append(f"{safe_text(joint, 30).replace('_', ' ')} {far}")
    if worst.missed:
        parts.append(f"{worst.missed} {'person' if worst.missed == 1 else 'people'} not found")
    return ", ".join(parts)


def worst_by_column(truth: TruthInfo, duration: float, columns: int) -> npt.NDArray[np.float64]:
    """Return float64 [columns], the worst error of the frames that lie there on the bar; NaN without any."""
    worst = np.full(columns, np.nan)
    np.fmax.at(worst, columns_of(truth.seconds, duration, columns), truth.errors.astype(np.float64))
    return worst


def error_line(worst: npt.NDArray[np.float64], colors: Colors, *, ascii_only: bool = False) -> Line:
    """Return a line with a step for each error, the largest one full, in the colour of how bad it is."""
    values: list[float] = worst.tolist()
    top = max((one for one in values if not math.isnan(one)), default=0.0)
    glyphs = sparkline(values, len(values), 0.0, max(top, _FAIR), ascii_only=ascii_only)
    margin = (" " * MARGIN, colors.style("muted"))
    line = [margin]
    for role, run in groupby(zip(glyphs, values, strict=True), key=lambda cell: _role(cell[1])):
        line.append(("".join(glyph for glyph, _ in run), colors.style(role)))
    return [*line, margin]


def _role(error: float) -> str:
    return "poor" if error >= _POOR else "fair" if error >= _FAIR else "good"
