"""Keyword options, read as the flags of the same names are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from posetui.errors import SettingsError
from posetui.settings import OPTIONS, Settings


def settings_of(**given: object) -> Settings:
    """Return settings with these values; None leaves the default.

    Raises:
        SettingsError: a value is not what the setting must be.

    """
    values: dict[str, Any] = {}
    for option in OPTIONS:
        value = given.pop(option.name, None)
        if value is None:
            continue
        try:
            values[option.name] = option.read(_plain(value), False)
        except (ValueError, TypeError):
            raise SettingsError(f"{option.name} must be {option.expects}, not {value!r}") from None
    if given:
        raise TypeError(f"no options: {', '.join(given)}")
    return replace(Settings(), **values)


def spec_of(source: str | Path | int) -> str:
    """Return a source as the command names it; a `Path` is a file or folder, whatever it is called."""
    if not isinstance(source, Path):
        return str(source)
    return str(source) if source.is_absolute() else f"./{source}"


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return value
