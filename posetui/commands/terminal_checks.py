"""What `posetui doctor` looks at in the terminal."""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Mapping

from posetui.commands.checks import Check
from posetui.tui.abilities import Abilities, abilities, question
from posetui.tui.asking import Asked
from posetui.tui.plain import speaks_unicode

_MIN_SIZE = (80, 24)
_ANSWER_WITHIN_S = 0.5
_SYNC_QUERY = b"\x1b[?2026$p"
"""Asks for DEC mode 2026."""
_TRUE_COLOR_TERMS = ("kitty", "alacritty", "wezterm", "ghostty", "foot", "contour", "-direct")
_NOT_A_TERMINAL = "output is not a terminal"


def terminal_checks(environ: Mapping[str, str]) -> list[Check]:
    """Return the checks of the terminal that this process is connected to."""
    checks = [check_unicode(locale.getencoding())]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        names = ("terminal", "size", "colours", "sync output", "cells")
        return [*(Check(name, "not judged", _NOT_A_TERMINAL) for name in names), *checks]
    size = os.get_terminal_size(sys.stdout.fileno())
    query = question(environ)
    with Asked(_SYNC_QUERY + query if query else b"") as asked:
        answer = asked.answer(_ANSWER_WITHIN_S)
    return [
        check_term(environ),
        check_size(size.columns, size.lines),
        check_colors(environ),
        judge_sync(answer, environ),
        check_cells(abilities(environ, answer, ascii_only=not speaks_unicode())),
        *checks,
    ]


def check_term(environ: Mapping[str, str]) -> Check:
    """Judge TERM, and name a multiplexer."""
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        return Check(
            "terminal", "fail", f"TERM is {term or 'unset'}", "Set TERM, for instance to xterm-256color"
        )
    if environ.get("TMUX"):
        return Check("terminal", "ok", f"{term}, in tmux")
    if term.startswith("screen"):
        return Check(
            "terminal",
            "warn",
            f"{term}, in GNU screen",
            "tmux 3.4 or newer shows more colours, without flicker",
        )
    return Check("terminal", "ok", term)


def check_size(columns: int, lines: int) -> Check:
    """Judge the size in cells."""
    found = f"{columns}x{lines}"
    if not (columns and lines):
        return Check("size", "warn", "the terminal does not tell", "Set it: stty cols 120 rows 40")
    if columns < _MIN_SIZE[0] or lines < _MIN_SIZE[1]:
        return Check("size", "warn", found, "Enlarge the window to 80x24 or more; 120x40 shows all panels")
    return Check("size", "ok", found)


def check_colors(environ: Mapping[str, str]) -> Check:
    """Judge the number of colours from COLORTERM and TERM."""
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR"):
        return Check("colours", "ok", "none, as NO_COLOR asks")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or any(
        one in term for one in _TRUE_COLOR_TERMS
    ):
        return Check("colours", "ok", "24-bit")
    if "256color" in term:
        return Check("colours", "ok", "256", "COLORTERM=truecolor gives more, where the terminal shows them")
    remedy = "Set TERM=xterm-256color and COLORTERM=truecolor if the terminal shows them"
    if environ.get("TMUX"):
        remedy = "In tmux: set -g default-terminal tmux-256color"
    return Check("colours", "warn", "16", remedy)


def check_unicode(encoding: str) -> Check:
    """Judge the locale: the skeletons are drawn in braille."""
    if encoding.lower().replace("-", "") == "utf8":
        return Check("Unicode", "ok", "UTF-8")
    return Check(
        "Unicode", "warn", f"the locale's encoding is {encoding}", "Set LANG=C.UTF-8 or another UTF-8 locale"
    )


def check_cells(able: Abilities) -> Check:
    """Tell what cells are filled with, and what else the terminal draws."""
    version = ".".join(map(str, able.version))
    who = f"{able.name} {version}".strip() or "unknown terminal"
    return Check("cells", "ok", f"{able.best} ({who}); with g: {', '.join(able.cells)}")


def judge_sync(answer: bytes, environ: Mapping[str, str]) -> Check:
    """Judge the answer to `_SYNC_QUERY`: mode 2026 set, reset or permanently set means it is known."""
    match = re.search(rb"\x1b\[\?2026;(\d)\$y", answer)
    if match and match[1] in b"123":
        return Check("sync output", "ok", "supported")
    remedy = (
        "tmux does it from 3.4 on"
        if environ.get("TMUX")
        else "The picture may flicker; a newer terminal does it"
    )
    return Check("sync output", "warn", "not supported" if answer else "the terminal does not answer", remedy)
