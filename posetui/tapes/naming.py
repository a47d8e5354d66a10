"""The name that a tape gets when nobody gives it one: source and time."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from posetui.errors import TapeError
from posetui.paths import tapes_dir
from posetui.text import redact, safe_text

SUFFIX = ".mcap"
_LONGEST = 60
_PLAIN = re.compile(r"[^a-z0-9]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul"})  # Windows keeps these names for devices


def default_path(
    folder: Path, source: str, when: datetime | None = None, promised: Collection[Path] = ()
) -> Path:
    """Return a path in the folder that is not taken, such as `demo-single-20260301-142530.mcap`.

    Args:
        folder: where tapes go; it need not be there yet.
        source: title or address of the source; credentials and queries are left out.
        when: local time, now if None.
        promised: paths that are taken although there is no such file yet.

    """
    moment = when or datetime.now().astimezone()
    stem = f"{_plain(source)}-{moment:%Y%m%d-%H%M%S}"
    path, number = folder / f"{stem}{SUFFIX}", 2
    while path in promised or path.exists():
        path, number = folder / f"{stem}-{number}{SUFFIX}", number + 1
    return path


def taken(path: Path) -> TapeError:
    """Return what to tell of a file that is in the way."""
    return TapeError(f"There is a file {safe_text(path)} already", "Add --force to replace it")


def new_path(chosen: str | None, source: str, promised: Collection[Path] = ()) -> Path:
    """Return a path that is not taken, in the folder of tapes, which is made when missing.

    Args:
        chosen: the folder, as the settings have it; None for the user's own.
        source: see `default_path`.
        promised: see `default_path`.

    Raises:
        TapeError: the folder cannot be made.

    """
    folder = tapes_dir(chosen)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        title = f"The folder of tapes {safe_text(folder)} cannot be made: {error.strerror}"
        raise TapeError(title, "Name another one with --tapes-dir") from error
    return default_path(folder, source, promised=promised)


def _plain(source: str) -> str:
    text = redact(source)
    if "://" in text:
        try:
            parts = urlsplit(text)
            text = f"{parts.hostname or ''} {parts.path}"
        except ValueError:  # brackets that are no address
            text = text.partition("://")[2].partition("?")[0]
    elif "/" in text or "\\" in text:
        text = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    name = _PLAIN.sub("-", text.lower()).strip("-")[:_LONGEST].strip("-")
    return "tape" if not name or name in _RESERVED else name
