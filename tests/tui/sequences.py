"""What was written to a terminal, taken apart strictly: whatever is not known is an error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_CSI = re.compile(rb"\x1b\[([<=>?]?)([0-9;:]*)([ $]?)([@-~])")
_FINAL = set("HABCDEFGJKXLMPSTdfhlmnqrtucps")
_POINTER = re.compile(rb"\x1b\]22;[a-z-]+\x07")
"""The shape of the mouse pointer: the one operating system command that the toolkit sends."""
_GRAPHICS = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
"""The question whether the terminal shows pictures by kitty's protocol."""
_SINGLE = {b"\x1b7", b"\x1b8", b"\x1b=", b"\x1b>"}
_CONTROLS = set(b"\r\n\t\b")


class Token(NamedTuple):
    """A sequence (`final` and its parameters) or a run of text."""

    kind: str
    text: str
    final: str = ""


def tokens(data: bytes) -> Iterator[Token]:
    """Yield what the bytes consist of; raises ValueError for all that posetui has no reason to write."""
    place = 0
    while place < len(data):
        byte = data[place]
        if byte == 0x1B:
            found = _CSI.match(data, place)
            if found and found[4].decode() in _FINAL:
                yield Token("csi", (found[1] + found[2]).decode(), found[4].decode())
                place = found.end()
            elif pointer := _POINTER.match(data, place):
                place = pointer.end()
            elif data.startswith(_GRAPHICS, place):
                place += len(_GRAPHICS)
            elif data[place : place + 2] in _SINGLE:
                place += 2
            else:
                raise ValueError(f"sequence {data[place : place + 40]!r} at {place} of {len(data)}")
        elif byte < 0x20 or byte == 0x7F:
            if byte not in _CONTROLS:
                raise ValueError(f"control {byte:#x} in {data[max(0, place - 20) : place + 40]!r}")
            place += 1
        else:
            end = place
            while end < len(data) and data[end] >= 0x20 and data[end] != 0x7F:
                end += 1
            text = data[place:end].decode("utf-8")
            _refuse_hidden(text)
            yield Token("text", text)
            place = end


def _refuse_hidden(text: str) -> None:
    for character in set(text):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise ValueError(f"character {character!r} in {text!r}")


def colors(data: bytes) -> set[str]:
    """Every SGR parameter list that sets a colour: those before 49 that are not attributes."""
    found = set()
    for token in tokens(data):
        if token.kind == "csi" and token.final == "m":
            numbers = [int(number) for number in re.split("[;:]", token.text or "0")]
            if any((30 <= number <= 48 and number != 39) or 90 <= number <= 107 for number in numbers):
                found.add(token.text)
    return found


def places(data: bytes) -> set[tuple[int, int]]:
    """Every place that the cursor was sent to: row, column, from 1."""
    found = set()
    for token in tokens(data):
        if token.kind == "csi" and token.final == "H":
            row, _, column = token.text.partition(";")
            found.add((int(row or 1), int(column or 1)))
    return found
