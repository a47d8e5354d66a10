"""How raw values of settings are read: from text as well as from TOML, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

Reader = Callable[[object, bool], object]
"""Read a raw value (and whether it is text from a flag or the environment); ValueError when it is no good."""


def seconds(text: str) -> float:
    """Return seconds from `83.5`, `1:23.5` or `1:02:03`; ValueError for anything else."""
    if not re.fullmatch(r"\d+(:[0-5]?\d){0,2}(\.\d*)?|\.\d+", text.strip()):
        raise ValueError(text)
    total = 0.0
    for part in text.strip().split(":"):
        total = total * 60 + float(part)
    return total


def number(low: float, high: float, *, whole: bool = False, above: bool = False) -> Reader:
    """Return a reader of numbers from `low` to `high`; only above `low` where `above`, only whole ones."""

    def read(value: object, text: bool) -> object:
        if text:
            value = int(str(value)) if whole else float(str(value))
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ValueError(value)
        if not low <= value <= high or (above and value == low):
            raise ValueError(value)
        return value if whole else float(value)

    return read


def time(value: object, text: bool) -> object:
    """Return seconds, from a number or a text such as 1:23.5."""
    return seconds(value) if isinstance(value, str) else number(0, 1e7)(value, text)


def switch(value: object, text: bool) -> object:
    """Return true or false."""
    on, off = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
    if isinstance(value, bool):
        return value
    if text and isinstance(value, str) and value.strip().lower() in (*on, *off):
        return value.strip().lower() in on
    raise ValueError(value)


def size(value: object, text: bool) -> object:
    """Return width, height from a text such as 1280x720, each from 16 to 16384."""
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", str(value).strip())
    if not isinstance(value, str) or match is None:
        raise ValueError(value)
    width, height = int(match[1]), int(match[2])
    if not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise ValueError(value)
    return width, height


def word(value: object, text: bool) -> object:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def source(value: object, text: bool) -> object:
    """Return a text, or a camera's number as one."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return str(value)  # `source = 0`, a camera by its number
    return word(value, text)


def like(pattern: str) -> Reader:
    """Return a reader of what matches a regular expression as a whole."""

    def read(value: object, text: bool) -> object:
        if isinstance(value, bool) or not re.fullmatch(pattern, str(value)):
            raise ValueError(value)
        return str(value)

    return read


def one_of(*choices: str | int) -> Reader:
    """Return a reader that takes one of these."""

    def read(value: object, text: bool) -> object:
        for choice in choices:
            if (value == choice and not isinstance(value, bool)) or (text and str(value) == str(choice)):
                return choice
        raise ValueError(value)

    return read


def unset(read: Reader) -> Reader:
    """Return a reader that takes an empty text as None."""

    def read_or_none(value: object, text: bool) -> object:
        return None if value == "" else read(value, text)

    return read_or_none


def either(choices: tuple[str, ...]) -> str:
    """Return choices as a sentence names them."""
    return ", ".join(choices[:-1]) + " or " + choices[-1]
