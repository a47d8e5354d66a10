"""What stands on the screen while the app is loading: painted before anything heavy is imported."""

from __future__ import annotations

import shutil
import sys

from posetui.tui.web import in_browser

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_LEAVE = "\x1b[?1049l\x1b[?25h"


def show_splash(title: str, *, ascii_only: bool) -> None:
    """Enter the alternate screen and draw its header and frames; the app paints over them.

    Args:
        title: the source: safe text.
        ascii_only: the terminal shows no Unicode.

    """
    columns, rows = shutil.get_terminal_size()
    bar, state, corners, across, down = (
        ("|", "o", "++++", "-", "|") if ascii_only else ("│", "◌", "╭╮╰╯", "─", "│")
    )
    header = f" posetui {bar} {title}"[: max(0, columns - 12)]
    lines = [f"\x1b[1m{header}\x1b[0m\x1b[1;{max(1, columns - 10)}H{state} opening"]
    if columns > 2 and rows > 4:
        lines.append(f"\x1b[2m\x1b[2;1H{corners[0]}{across * (columns - 2)}{corners[1]}")
        lines += [f"\x1b[{row};1H{down}\x1b[{row};{columns}H{down}" for row in range(3, rows - 1)]
        lines.append(f"\x1b[{rows - 1};1H{corners[2]}{across * (columns - 2)}{corners[3]}\x1b[0m")
    _write(_ENTER + "".join(lines))


def show_share(share: float, *, ascii_only: bool) -> None:
    """Draw a bar in the middle of what `show_splash` drew; the app paints over it.

    Args:
        share: how much is done, in [0, 1]; nothing is drawn at 0.
        ascii_only: the terminal shows no Unicode.

    """
    columns, rows = shutil.get_terminal_size()
    width = min(40, columns - 12)
    if share <= 0 or width < 4 or rows < 5:
        return
    done, left = ("#", ".") if ascii_only else ("━", "─")
    full = round(share * width)
    text = f"{done * full}\x1b[2m{left * (width - full)}\x1b[22m {share:4.0%}"
    _write(f"\x1b[{rows // 2};{(columns - width - 5) // 2 + 1}H{text}")


def clear_splash() -> None:
    """Leave the alternate screen again, when the app did not come to run."""
    _write(_LEAVE)


def _write(text: str) -> None:
    if sys.__stdout__ is not None and not in_browser():
        sys.__stdout__.write(text)
        sys.__stdout__.flush()
