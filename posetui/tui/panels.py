"""What the panels People and Joints say: values in, styled lines out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from posetui.drawing.bars import bar, sparkgraph
from posetui.drawing.palette import person_color
from posetui.engine.people import Person
from posetui.pose.skeleton import Skeleton
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_WIDE = 43
"""Columns from which the People panel has room for sizes."""


def person_style(track_id: int, colors: Colors, *, on: str | None = None) -> Style:
    """Return the style in a person's colour."""
    r, g, b = person_color(track_id, dark=colors.dark)
    return Style(color=f"#{r:02x}{g:02x}{b:02x}", bold=True, bgcolor=on and getattr(colors, on))


def people_lines(people: Sequence[Person], selected: int | None, colors: Colors, width: int) -> list[Line]:
    """Return the table of people: id, score, visible joints, size, speed, age in view."""
    wide = width >= _WIDE
    heading = f"  {'id':>3} {'score':>5} {'joints':>6} {'size px':>10} {'px/s':>5} {'in view':>7}"
    if not wide:
        heading = heading.replace(f" {'size px':>10}", "")
    lines: list[Line] = [[(heading[:width], colors.style("muted"))]]
    for person in people:
        on = "selected" if person.id == selected else None
        joints = f"{person.visible}/{len(person.keypoints)}"
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


def joint_lines(
    person: Person | None,
    skeleton: Skeleton,
    threshold: float,
    colors: Colors,
    size: tuple[int, int],
    *,
    ascii_only: bool,
) -> list[Line]:
    """Return a line a joint: name, confidence bar, value, trend of the last 2 s.

    More joints than fit in `size` (columns, rows) stand in two columns, without trends.
    """
    width, rows = size
    if person is None:
        return [[("  nobody in view", colors.style("muted"))]]
    if len(skeleton) > rows > 0:
        return _two_columns(person, skeleton, threshold, colors, width, ascii_only=ascii_only)
    name_width = min(16, max(len(joint) for joint in skeleton.joints))
    trend_width = 8
    bar_width = max(4, width - name_width - trend_width - 8)
    lines: list[Line] = []
    for index, joint in enumerate(skeleton.joints):
        value = float(person.keypoints[index, 2])
        weak = value < threshold
        name = joint.replace("_", " ")
        role = colors.confidence(value, threshold)
        filled = bar(value, bar_width, ascii_only=ascii_only)
        trend = sparkgraph(person.trends[:, index].tolist(), trend_width, 1, 0.0, 1.0, ascii_only=ascii_only)[
            0
        ]
        lines.append(
            [
                (
                    f" {name:<{name_width}.{name_width}} ",
                    colors.style("muted" if weak else "text"),
                ),
                (filled, Style(color=colors.shade(role), bgcolor=colors.faint)),
                (f" {value:4.2f} ", colors.style(role)),
                (trend, colors.style(colors.graphs[1] if not weak else "muted")),
            ]
        )
    return lines


def _two_columns(
    person: Person, skeleton: Skeleton, threshold: float, colors: Colors, width: int, *, ascii_only: bool
) -> list[Line]:
    half = (len(skeleton) + 1) // 2
    name_width = max(6, width // 2 - 11)
    lines: list[Line] = []
    for top in range(half):
        line: list[tuple[str, Style]] = []
        for index in range(top, len(skeleton), half):
            value = float(person.keypoints[index, 2])
            role = colors.confidence(value, threshold)
            text = "muted" if value < threshold else "text"
            name = skeleton.joints[index].replace("_", " ").replace("left", "l").replace("right", "r")
            line += [
                (
                    f" {name:<{name_width}.{name_width}} ",
                    colors.style(text),
                ),
                (
                    bar(value, 4, ascii_only=ascii_only),
                    Style(color=colors.shade(role), bgcolor=colors.faint),
                ),
                (f" {value:4.2f}", colors.style(role)),
            ]
        lines.append(line)
    return lines


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 100 else f"{minutes // 60} h"
