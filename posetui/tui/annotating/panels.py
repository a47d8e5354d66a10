"""What the panels of an annotator say: values in, styled lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len, set_cell_size

from posetui.annotation.model import Person, Visibility
from posetui.drawing.bars import bar
from posetui.pose.skeleton import Skeleton
from posetui.text import safe_text
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_SEEN = {
    Visibility.VISIBLE: ("●", "visible", "good"),
    Visibility.OCCLUDED: ("○", "occluded", "fair"),
    Visibility.ABSENT: ("·", "absent", "muted"),
}
_NAME = 15


@dataclass(frozen=True, slots=True)
class JointList:
    """How the joints of a person are listed.

    Attributes:
        skeleton: of the person.
        chosen: the joint that is worked on.
        colors: the theme.

    """

    skeleton: Skeleton
    chosen: int
    colors: Colors

    def lines(self, person: Person | None, size: tuple[int, int]) -> list[Line]:
        """Return a line a joint: name, whether it is seen and placed by hand, confidence of the backend.

        More joints than fit in `size` (columns, rows) stand in two columns with less of each.
        """
        width, rows = size
        if person is None:
            return [[("  nobody here: A adds a person", self.colors.style("muted"))]]
        count = len(self.skeleton)
        if count <= rows or rows <= 0:
            return [self._wide(person, at, width) for at in range(count)]
        half = (count + 1) // 2
        top = min(max(self.chosen % half - rows // 2, 0), max(half - rows, 0))
        return [
            [piece for at in range(row, count, half) for piece in self._narrow(person, at, width // 2)]
            for row in range(top, half)
        ]

    def _wide(self, person: Person, at: int, width: int) -> Line:
        colors, joint = self.colors, person.joints[at]
        mark, word, role = _SEEN[joint.visibility]
        on = "selected" if at == self.chosen else None
        room = max(0, width - _NAME - 22)
        known = person.confidence[at] if person.confidence else None
        name = f"{'▸' if on else ' '}{_name(self.skeleton.joints[at], _NAME)} "
        pieces = [
            (name, colors.style("text" if on else "muted", on=on)),
            (f"{mark} {word:<9}", colors.style(role, on=on)),
            (f"{'✓' if joint.placed else ' '} ", colors.style("good", bold=True, on=on)),
        ]
        if known is None:
            return [*pieces, (f"{'added':>{room + 5}} ", colors.style("muted", on=on))]
        sure = colors.confidence(known, 0.3)
        return [
            *pieces,
            (bar(known, room), colors.style(colors.shade(sure), on="faint")),
            (f" {known:4.2f} ", colors.style(sure, on=on)),
        ]

    def _narrow(self, person: Person, at: int, width: int) -> Line:
        colors, joint = self.colors, person.joints[at]
        mark, _, role = _SEEN[joint.visibility]
        on = "selected" if at == self.chosen else None
        name = self.skeleton.joints[at].replace("left_", "l ").replace("right_", "r ")
        return [
            ("▸" if on else " ", colors.style("title", on=on)),
            (f"{mark} ", colors.style(role, on=on)),
            (_name(name, max(1, width - 4)), colors.style("text" if on else "muted", on=on)),
            ("✓" if joint.placed else " ", colors.style("good", bold=True, on=on)),
        ]


def _name(joint: str, width: int) -> str:
    return f"{joint.replace('_', ' '):<{width}.{width}}"


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far the annotator is.

    Attributes:
        number: of the frame, from 0.
        checked: bool [frames]: those that are truth.
        corrected: joints that were placed by hand, or confirmed.
        said: what is to be told now, and its role; empty for nothing.
        unsaved: whether there are edits that only the journal has.

    """

    number: int
    checked: npt.NDArray[np.bool_]
    corrected: int
    said: tuple[str, str] = ("", "muted")
    unsaved: bool = False


def progress_lines(shown: Progress, colors: Colors, width: int, *, ascii_only: bool = False) -> list[Line]:
    """Return a bar of all frames, and how many are checked."""
    if width < 8:
        return []
    columns = width - 2
    margin = (" ", colors.style("muted"))
    cells = _bar(shown, columns, ascii_only=ascii_only)
    pieces = [
        ("".join(glyph for glyph, _ in run), colors.style(role, bold=role == "text"))
        for role, run in groupby(cells, key=lambda cell: cell[1])
    ]
    return [[margin, *pieces, margin], _words(shown, colors, width)]


def _bar(shown: Progress, columns: int, *, ascii_only: bool) -> list[tuple[str, str]]:
    """Return a cell a column: how many of its frames are checked, and where the annotator is."""
    frames = len(shown.checked)
    done, none, knob = "=-#" if ascii_only else "▃▁▌"
    edges = np.arange(columns + 1) * frames // columns
    here = min(shown.number * columns // max(frames, 1), columns - 1)
    cells = []
    for column in range(columns):
        first = min(int(edges[column]), frames - 1)
        share = shown.checked[first : max(int(edges[column + 1]), first + 1)].mean() if frames else 0.0
        role = "good" if share == 1 else "fair" if share > 0 else "border"
        cells.append((done if share > 0 else none, role))
    cells[here] = (knob, "text")
    return cells


def _words(shown: Progress, colors: Colors, width: int) -> Line:
    frames = len(shown.checked)
    count = int(shown.checked.sum())
    left = [
        (f" frame {shown.number + 1:,}", colors.style("text", bold=True)),
        (f" of {frames:,}", colors.style("muted")),
        (f"  {count:,} checked", colors.style("good" if count else "muted")),
        (f"  {shown.corrected:,} joint{'' if shown.corrected == 1 else 's'} placed", colors.style("muted")),
    ]
    said, role = safe_text(shown.said[0], 300) if shown.said[0] else "", shown.said[1]

    def room_left() -> int:
        return width - sum(cell_len(text) for text, _ in left) - 3

    while said and len(left) > 2 and cell_len(said) > room_left():
        left.pop()  # the counts come back with the next key
    room = room_left()
    if not said or room < 4:
        return left
    if cell_len(said) > room:
        said = set_cell_size(said, room - 1) + "…"
    return [*left, (" " * (room - cell_len(said) + 2), colors.style("muted")), (said, colors.style(role))]


def header_line(facts: Sequence[str], saved: bool, colors: Colors, width: int) -> Line:
    """Return the header: what is annotated, and whether it is written."""
    right, role = (" ● saved ", "good") if saved else (" ○ in the journal ", "fair")
    left = " posetui "
    room = max(0, width - len(left) - cell_len(right) - 2)
    text = " │ ".join(fact for fact in facts if fact)
    return [
        (left, colors.style("title", bold=True)),
        (set_cell_size(f"│ {text}", room + 2), colors.style("text")),
        (right, colors.style(role, bold=True)),
    ]
