"""What the terminal can draw, from what it answers and what the environment says of it.

Block characters newer than Unicode 3.2 look right only where the terminal draws them itself: few fonts have
them. Which version of which terminal does is in `_DRAWS`, from the release notes and sources of each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from posetui.text import safe_text

_GRAPHICS = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_OTHERS = b"\x1b[>q\x1b[16t\x1b[c"
"""Name and version (XTVERSION); the size of a cell in pixels; the device attributes."""

Version = tuple[int, ...]

_DRAWS: dict[str, tuple[Version | None, Version | None]] = {
    "kitty": ((0, 20), (0, 40)),
    "ghostty": ((1, 0), (1, 2)),
    "foot": ((1, 8), (1, 20)),
    "vte": ((0, 62), (0, 78)),
    "wezterm": ((20210814,), None),
    "contour": ((0, 3), None),
}
"""By terminal, the version from which it draws sextants, and octants, itself."""

_FROM_PROGRAM = {"ghostty": "ghostty", "WezTerm": "wezterm", "iTerm.app": "iterm2"}
_INLINE_IMAGES = ("iterm2", "wezterm")
_UNASKED = ("", "dumb", "linux")
_COMMON = ("half", "quadrant", "braille", "ascii")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of a terminal.

    Attributes:
        name: in small letters; empty when unknown. Safe text.
        version: its numbers; empty when unknown.
        cells: the ways it can fill cells, and protocols for pixels, in the order in which a key goes through.
        cell: width, height of a cell in pixels; 0, 0 when unknown.

    """

    name: str
    version: Version
    cells: tuple[str, ...]
    cell: tuple[int, int] = (0, 0)

    @property
    def best(self) -> str:
        """Return the finest way it is known to draw well."""
        return next((cells for cells in ("octant", "sextant", "half") if cells in self.cells), self.cells[0])


def question(environ: Mapping[str, str]) -> bytes:
    """Return what is written to learn what the terminal is; empty where it would be printed."""
    if environ.get("TERM", "") in _UNASKED or environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return b""
    # To tmux and GNU screen, a string such as kitty's is a new title.
    multiplexed = environ.get("TMUX") or environ.get("STY")
    return _OTHERS if multiplexed else _GRAPHICS + _OTHERS


def abilities(environ: Mapping[str, str], answer: bytes = b"", *, ascii_only: bool = False) -> Abilities:
    """Return what the terminal can draw.

    Args:
        environ: the environment.
        answer: what it said to `question`.
        ascii_only: it shows no Unicode.

    """
    name, version = _answered(answer) or _told(environ)
    if ascii_only:
        return Abilities(name, version, ("ascii",))
    # A multiplexer draws nothing itself, and may not know how wide new characters are.
    since = _DRAWS.get(name, (None, None))
    newer = [
        cells
        for cells, first in zip(("sextant", "octant"), since, strict=True)
        if first is not None and version >= first
    ]
    cell = _cell_size(answer)
    cells = (*_COMMON[:2], *newer, *_COMMON[2:], *_protocols(name, answer, cell))
    return Abilities(name, version, cells, cell)


def _protocols(name: str, answer: bytes, cell: tuple[int, int]) -> list[str]:
    """Return the protocols for pixels that the terminal itself says it has, or is known to have."""
    found = ["kitty"] if b"\x1b_Gi=31;OK" in answer else []
    if name in _INLINE_IMAGES:
        found.append("iterm2")
    attributes = re.search(rb"\x1b\[\?([\d;]*)c", answer)
    if attributes and b"4" in attributes[1].split(b";") and min(cell) > 0:
        found.append("sixel")
    return found


def _cell_size(answer: bytes) -> tuple[int, int]:
    match = re.search(rb"\x1b\[6;(\d{1,3});(\d{1,3})t", answer)
    return (int(match[2]), int(match[1])) if match else (0, 0)


def _answered(answer: bytes) -> tuple[str, Version] | None:
    """Return name and version from an answer to XTVERSION, such as `kitty(0.42.1)` or `tmux 3.4`."""
    match = re.search(rb"\x1bP>\|([^\x1b]*)\x1b\\", answer)
    if match is None:
        return None
    found = re.match(r"([a-z0-9_+-]+?)[ (/]+([\d.]+)", match[1].decode("ascii", "replace").lower())
    if found is None:
        return safe_text(match[1].decode("ascii", "replace").lower(), 40), ()
    name, version = found[1], _numbers(found[2])
    return (name, _vte(version[0])) if name == "vte" and version else (name, version)


def _told(environ: Mapping[str, str]) -> tuple[str, Version]:
    """Return name and version from what terminals leave in the environment."""
    if environ.get("TMUX") or environ.get("STY"):
        return "tmux" if environ.get("TMUX") else "screen", ()
    program = _FROM_PROGRAM.get(environ.get("TERM_PROGRAM", ""))
    if program:
        return program, _numbers(environ.get("TERM_PROGRAM_VERSION", ""))
    if environ.get("VTE_VERSION", "").isdecimal():
        return "vte", _vte(int(environ["VTE_VERSION"]))
    return safe_text(environ.get("TERM", "").removeprefix("xterm-"), 40), ()


def _vte(number: int) -> Version:
    """Return the version that VTE writes as one number: 7802 for 0.78.2."""
    return number // 10000, number // 100 % 100, number % 100


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
