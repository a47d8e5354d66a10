"""What stands for other characters on a terminal without UTF-8, and how to tell such a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_STAND_INS = dict(
    zip("╭╮╰╯│─▔▁▌▐▊▎█●○▸►×–…‖◌↻■✕↑↓←→⇄·•", "++++|--_||||#*o>>x-~=o@#x^v<>%-*", strict=True)  # one cell each
)


def plain(data: str) -> str:
    """Return text for a terminal that shows ASCII only, as wide as before."""
    if data.isascii():
        return data
    from rich.cells import cell_len

    return "".join(
        character if character.isascii() else _STAND_INS.get(character) or "?" * cell_len(character)
        for character in data
    )


def speaks_unicode(environ: Mapping[str, str] | None = None) -> bool:
    """Tell whether the locale is a UTF-8 one: LC_ALL, else LC_CTYPE, else LANG, as in POSIX.

    Args:
        environ: the environment; None for the one that this process was started with.

    """
    if sys.platform == "win32":
        return True
    given = _started_with() if environ is None else environ
    locale = next((given[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if given.get(name)), "")
    return "utf-8" in locale.lower() or "utf8" in locale.lower()


def _started_with() -> Mapping[str, str]:
    """Return the environment as it was: in the C locale Python sets LC_CTYPE to UTF-8 (PEP 538)."""
    try:
        entries = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return os.environ
    pairs = (os.fsdecode(entry).partition("=") for entry in entries)
    return {name: value for name, _, value in pairs}
