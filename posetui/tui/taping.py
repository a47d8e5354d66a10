"""Recording from the screen: what its keys do, and what the header says of it."""

from __future__ import annotations

from pathlib import Path

from posetui.engine.supervisor import Supervisor
from posetui.errors import TapeError
from posetui.tapes.model import RecorderStatus
from posetui.tapes.naming import new_path
from posetui.text import safe_text
from posetui.tui.lines import Line
from posetui.tui.painting import Painting
from posetui.tui.themes import Colors

_WIDE = 100
"""Columns from which the header has room for the rate."""


class Taping(Painting):
    """The part of the app that records.

    Attributes:
        tapes_dir: the folder where tapes go, as the settings have it.

    """

    tapes_dir: str | None = None
    _marked = 0
    _named: frozenset[Path] = frozenset()
    _behind: float | None = None

    def action_record(self) -> None:
        """Record from now on, or end that."""
        supervisor = self.supervisor
        if supervisor is None:
            return
        if supervisor.tapes.status is not None:
            supervisor.tapes.record(None)
        elif supervisor.status.opened and supervisor.status.opened.tape:
            self.notify("this is a tape already", timeout=2, markup=False)
        elif path := self._new_path():
            supervisor.tapes.record(path)
            self.notify(f"recording to {safe_text(path, 300)}", timeout=3, markup=False)
        self.draw_bars()

    def action_keep(self) -> None:
        """Save the last minute to a tape."""
        supervisor = self.supervisor
        if supervisor is None:
            return
        if supervisor.status.opened and supervisor.status.opened.tape:
            self.notify("this is a tape already", timeout=2, markup=False)
        elif path := self._new_path(" kept"):
            supervisor.tapes.keep_last(path)

    def action_mark(self) -> None:
        """Set a mark on the tape, and in the last minute."""
        if self.supervisor is None:
            return
        text = f"mark {self._marked + 1}"
        if self.supervisor.tapes.mark(text):
            self._marked += 1
            where = "" if self.supervisor.tapes.status else " in the last minute: ctrl+R saves it, R records"
            self.notify(f"{text}{where}", timeout=2, markup=False)

    def tell_tapes(self, supervisor: Supervisor) -> None:
        """Tell what there is to tell of tapes, and show what changed."""
        said = supervisor.tapes.said()
        for one in said:
            if one.error:
                self.notify(one.text, severity="error", timeout=10, markup=False)
            else:
                self.notify(one.text, timeout=5, markup=False)
        result = supervisor.result()
        behind = result.behind if result else None
        if said or behind != self._behind:
            self._behind = behind
            self.draw_bars()

    def header_marks(self) -> Line:
        """Return what stands before the state: outputs, that it records, how far it was rewound."""
        status = self.supervisor.tapes.status if self.supervisor else None
        marks: list[tuple[str, str]] = []
        if self.supervisor and (outputs := self.supervisor.options.outputs.named()):
            marks.append((f" → {' '.join(outputs)} ", "text"))
        if status is not None:
            marks.append((recording_text(status, wide=self.size.width >= _WIDE), "poor"))
        if self._behind is not None:
            marks.append((f" {self._behind:.1f} s ago ", "fair"))
        return styled(marks, self.palette)

    def _new_path(self, more: str = "") -> Path | None:
        try:
            # The file is made in another process: a second one in the same second must not get its name.
            path = new_path(self.tapes_dir, f"{self.source_title}{more}", self._named)
        except TapeError as error:
            self.notify(safe_text(error, 400), severity="error", markup=False)
            return None
        self._named |= {path}
        return path


def styled(marks: list[tuple[str, str]], colors: Colors) -> Line:
    """Return pieces of text and their roles in these colours, bold."""
    return [(text, colors.style(role, bold=True)) for text, role in marks]


def recording_text(status: RecorderStatus, *, wide: bool) -> str:
    """Return the mark of a recording: time, size and, where there is room, rate; and what was left out."""
    minutes, seconds = divmod(int(status.seconds), 60)
    text = f" ● REC {minutes}:{seconds:02d} {_size(status.bytes)}"
    text += f" {_size(status.rate)}/s" if wide else ""
    return f"{text} {status.drops} lost " if status.drops else f"{text} "


def _size(count: float) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB"
