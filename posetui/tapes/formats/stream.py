"""JSON files that are larger than the memory: the items of the lists at the top, one after the other.

Python's json module reads a file whole, and its objects take ten times the file's size. Datasets are one
object whose members are long lists (`images`, `annotations`); each item of those is decoded by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, NoReturn

from posetui.errors import TapeError
from posetui.tapes.formats.files import named, reason
from posetui.tapes.formats.places import Value
from posetui.text import safe_text

_CHUNK = 1 << 18  # characters
_LARGEST = 1 << 26  # characters that one item may have
_LONGEST_WORD = 64  # so near to the end of the window, what is wrong may only be cut off
_SPACE = " \t\r\n"


def members(path: Path, lists: Collection[str] = ()) -> Iterator[tuple[str, Value]]:
    """Yield (key, value) of the object in a file; of a member that is a list, every item by itself.

    A file that is a list at the top gives its items with an empty key.

    Args:
        path: the file.
        lists: keys whose members must be lists.

    Raises:
        TapeError: the file cannot be read or is no JSON, with the place; nothing is yielded twice.

    """
    try:
        # The byte order mark that some editors write is no part of the text.
        with path.open(encoding="utf-8-sig") as file:
            yield from _Scanner(path, file, lists).members()
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise TapeError(f"{named(path)} is no UTF-8 text") from error


def whole(path: Path, limit: int = _LARGEST) -> Value:
    """Return the value of a small JSON file; TapeError when it is none or larger than the limit in bytes."""
    try:
        if path.stat().st_size > limit:
            raise TapeError(
                f"{named(path)} is larger than {limit >> 20} MiB, too large for a file of its kind"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise TapeError(f"{named(path)} is no UTF-8 text: byte {error.start} cannot be one") from error
    try:
        return Value(json.loads(text, parse_constant=_no_constant), path)
    except json.JSONDecodeError as error:
        raise TapeError(f"{named(path)}, line {error.lineno}: {safe_text(error.msg)}") from error
    except (ValueError, RecursionError) as error:
        raise TapeError(f"{named(path)} cannot be read: {_why(error)}") from error


class _Scanner:
    """A window over the text of a file, and where it stands."""

    def __init__(self, path: Path, file: IO[str], lists: Collection[str]) -> None:
        self._path = path
        self._file = file
        self._lists = lists
        self._text = ""
        self._at = 0
        self._line = 1  # of the window's first character
        self._ended = False
        self._decoder = json.JSONDecoder(parse_constant=_no_constant)

    def members(self) -> Iterator[tuple[str, Value]]:
        opening = self._peek()
        if opening == "[":
            yield from self._list("")
        elif opening == "{":
            yield from self._object()
        else:
            self._wrong("neither an object nor a list begins here")
        if self._peek():
            self._wrong("something follows after the end")

    def _object(self) -> Iterator[tuple[str, Value]]:
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            key = self._value("a name")
            if not isinstance(key, str):
                self._wrong("a name in quotes is missing")
            self._take(":")
            if self._peek() == "[":
                yield from self._list(key)
            elif key in self._lists:
                self._wrong(f"{key} is not a list")
            else:
                yield key, Value(self._value(key), self._path, key)
            if self._take(",}") == "}":
                return

    def _list(self, key: str) -> Iterator[tuple[str, Value]]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        index = 0
        while True:
            place = f"{key}[{index}]"
            yield key, Value(self._value(place), self._path, place)
            if self._take(",]") == "]":
                return
            index += 1

    def _peek(self) -> str:
        """Return the next character that is no space, or nothing at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _take(self, wanted: str) -> str:
        found = self._peek()
        if not found or found not in wanted:
            self._wrong(f"{' or '.join(wanted)} is missing" if found else "the file ends in the middle")
        self._at += 1
        return found

    def _value(self, place: str) -> object:
        """Decode the value that begins here, reading on until it is whole."""
        self._peek()
        wanted = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos > len(self._text) - _LONGEST_WORD
                if self._ended or not cut_off:
                    self._at = min(error.pos, len(self._text))
                    self._wrong(f"{place} is no JSON: {error.msg}")
            except (ValueError, RecursionError) as error:
                self._wrong(f"{place} cannot be read: {_why(error)}")
            else:
                # A number may go on behind the window: `1e-` is 1, and something else, so far.
                if end + 3 < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > _LARGEST:
                self._wrong(f"{place} has more than {_LARGEST >> 20} MiB")
            self._more(wanted)
            wanted *= 2

    def _more(self, wanted: int = _CHUNK) -> bool:
        """Read on, and forget what was decoded."""
        more = self._file.read(wanted)
        if not more:
            self._ended = True
            return False
        self._line += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + more
        self._at = 0
        return True

    def _wrong(self, what: str) -> NoReturn:
        line = self._line + self._text.count("\n", 0, self._at)
        raise TapeError(f"{named(self._path)}, line {line}: {safe_text(what)}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _why(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else safe_text(error)
