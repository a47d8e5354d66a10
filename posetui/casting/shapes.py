"""Characters that are drawn rather than written: what fonts would draw with gaps, or not at all."""

from __future__ import annotations

W, H = 8, 16
"""A cell, in pixels."""

_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of a braille character's dots, by bit. Source: the Unicode Standard, Braille Patterns."""

# x, y, width, height in eighths of a cell.
_BLOCKS: dict[str, tuple[int, int, int, int]] = {
    "█": (0, 0, 8, 8), "▀": (0, 0, 8, 4), "▐": (4, 0, 4, 8), "▔": (0, 0, 8, 1), "▕": (7, 0, 1, 8),
    **{character: (0, 7 - n, 8, n + 1) for n, character in enumerate("▁▂▃▄▅▆▇")},
    **{character: (0, 0, 7 - n, 8) for n, character in enumerate("▉▊▋▌▍▎▏")},
}  # fmt: skip
_LINES = {
    "─": f"h{W}", "│": f"m{W // 2} {-H // 2}v{H}",
    "╭": f"m{W} 0h-1q-3 0-3 3v{H // 2 - 3}", "╮": f"h1q3 0 3 3v{H // 2 - 3}",
    "╰": f"m{W // 2} {-H // 2}v{H // 2 - 3}q0 3 3 3h1", "╯": f"m{W // 2} {-H // 2}v{H // 2 - 3}q0 3-3 3h-1",
}  # fmt: skip
"""Paths from the middle of the left edge."""


def is_shape(character: str) -> bool:
    """Tell whether a character is drawn."""
    return character in _BLOCKS or character in _LINES or "\u2800" <= character <= "\u28ff"


def drawn(text: str, column: int) -> list[tuple[str, str]]:
    """Return kind (`dots`, `lines`, `fill`) and path of the shapes in a text, in pixels of its row.

    Args:
        text: a character a cell.
        column: of the first.

    """
    paths: dict[str, list[str]] = {"fill": [], "lines": [], "dots": []}
    at = 0
    while at < len(text):
        character, left = text[at], (column + at) * W
        if character in _BLOCKS:
            many = len(text) - at - len(text[at:].lstrip(character)) if _BLOCKS[character][2] == 8 else 1
            paths["fill"].append(_block(character, left, many))
            at += many
            continue
        if character in _LINES:
            many = len(text) - at - len(text[at:].lstrip("─")) if character == "─" else 1
            path = f"h{W * many}" if character == "─" else _LINES[character]
            paths["lines"].append(f"M{left} {H // 2}{path}")
            at += many
            continue
        if character > "\u2800" and character <= "\u28ff":
            paths["dots"] += _braille(ord(character) - 0x2800, left)
        at += 1
    return [(kind, "".join(pieces)) for kind, pieces in paths.items() if pieces]


def _block(character: str, left: int, many: int) -> str:
    x, y, width, height = _BLOCKS[character]
    # An eighth of a cell is a pixel across and two down.
    return f"M{left + x} {y * H // 8}h{width * many}v{height * H // 8}h-{width * many}z"


def _braille(bits: int, left: int) -> list[str]:
    return [
        f"M{left + 2 + 4 * across} {2 + 4 * down}h0"
        for bit, (across, down) in enumerate(_DOTS)
        if bits >> bit & 1
    ]
