"""What the panel People says: values in, styled lines out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from posetui.drawing.palette import person_color
from posetui.engine.people import Person
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_WIDE = 43
"""Columns from which the People panel has room for sizes."""


def person_style(track_id: int, colors: Colors, *, on: str | None = None) -> Style:
    """Return the style in a person's colour."""
    r, g, b = person_color(track_id, dark=colors.dark)
    return colors.style(f"#{r:02x}{g:02x}{b:02x}", bold=True, on=on)


def people_lines(people: Sequence[Person], selected: int | None, colors: Colors, width: int) -> list[Line]:
    """Return the table of people: id, score, visible joints, size, speed, age in view."""
    wide = width >= _WIDE
    heading = f"  {'id':>3} {'score':>5} {'joints':>6} {'size px':>10} {'px/s':>5} {'in view':>7}"
    if not wide:
        heading = heading.replace(f" {'size px':>10}", "")
    lines: list[Line] = [[(heading[:width], colors.style("muted"))]]
    for person in people:
        if person.state != "seen":
            lines.append(_missing_line(person, selected, colors, width))
            continue
        on = "selected" if person.id == selected else None
        joints = f"{'⇄' if person.flipped else ''}{person.visible}/{len(person.keypoints)}"
        size = f" {f'{person.size[0]}×{person.size[1]}':>10}" if wide else ""
        text = (
            f" {person.score:5.2f} {joints:>6}{size} {min(person.speed, 99999):5.0f} {_clock(person.age):>7}"
        )
        marker = "▸" if on else " "
        lines.append(
            [
                (f"{marker}●{person.id:>3}", person_style(person.id, colors, on=on)),
                (f"{text:<{max(0, width - 5)}}"[: max(0, width - 5)], colors.style("text", on=on)),
            ]
        )
    if not people:
        lines.append([("  nobody in view", colors.style("muted"))])
    return lines


def _missing_line(person: Person, selected: int | None, colors: Colors, width: int) -> Line:
    """Return the line of somebody who is not in this frame."""
    on = "selected" if person.id == selected else None
    text = f" {person.state}, unseen for {person.unseen:.1f} s"
    text = f"{text:<{max(0, width - 13)}.{max(0, width - 13)}} {_clock(person.age):>7}"
    return [
        (f"{'▸' if on else ' '}○{person.id:>3}", person_style(person.id, colors, on=on)),
        (text[: max(0, width - 5)], colors.style("muted", on=on)),
    ]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 100 else f"{minutes // 60} h"
