"""Cells to the bytes of a terminal: SGR sequences only where something changes, all cells at once.

Each cell gets a row of 4-byte columns (sequence start, attributes, foreground, background, glyph);
what a cell does not need stays zero and is deleted at the end. That keeps 10,000 picture cells at a
few milliseconds, where a Python loop over runs takes tens.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import BOLD, DEFAULT_BG, DEFAULT_FG, DIM, SPACE, U8, U32, Cells
from posetui.drawing.palette import nearest_ansi16, nearest_xterm256

Span = tuple[int, int, int]
"""Row, first column, column after the last."""

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

_GAP = 8
_COLUMNS = 15


class ColorDepth(Enum):
    """How many colours the terminal shows."""

    TRUECOLOR = "truecolor"
    ANSI256 = "256"
    ANSI16 = "16"
    NONE = "none"


def _words(texts: Sequence[bytes]) -> U32:
    return np.frombuffer(b"".join(text.ljust(4, b"\0") for text in texts), "<u4")


_VALUE = _words([b";%d" % value for value in range(256)])
_ATTRIBUTE = _words([b"22", b"22;1", b"22;2", b"22;1"])
_FG16 = _words([b"%d" % (30 + i if i < 8 else 82 + i) for i in range(16)])
_BG16 = _words([b"%d" % (40 + i if i < 8 else 92 + i) for i in range(16)])


def _word(text: bytes) -> int:
    return int(_words([text])[0])


_CSI, _M, _SEMICOLON, _FAINT, _END = map(_word, (b"\x1b[", b"m", b";", b";2", b"\x1b[0m"))


class _Ground(NamedTuple):
    """How SGR names the colours of the foreground or of the background."""

    own_flag: int
    own: int
    rgb: int
    indexed: int
    basic: U32


_FG = _Ground(DEFAULT_FG, _word(b"39"), _word(b"38;2"), _word(b"38;5"), _FG16)
_BG = _Ground(DEFAULT_BG, _word(b"49"), _word(b"48;2"), _word(b"48;5"), _BG16)


def encode_row(cells: Cells, y: int, x0: int, x1: int, depth: ColorDepth) -> str:
    """Return what prints the cells x0 to x1 (exclusive) of row y at the cursor, ending in a reset.

    It assumes no attribute is set at the start. Use `encode_spans` for many.
    """
    return encode_spans(cells, [(y, x0, x1)], depth)[0]


def encode_spans(
    cells: Cells, spans: Sequence[Span], depth: ColorDepth, *, chained: bool = False
) -> list[str]:
    """Return what prints each span at the cursor; every string starts from and ends in a reset state.

    Args:
        cells: what to print.
        spans: row, first column, column after the last; empty ones give the empty string.
        depth: colours of the terminal; with `NONE` only bold and dim are sent.
        chained: each string starts from the state that the one before ended in: together they start from
            and end in a reset state, and have a third fewer bytes where spans are short.

    """
    if not spans:
        return []
    table = np.array(spans, np.int64).reshape(-1, 3)
    width = np.maximum(table[:, 2] - table[:, 1], 0)
    slots = width + 1
    last = np.cumsum(slots) - 1
    owner = np.repeat(np.arange(len(table)), slots)
    offset = np.arange(len(owner)) - (last - width)[owner]
    body = offset < width[owner]
    flat = (table[:, 0] * cells.cols + table[:, 1])[owner] + np.where(body, offset, 0)
    fresh = offset[body] == 0
    if chained:
        fresh[1:] = False
    words = _encode(cells, flat[body], fresh, depth)
    buffer = np.zeros((len(owner), _COLUMNS), "<u4")
    buffer[body] = words
    styled = width > 0
    if depth is ColorDepth.NONE:
        styled &= np.bincount(owner[body], words[:, 0] != 0, len(table)) > 0
    if chained:
        buffer[last[-1], 0] = _END if styled.any() else 0
    else:
        buffer[last[styled], 0] = _END
    buffer[last, 1] = ord("\n")
    text = buffer.tobytes().translate(None, b"\0").decode("utf-8", "replace")
    return text.split("\n")[:-1]


def _encode(cells: Cells, flat: Indices, first: Mask, depth: ColorDepth) -> U32:
    """Return uint32 [N, columns] of the cells at flat indices; `first` restarts the state."""
    glyph = cells.glyph.reshape(-1)[flat]
    style = cells.style.reshape(-1)
    attribute = style[flat] & (BOLD | DIM)
    out = np.zeros((len(flat), _COLUMNS), "<u4")
    changed = _changes(attribute, first)
    changed[first] = attribute[first] != 0
    if changed.any():
        out[:, 1] = np.where(changed, _ATTRIBUTE[attribute], 0)
        out[:, 2] = np.where(changed & (attribute == BOLD | DIM), _FAINT, 0)
    if depth is not ColorDepth.NONE:
        # A space shows no foreground: it keeps the one before it, so that no bytes are spent on it.
        shown = np.where((glyph != SPACE) | first, np.arange(len(flat)), 0)
        inked = flat[np.maximum.accumulate(shown)]
        own_fg = style[inked] & DEFAULT_FG != 0
        own_bg = style[flat] & DEFAULT_BG != 0
        fg_rgb, bg_rgb = cells.fg.reshape(-1, 3)[inked], cells.bg.reshape(-1, 3)[flat]
        fg = _color(out[:, 4:8], fg_rgb, own_fg, first, depth=depth, ground=_FG)
        bg = _color(out[:, 9:13], bg_rgb, own_bg, first, depth=depth, ground=_BG)
        out[:, 3] = np.where(changed & (fg | bg), _SEMICOLON, 0)
        out[:, 8] = np.where(fg & bg, _SEMICOLON, 0)
        changed |= fg | bg
    out[:, 0] = np.where(changed, _CSI, 0)
    out[:, 13] = np.where(changed, _M, 0)
    out[:, 14] = _utf8(glyph)
    return out


def _changes(key: npt.NDArray[np.integer], first: Mask) -> Mask:
    changed = first.copy()
    changed[1:] |= key[1:] != key[:-1]
    return changed


def _color(out: U32, rgb: U8, own: Mask, first: Mask, *, depth: ColorDepth, ground: _Ground) -> Mask:
    """Write the parameters of one ground's colour into uint32 [N, 4] where it changes; return where."""
    if depth is ColorDepth.TRUECOLOR:
        wide = rgb.astype(np.uint32)
        key = wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
    else:
        nearest = nearest_ansi16(rgb) if depth is ColorDepth.ANSI16 else nearest_xterm256(rgb)
        key = nearest.astype(np.uint32)
    key[own] = 1 << 24
    changed = _changes(key, first)
    # The state after a reset is the terminal's own colour: nothing to say.
    changed[first & own] = False
    colored = changed & ~own
    if depth is ColorDepth.TRUECOLOR:
        out[:, 0] = np.where(colored, ground.rgb, 0)
        for channel in range(3):
            out[:, channel + 1] = np.where(colored, _VALUE[rgb[:, channel]], 0)
    elif depth is ColorDepth.ANSI256:
        out[:, 0] = np.where(colored, ground.indexed, 0)
        out[:, 1] = np.where(colored, _VALUE[key & 255], 0)
    else:
        out[:, 0] = np.where(colored, ground.basic[key & 15], 0)
    out[changed & own, 0] = ground.own
    return changed


def _utf8(glyph: U32) -> U32:
    """Return the UTF-8 bytes of code points, each in a little-endian word; controls become spaces."""
    if glyph.size and glyph.min() >= 0x800 and glyph.max() < 0xD800:
        return _three(glyph)
    bad = (glyph < 0x20) | ((glyph >= 0x7F) & (glyph < 0xA0)) | (glyph >> 11 == 0x1B) | (glyph > 0x10FFFF)
    low, high = glyph & 0x3F, glyph >> 6
    two = 0x80C0 | high | low << 8
    four = 0x808080F0 | glyph >> 18 | ((glyph >> 12) & 0x3F) << 8 | (high & 0x3F) << 16 | low << 24
    wide = np.where(glyph < 0x800, two, np.where(glyph < 0x10000, _three(glyph), four))
    words: U32 = np.where(bad, SPACE, np.where(glyph < 0x80, glyph, wide)).astype(np.uint32)
    return words


def _three(glyph: U32) -> U32:
    """Return the three bytes of code points from 0x800 to 0xFFFF."""
    words = 0x8080E0 | glyph >> 12 | (glyph >> 6 & 0x3F) << 8 | (glyph & 0x3F) << 16
    return words.astype(np.uint32, copy=False)


def changed_spans(old: Cells | None, new: Cells, gap: int = _GAP) -> list[Span]:
    """Return the spans of `new` that look different from `old`, in reading order.

    Args:
        old: what is on the screen; None or another size gives every row.
        new: what shall be there.
        gap: unchanged cells fewer than this between two changes are sent too: moving the cursor costs
            as many bytes.

    """
    if old is None or old.glyph.shape != new.glyph.shape:
        return [(y, 0, new.cols) for y in range(new.rows)] if new.cols else []
    differs = (old.glyph != new.glyph) | (old.style != new.style)
    inked = (new.glyph != SPACE) & (new.style & DEFAULT_FG == 0)
    differs |= _unequal(old.fg, new.fg) & inked
    differs |= _unequal(old.bg, new.bg) & (new.style & DEFAULT_BG == 0)
    y, x = np.nonzero(differs)
    if not len(y):
        return []
    breaks = (np.diff(y) != 0) | (np.diff(x) > gap)
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    ends = np.concatenate([starts[1:], [len(y)]]) - 1
    return list(zip(y[starts].tolist(), x[starts].tolist(), (x[ends] + 1).tolist(), strict=True))


def _unequal(a: U8, b: U8) -> Mask:
    if a is b:
        return np.zeros(a.shape[:2], np.bool_)
    differs = a != b
    either: Mask = differs[..., 0] | differs[..., 1] | differs[..., 2]
    return either
