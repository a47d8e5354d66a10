"""What the panel Performance says: values in, styled lines out."""

from __future__ import annotations

from rich.style import Style

from posetui.drawing.bars import sparkgraph
from posetui.engine.quantiles import Window
from posetui.engine.statistics import HISTORY, Load, Statistics
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_LATE_MS = 250
_RATES = (("source", "source"), ("inference", "infer"), ("screen", "screen"))


def performance_lines(
    statistics: Statistics, load: Load, colors: Colors, width: int, *, ascii_only: bool
) -> list[Line]:
    """Return rates with their 60 s graphs, stage times, age of the picture, losses and load."""
    muted, text = colors.style("muted"), colors.style("text")
    age = statistics.age
    role = "poor" if (age.p95 or 0) > _LATE_MS else "good"
    half = width // 2
    return [
        *_rate_lines(statistics, colors, width, ascii_only=ascii_only),
        _halves([("p50/p95 ms", "", muted), ("p50/p95 ms", "", muted)], half, colors),
        *_stage_lines(statistics, colors, half),
        _halves(
            [
                ("age", _pair(age), colors.style(role)),
                ("dropped", str(statistics.dropped), text),
            ],
            half,
            colors,
        ),
        [
            (" cpu ", muted),
            (f"{load.cpu_percent:4.0f}%", text),
            ("  mem ", muted),
            (f"{load.memory_mb:4.0f} MB", text),
            ("  tty ", muted),
            (f"{statistics.bytes_per_second() / 1e3:6.1f} kB/s", text),
        ],
    ]


def _rate_lines(statistics: Statistics, colors: Colors, width: int, *, ascii_only: bool) -> list[Line]:
    rates = statistics.rates()
    graph_width = min(max(8, width - 19), HISTORY // 2)
    lines: list[Line] = []
    for name, label in _RATES:
        history = list(statistics.history[name])
        top = max(10.0, *history, 0.0)
        graph = sparkgraph(history, graph_width, 1, 0.0, top, ascii_only=ascii_only)[0]
        lines.append(
            [
                (f" {label:<7}", colors.style("muted")),
                (f"{rates[name]:6.1f}", colors.style("text", bold=True)),
                (" fps ", colors.style("muted")),
                (f"{graph:>{max(0, width - 19)}}", colors.style(colors.graphs[1])),
            ]
        )
    return lines


def _stage_lines(statistics: Statistics, colors: Colors, half: int) -> list[Line]:
    cells = [(stage, _pair(window), colors.style("text")) for stage, window in statistics.stages.items()]
    return [_halves(cells[left : left + 2], half, colors) for left in range(0, len(cells), 2)]


def _halves(cells: list[tuple[str, str, Style]], half: int, colors: Colors) -> Line:
    """Return name and value, name and value: each in half the width."""
    line: list[tuple[str, Style]] = []
    for name, value, style in cells:
        if not value:
            line.append((f"{name:>{max(0, half - 1)}} ", colors.style("muted")))
            continue
        room = max(1, half - 2 - len(value))
        line += [(f" {name:<{room}.{room}}", colors.style("muted")), (f"{value} ", style)]
    return line


def _pair(window: Window) -> str:
    p50, p95 = window.p50, window.p95
    return "–/–" if p50 is None or p95 is None else f"{_short(p50)}/{_short(p95)}"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 99.95 else f"{min(value, 99999):.0f}"
