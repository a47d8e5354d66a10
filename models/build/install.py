"""Put the rebuilt files in the place of those that ship, and state their size and SHA-256."""

from __future__ import annotations

import re
import shutil

import layout


def install() -> list[str]:
    """Copy every rebuilt file that differs and update the manifest; return their names."""
    text = layout.MANIFEST.read_text(encoding="utf-8")
    changed = []
    for entry in layout.entries():
        built = layout.BUILT / entry["file"]
        digest = layout.sha256(built)
        if digest == entry["sha256"]:
            continue
        text = stated(text, entry["file"], built.stat().st_size, digest)
        shutil.copyfile(built, layout.MODELS / entry["file"])
        changed.append(entry["file"])
    layout.MANIFEST.write_text(text, encoding="utf-8")
    return changed


def stated(text: str, file: str, size: int, digest: str) -> str:
    """Return the manifest's text with the size and SHA-256 of one file replaced.

    Raises:
        ValueError: the manifest has no such file, or more than one.

    """
    pattern = rf'(file = "{re.escape(file)}"\nsize = )\d+(\nsha256 = ")[0-9a-f]{{64}}(")'
    result, count = re.subn(pattern, rf"\g<1>{size}\g<2>{digest}\g<3>", text)
    if count != 1:
        raise ValueError(f"{file} is {count} times in the manifest")
    return result
