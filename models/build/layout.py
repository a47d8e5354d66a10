"""Where the build reads and writes, and the manifest as it stands. Standard library only."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

BUILD = Path(__file__).resolve().parent
MODELS = BUILD.parent
CLIPS = MODELS.parent / "tapes"
MANIFEST = MODELS / "manifest.toml"

OUT = BUILD / "out"
PACKAGES = OUT / "packages"
SOURCES = OUT / "sources"
WORK = OUT / "work"
BUILT = OUT / "models"


def entries() -> list[dict[str, Any]]:
    """Return the manifest's entries, as they are written."""
    found: list[dict[str, Any]] = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["weight"]
    return found


def unpacked(origin: dict[str, str]) -> Path:
    """Return where a file of a package lies once it is fetched and unpacked."""
    return SOURCES / folder(origin["package"]) / origin["path"]


def folder(package: str) -> str:
    """Return the name of the folder that a package is unpacked into."""
    return package.removeprefix("@").replace("/", "-")


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
