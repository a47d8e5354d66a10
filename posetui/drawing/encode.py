"""Cells to the bytes of a terminal: SGR sequences only where something changes, all cells at once.

Each cell gets a row of 4-byte columns (attributes, foreground, background, glyph); what a cell does not need
stays zero and is deleted at the end. That keeps 10,000 picture cells at a millisecond or two, where a Python
loop over runs takes tens.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache
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


class ColorDepth(Enum):
    """How many colours the terminal shows."""

    TRUECOLOR = "truecolor"
    ANSI256 = "256"
    ANSI16 = "16"
    NONE = "none"


def _words(texts: Sequence[bytes]) -> U32:
    return np.frombuffer(b"".join(text.ljust(4, b"\0") for text in texts), "<u4")


_VALUE = _words([b";%d" % value for value in range(256)])
_ATTRIBUTE = _words([b"", b";1", b";2", b";1"])
_FG16 = _words([b"%d" % (30 + i if i < 8 else 82 + i) for i in range(16)])
_BG16 = _words([b"%d" % (40 + i if i < 8 else 92 + i) for i in range(16)])


def _word(text: bytes) -> np.uint32:
    return np.uint32(_words([text])[0])


_CSI, _M, _SEMICOLON, _PLAIN, _FAINT, _END = map(_word, (b"\x1b[", b"m", b";", b"\x1b[22", b";2", b"\x1b[0m"))


class _Ground(NamedTuple):
    """How SGR names the colours of the foreground or of the background."""

    own: np.uint32
    rgb: np.uint32
    indexed: np.uint32
    basic: U32


_FG = _Ground(_word(b"39"), _word(b"38;2"), _word(b"38;5"), _FG16)
_BG = _Ground(_word(b"49"), _word(b"48;2"), _word(b"48;5"), _BG16)


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
    if any(x1 <= x0 for _, x0, x1 in spans):
        texts = iter(encode_spans(cells, [s for s in spans if s[1] < s[2]], depth, chained=chained))
        return [next(texts) if x0 < x1 else "" for _, x0, x1 in spans]
    table = np.array(spans, np.int64)
    slots = table[:, 2] - table[:, 1] + 1
    last = np.cumsum(slots) - 1
    starts = last + 1 - slots
    # The slot after a span repeats its last cell, which changes nothing, and becomes what ends the span.
    flat = np.arange(last[-1] + 1) + np.repeat(table[:, 0] * cells.cols + table[:, 1] - starts, slots)
    flat[last] -= 1
    fresh = np.zeros(len(flat), np.bool_)
    fresh[starts[:1] if chained else starts] = True
    glyph = cells.glyph.reshape(-1)[flat]
    glyph[last] = SPACE
    words, said = _encode(cells, flat, fresh, _utf8(glyph), depth)
    styled = np.ones(len(table), np.bool_)
    if depth is ColorDepth.NONE:
        styled = np.logical_or.reduceat(said, starts)
    if chained:
        styled[:] = np.arange(len(table)) == len(table) - 1 if styled.any() else False
    words[last] = 0
    words[last[styled], 0] = _END
    words[last, -1] = ord("\n")
    # Decoded one by one: for the text of them all, memory would be fetched from the system each time.
    return [text.decode() for text in words.tobytes().translate(None, b"\0").split(b"\n")[:-1]]


def _encode(cells: Cells, flat: Indices, first: Mask, letters: U32, depth: ColorDepth) -> tuple[U32, Mask]:
    """Return what prints the cells at flat indices, and which of them change the state.

    Args:
        cells: what to print.
        flat: int64 [N], which of them.
        first: bool [N]: the state before them is that after a reset.
        letters: uint32 [N]: the UTF-8 bytes of their glyphs.
        depth: colours of the terminal.

    Returns:
        uint32 [N, columns] of UTF-8, unused bytes zero, and bool [N].

    """
    style = cells.style.reshape(-1)[flat]
    columns: list[tuple[U32 | np.uint32, Mask]] = []
    attribute = style & (BOLD | DIM)
    said = _changes(attribute, first)
    said[first] = attribute[first] != 0
    if said.any():
        columns.append((_PLAIN, said))
        columns.append((_ATTRIBUTE[attribute], said))
        columns.append((_FAINT, said & (attribute == BOLD | DIM)))
    if depth is not ColorDepth.NONE:
        inked, ink_style = flat, style
        space = letters == SPACE
        if space.any():
            # A space shows no foreground: it keeps the one before it, so that no bytes are spent on it.
            shown = np.maximum.accumulate(np.where(space & ~first, 0, np.arange(len(flat))))
            inked, ink_style = flat[shown], style[shown]
        for rgb, at, own, ground in (
            (cells.fg, inked, ink_style & DEFAULT_FG, _FG),
            (cells.bg, flat, style & DEFAULT_BG, _BG),
        ):
            changed, words = _color(rgb.reshape(-1, 3).take(at, 0), own != 0, first, depth, ground)
            columns.append((np.where(said, _SEMICOLON, _CSI), changed))
            columns.extend(words)
            said = said | changed
    if (letters >> 24).any():
        columns.append((_M, said))
    else:
        letters = letters << np.uint32(8) | said * _M
    # One column more than there may be: what ends a span needs two.
    out = np.zeros((len(flat), len(columns) + (2 if not columns else 1)), "<u4")
    for place, (word, where) in enumerate(columns):
        np.multiply(word, where, out=out[:, place])
    out[:, -1] = letters
    return out, said


def _changes(key: npt.NDArray[np.integer] | Mask, first: Mask) -> Mask:
    changed = first.copy()
    changed[1:] |= key[1:] != key[:-1]
    return changed


def _color(
    rgb: U8, own: Mask, first: Mask, depth: ColorDepth, ground: _Ground
) -> tuple[Mask, list[tuple[U32 | np.uint32, Mask]]]:
    """Return where one ground's colour changes, and the words that say so, each with where it stands."""
    if depth is ColorDepth.TRUECOLOR:
        changed = first.copy()
        differs = rgb[1:] != rgb[:-1]
        changed[1:] |= differs[:, 0] | differs[:, 1] | differs[:, 2]
        values = _VALUE.take(rgb)
        head: U32 | np.uint32 = ground.rgb
        following = [values[:, 0], values[:, 1], values[:, 2]]
    else:
        key = nearest_ansi16(rgb) if depth is ColorDepth.ANSI16 else nearest_xterm256(rgb)
        changed = _changes(key, first)
        indexed = depth is ColorDepth.ANSI256
        head = ground.indexed if indexed else ground.basic[key]
        following = [_VALUE[key]] if indexed else []
    if not own.any():
        return changed, [(word, changed) for word in (head, *following)]
    changed &= ~own
    changed |= _changes(own, first)
    # The state after a reset is the terminal's own colour: nothing to say.
    changed[first & own] = False
    colored = changed & ~own
    return changed, [(np.where(own, ground.own, head), changed), *((word, colored) for word in following)]


def _utf8(glyph: U32) -> U32:
    """Return the UTF-8 bytes of code points, each in a little-endian word; controls become spaces."""
    known = _known()
    return known.take(glyph) if glyph.max(initial=0) < len(known) else _spelled(glyph)


@cache
def _known() -> U32:
    """Return the words of the first two planes, where all glyphs of cells are: a table is the fastest way."""
    return _spelled(np.arange(0x20000, dtype=np.uint32))


def _spelled(glyph: U32) -> U32:
    bad = (glyph < 0x20) | ((glyph >= 0x7F) & (glyph < 0xA0)) | (glyph >> 11 == 0x1B) | (glyph > 0x10FFFF)
    low, high = glyph & 0x3F, glyph >> 6
    two = 0x80C0 | high | low << 8
    three = 0x8080E0 | glyph >> 12 | (high & 0x3F) << 8 | low << 16
    four = 0x808080F0 | glyph >> 18 | ((glyph >> 12) & 0x3F) << 8 | (high & 0x3F) << 16 | low << 24
    wide = np.where(glyph < 0x800, two, np.where(glyph < 0x10000, three, four))
    words: U32 = np.where(bad, SPACE, np.where(glyph < 0x80, glyph, wide)).astype(np.uint32)
    return words


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
    # So much room after each row that no span reaches into the next one.
    wide = new.cols + gap + 1
    spread = np.zeros((new.rows, wide), np.bool_)
    spread[:, : new.cols] = differs
    at = np.flatnonzero(spread)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > gap)
    y, x0 = np.divmod(at[np.concatenate([[0], breaks + 1])], wide)
    x1 = at[np.concatenate([breaks, [len(at) - 1]])] - y * wide + 1
    return list(zip(y.tolist(), x0.tolist(), x1.tolist(), strict=True))


def _unequal(a: U8, b: U8) -> Mask:
    if a is b:
        return np.zeros(a.shape[:2], np.bool_)
    differs = a != b
    either: Mask = differs[..., 0] | differs[..., 1] | differs[..., 2]
    return either
