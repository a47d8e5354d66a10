"""The header and the footer: one line each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from posetui.engine.supervisor import Status
from posetui.text import safe_text
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

_STATES = {
    "opening": ("◌", "fair", "opening"),
    "live": ("●", "good", "live"),
    "paused": ("‖", "fair", "paused"),
    "restarting": ("↻", "poor", "restarting"),
    "reconnecting": ("↻", "poor", "reconnecting"),
    "ended": ("■", "fair", "ended"),
    "failed": ("✕", "poor", "failed"),
    "stopped": ("✕", "poor", "stopped"),
}
_STALLED_S = 2.0
_FEW_KEYS = 28
"""Columns for how to leave, turn the page and get help."""


def header_line(
    status: Status, title: str, waiting_s: float, colors: Colors, width: int, *, marks: Line = ()
) -> Line:
    """Return source, backend and device, what is to be marked, and the state."""
    mark, role, state = _STATES[status.state]
    tape = status.opened.tape if status.opened else None
    if status.state == "live" and tape:
        mark, role, state = "►", "good", "playing"
    elif status.state == "live" and waiting_s > _STALLED_S:
        mark, role, state = "◌", "poor", f"no frame for {waiting_s:.0f} s"
    right = [*marks, (f" {mark} ", colors.style(role)), (f"{state} ", colors.style(role, bold=True))]
    opened, used = status.opened, status.backend
    about = ""
    if opened and used:
        w, h = opened.info.size
        fps = f" {opened.info.fps:.4g} fps" if opened.info.fps else ""
        backend, model, device = (safe_text(t) for t in (used.name, used.model, used.device))
        compared = f" vs {safe_text(status.compared.chosen)}" if status.compared else ""
        used_on = f" │ {device}" if device else ""
        about = f"{'tape │ ' if tape else ''}{w}×{h}{fps} │ {f'{backend} {model}'.strip()}{compared}{used_on}"
    left = " posetui "
    room = width - len(left) - sum(cell_len(text) for text, _ in right) - 2
    shown = f"{safe_text(title, 300)} │ {about}" if about else safe_text(title, 300)
    if cell_len(shown) > room and about:
        source_room = max(16, room - cell_len(about) - 3)
        shown = f"{_cut(safe_text(title, 300), source_room)} │ {about}"
    return [
        (left, colors.style("title", bold=True)),
        (set_cell_size(f"│ {_cut(shown, room)}", room + 2), colors.style("text")),
        *right,
    ]


def note_room(width: int) -> int:
    """Return the columns of a footer that a note may have: half of it, or all but a few keys."""
    return max(0, width // 2, width - _FEW_KEYS)


def footer_line(keys: Sequence[tuple[str, str]], note: str, colors: Colors, width: int) -> Line:
    """Return the keys with what they do, and a note at the right."""
    used = 1
    note = _cut(note, note_room(width))
    room = width - (cell_len(note) + 2 if note else 0)
    pieces: list[tuple[str, str]] = []
    for key, meaning in keys:
        needed = cell_len(key) + cell_len(meaning) + 3
        if used + needed > room:
            break
        pieces.append((key, meaning))
        used += needed
    styled = [(" ", colors.style("muted"))]
    for key, meaning in pieces:
        styled += [(key, colors.style("title", bold=True)), (f" {meaning}  ", colors.style("muted"))]
    if note:
        styled += [(" " * max(0, width - used - cell_len(note) - 1), colors.style("muted"))]
        styled += [(f"{note} ", colors.style("fair"))]
    return styled


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""
