"""What the three panels and the two bars say: values in, styled lines out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from posetui.drawing.bars import bar, sparkline
from posetui.drawing.palette import person_color
from posetui.engine.people import Person
from posetui.engine.statistics import Load, Statistics
from posetui.pose.skeleton import Skeleton
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_SHORT_STAGES = {"preprocess": "prep", "postprocess": "post"}


def person_style(track_id: int, colors: Colors, *, on: str | None = None) -> Style:
    """Return the style in a person's colour."""
    r, g, b = person_color(track_id, dark=colors.dark)
    return Style(color=f"#{r:02x}{g:02x}{b:02x}", bold=True, bgcolor=on and getattr(colors, on))


def people_lines(people: Sequence[Person], selected: int | None, colors: Colors, width: int) -> list[Line]:
    """Return the table of people: id, score, visible joints, size, speed, age in view."""
    heading = f"  {'id':>3} {'score':>5} {'joints':>6} {'size px':>10} {'px/s':>5} {'in view':>7}"
    lines: list[Line] = [[(heading[:width], colors.style("muted"))]]
    for person in people:
        on = "selected" if person.id == selected else None
        joints = f"{person.visible}/{len(person.keypoints)}"
        size = f"{person.size[0]}×{person.size[1]}"
        text = (
            f" {min(person.score, 1):5.2f} {joints:>6} {size:>10} {min(person.speed, 99999):5.0f} "
            f"{_clock(person.age):>7}"
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
        trend = sparkline(person.trends[:, index].tolist(), trend_width, 0.0, 1.0, ascii_only=ascii_only)
        lines.append(
            [
                (
                    f" {name:<{name_width}.{name_width}} ",
                    colors.style("muted" if weak else "text"),
                ),
                (filled, colors.style(role, on="faint")),
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
                (bar(value, 4, ascii_only=ascii_only), colors.style(role, on="faint")),
                (f" {value:4.2f}", colors.style(role)),
            ]
        lines.append(line)
    return lines


def performance_lines(
    statistics: Statistics, load: Load, colors: Colors, width: int, *, ascii_only: bool
) -> list[Line]:
    """Return rates with their 60 s sparklines, stage times, age of the picture, losses and load."""
    muted, text = colors.style("muted"), colors.style("text")
    graph_width = max(8, width - 18)
    rates = statistics.rates()
    lines: list[Line] = []
    for name, label in (("source", "source"), ("inference", "infer"), ("screen", "screen")):
        history = list(statistics.history[name])
        graph = sparkline(history, graph_width, 0.0, max(10.0, *history, 0.0), ascii_only=ascii_only)
        lines.append(
            [
                (f" {label:<7}", muted),
                (f"{rates[name]:5.1f}", colors.style("text", bold=True)),
                (" fps ", muted),
                (graph, colors.style(colors.graphs[1])),
            ]
        )
    half = max(10, (width - 2) // 2)
    cells = [
        (
            f"{_SHORT_STAGES.get(stage, stage):<8}",
            _pair(window.p50, window.p95),
        )
        for stage, window in statistics.stages.items()
    ]
    lines.append([(f" {'stage':<8}{'p50 / p95 ms':>{half - 8}} ", muted)] * 2)
    for left in range(0, len(cells), 2):
        line: list[tuple[str, Style]] = []
        for label, value in cells[left : left + 2]:
            line += [(f" {label}", muted), (f"{value:>{half - 8}} "[: half - 7], text)]
        lines.append(line)
    age = statistics.age
    late = (age.p95 or 0) > 250
    lines.append(
        [
            (" age     ", muted),
            (f"{_pair(age.p50, age.p95):>{half - 8}} ", colors.style("poor" if late else "good")),
            (" dropped ", muted),
            (f"{statistics.dropped:>{half - 8}}", text),
        ]
    )
    lines.append(
        [
            (" cpu ", muted),
            (f"{load.cpu_percent:4.0f}%", text),
            ("  mem ", muted),
            (f"{load.memory_mb:4.0f} MB", text),
            ("  tty ", muted),
            (f"{statistics.bytes_per_second() / 1e3:5.1f} kB/s", text),
        ]
    )
    return lines


def _pair(p50: float | None, p95: float | None) -> str:
    if p50 is None or p95 is None:
        return "– / –"
    return f"{_milliseconds(p50)} / {_milliseconds(p95)}"


def _milliseconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{min(value, 99999):.0f}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 100 else f"{minutes // 60} h"
