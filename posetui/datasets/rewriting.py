"""A set's file written again with some of it changed, and all that posetui does not know kept as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from posetui.tapes.formats.files import text_file
from posetui.tapes.formats.stream import members

Change = Callable[[str, Any], Any]
"""From a key at the top and its value (an item, where it is a list) to what is written; None for nothing."""

_LISTS = ("images", "annotations", "categories", "joint_names")


def rewrite(source: Path, target: Path, change: Change) -> None:
    """Write a file like another one, item by item: memory does not grow with it.

    Args:
        source: an object of lists and other members, or a list.
        target: written whole or not at all.
        change: what becomes of each item; a file that is a list gives its items with an empty key.

    Raises:
        TapeError: the source is no JSON, or the target cannot be written.

    """
    with text_file(target) as file:
        writer = _Writer(file)
        for key, value in members(source, _LISTS):
            changed = change(key, value.raw)
            item = value.place != key
            writer.member(key, changed, item=item)
        writer.end()


class _Writer:
    """An object with a member a key; members that are lists have an item a line."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._key: str | None = None
        self._in_list = self._first_item = False

    def member(self, key: str, value: Any, *, item: bool) -> None:  # noqa: ANN401 - any JSON
        if key != self._key or not self._in_list:
            self._begin(key, item=item)
        if value is None and item:
            return
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        if item:
            text = ("\n" if self._first_item else ",\n") + text
            self._first_item = False
        self._file.write(text)

    def _begin(self, key: str, *, item: bool) -> None:
        if self._key is None:
            self._file.write("{" if key else "")
        else:
            self._file.write(("\n]" if self._in_list else "") + ",\n")
        self._file.write((json.dumps(key) + ": " if key else "") + ("[" if item else ""))
        self._key, self._in_list, self._first_item = key, item, item

    def end(self) -> None:
        self._file.write("\n]" if self._in_list else "")
        self._file.write("}\n" if self._key else "\n")
