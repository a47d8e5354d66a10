"""The folder of a report: whole files only, the page last, and never over what is somebody else's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from posetui.errors import SettingsError, TapeError
from posetui.tapes.formats.files import folder, reason, written
from posetui.text import safe_text

PAGE, TEXT, DATA = "index.html", "report.md", "report.json"
_NAMES = re.compile(r"index\.html|report\.(md|json)|(plots|worst)/[a-z0-9-]+\.(png|svg|jpg)")
_MANY = 10_000  # entries that are looked at
_LARGEST = 1 << 28  # bytes of a list of files that is read


def check_folder(path: Path, *, force: bool) -> None:
    """Refuse a folder that holds what no report made; best done before all the work.

    Args:
        path: the folder; it need not be there.
        force: take it all the same. What is not of a report stays, but for files of the same names.

    Raises:
        SettingsError: it is no folder, cannot be read, or has files that are not of a report.

    """
    shown = safe_text(path)
    try:
        if path.exists() and not path.is_dir():
            raise SettingsError(f"{shown} is not a folder", "Name a folder for the report.")
        links = [name for name in ("plots", "worst") if (path / name).is_symlink()]
        strangers = [] if not path.is_dir() else sorted(_entries(path) - _ours(path))
    except OSError as error:
        raise SettingsError(f"{shown} cannot be read: {reason(error)}") from error
    if links:
        raise SettingsError(f"{links[0]} in {shown} is a link", "Choose another folder.")
    if strangers and not force:
        raise SettingsError(
            f"{shown} has files that are not of a report, such as {safe_text(strangers[0], 80)}",
            "Choose another folder, or add --force.",
        )


def write_folder(path: Path, files: Mapping[str, bytes], data: Mapping[str, Any], *, force: bool) -> None:
    """Write a report, and remove what only an older one had. The page is written last.

    Args:
        path: the folder.
        files: content by path within the folder, `index.html` among them.
        data: what `report.json` has, beside the list of files.
        force: see `check_folder`.

    Raises:
        SettingsError: the folder must not be used.
        TapeError: a file cannot be written.

    """
    check_folder(path, force=force)
    old = _ours(path) & _entries(path) if path.is_dir() else set()
    # First of all, so that the files of a report that was cut short are known as ours.
    names = sorted({*files, DATA})
    listed = {**data, "files": sorted({*names, *old})}
    _write(path / DATA, _json(listed))
    for name, content in files.items():
        if name != PAGE:
            _write(path / name, content)
    try:
        for name in old - set(names):
            (path / name).unlink(missing_ok=True)
    except OSError as error:
        raise TapeError(f"{safe_text(path)} cannot be written: {reason(error)}") from error
    _write(path / DATA, _json({**data, "files": names}))
    _write(path / PAGE, files[PAGE])


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    folder(path.parent)
    with written(path) as temporary:
        temporary.write_bytes(content)


def _entries(path: Path) -> set[str]:
    """Return all files and links in a folder and the folders in it, by their paths within."""
    found = set[str]()
    for one in path.rglob("*"):
        if one.is_symlink() or not one.is_dir():
            found.add(one.relative_to(path).as_posix())
        if len(found) >= _MANY:
            break
    return found


def _ours(path: Path) -> set[str]:
    """Return the files that a report in this folder says are its own, `report.json` among them."""
    try:
        if (path / DATA).is_symlink() or (path / DATA).stat().st_size > _LARGEST:
            return set()
        said = json.loads((path / DATA).read_bytes())
    except (OSError, ValueError, RecursionError):
        return set()
    files = said.get("files") if isinstance(said, dict) else None
    if not isinstance(files, list) or DATA not in files:
        return set()
    # Nobody's list makes another file ours: what is ours may be removed.
    named = {name for name in files if isinstance(name, str) and _NAMES.fullmatch(name)}
    return {name for name in named if not (path / name).is_symlink()}
