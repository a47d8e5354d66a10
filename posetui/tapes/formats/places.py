"""JSON values that know where they stand, so that an error can say so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.errors import TapeError
from posetui.text import safe_text

LARGEST_WHOLE = 10**15
"""The largest whole number taken: a tape holds no larger ones."""

_LARGEST = 1e6
"""The largest coordinate taken, in pixels: a tape holds no larger ones."""


class Value:
    """A value read from a JSON file.

    Args:
        value: as the json module returns it.
        file: the file it is from.
        place: where in the file, e.g. `annotations[3].keypoints`.

    """

    __slots__ = ("file", "place", "raw")

    def __init__(self, value: object, file: Path, place: str = "") -> None:
        self.raw = value
        self.file = file
        self.place = place

    def wrong(self, what: str) -> TapeError:
        """Return the error that says what is wrong at this place."""
        where = f"{self.place} " if self.place else "it "
        return TapeError(f"{safe_text(self.file)}: {safe_text(where)}{what}")

    def get(self, key: str) -> Value | None:
        """Return a member of an object, or None where it is missing or null; TapeError for no object."""
        if not isinstance(self.raw, dict):
            raise self.wrong("is not an object")
        value = self.raw.get(key)
        return None if value is None else Value(value, self.file, f"{self.place}.{key}".lstrip("."))

    def need(self, key: str) -> Value:
        """Return a member of an object; TapeError when it is missing."""
        value = self.get(key)
        if value is None:
            raise self.wrong(f"has no {key!r}")
        return value

    def items(self) -> Iterator[Value]:
        """Yield the items of a list; TapeError for no list."""
        if not isinstance(self.raw, list):
            raise self.wrong("is not a list")
        for index, value in enumerate(self.raw):
            yield Value(value, self.file, f"{self.place}[{index}]")

    def text(self) -> str:
        """Return a string; TapeError for anything else."""
        if not isinstance(self.raw, str):
            raise self.wrong("is not a text")
        return self.raw

    def integer(self) -> int:
        """Return a whole number within plus and minus 1e15; TapeError for anything else."""
        value = self.raw
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_WHOLE:
            raise self.wrong("is not a whole number")
        return value

    def number(self) -> float:
        """Return a finite number; TapeError for anything else."""
        if not isinstance(self.raw, int | float) or isinstance(self.raw, bool):
            raise self.wrong("is not a number")
        if isinstance(self.raw, int) and abs(self.raw) >= 2**63:
            raise self.wrong("is too large a number")
        if not math.isfinite(self.raw):
            raise self.wrong("is not a finite number")
        return float(self.raw)

    def numbers(self, count: int | None = None) -> npt.NDArray[np.float64]:
        """Return a list of numbers, each at most 1e6; TapeError for anything else or another count."""
        raw: Any = self.raw
        if not isinstance(raw, list) or not all(type(one) in (int, float) for one in raw):
            raise self.wrong("is not a list of numbers")
        if count is not None and len(raw) != count:
            raise self.wrong(f"holds {len(raw)} numbers, not {count}")
        # Written so that what is not a number fails as well.
        bad = next((index for index, one in enumerate(raw) if not -_LARGEST <= one <= _LARGEST), None)
        if bad is not None:
            raise self.wrong(f"holds a number at {bad} that is no place in a picture")
        return np.array(raw, dtype=np.float64)
