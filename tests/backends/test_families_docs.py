"""docs/backends.md names every family, key, device and backend, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

from posetui.backends import devices
from posetui.backends.families.recognise import FAMILIES
from posetui.backends.families.sidecar import Text, known_keys, parse
from posetui.backends.opening import names
from posetui.pose import skeletons

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "backends.md").read_text(encoding="utf-8")


def table(heading: str) -> set[str]:
    """Return the words in code in the first column of the table with such a heading."""
    rows = PAGE[PAGE.index(heading) :].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_family_is_there() -> None:
    assert table("| family | inputs") == {*FAMILIES, "openpose"}
    assert table("| family | colours") == set(FAMILIES)


def test_every_key_is_there() -> None:
    assert table("| key | value | for |") == set(known_keys())


def test_every_device_is_there() -> None:
    assert table("| `--device` | package") | {"auto"} == set(devices.names())


def test_every_backend_is_there() -> None:
    shipped = {
        name for name in names() if name not in ("mediapipe:full", "blazepose:full", "movenet:multipose")
    }
    assert table("| name | what it is") == shipped | {"onnx:FILE"}


def test_every_skeleton_is_there() -> None:
    assert all(f"`{name}`" in PAGE for name in skeletons.names())


def test_the_sidecars_shown_are_right() -> None:
    shown = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    said = [parse(Text("shown.toml", text)) for text in shown]
    assert [one.skeleton.name for one in said if one.skeleton] == ["halpe-26", "racket"]
