"""The sidecar: a TOML file beside a network that names what its inputs and outputs do not say.

docs/backends.md lists the keys. Every key is checked: one that is unknown, or that the family has no use
for, is an error with its line, since a typing error would otherwise go unnoticed as a slightly wrong pose.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from posetui.backends.families.recognise import FAMILIES, MOST_JOINTS, MOST_SIDE
from posetui.errors import BackendError
from posetui.pose import skeletons
from posetui.pose.skeleton import Skeleton
from posetui.text import safe_text

Triple = tuple[float, float, float]
Color = Literal["rgb", "bgr"]
Grid = Literal["centre", "classic", "udp"]

_PLAIN_SIGMA = 0.079
"""For joints of an inline skeleton that names none: COCO's shoulder, in the middle of its range."""


_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a sidecar says; None where it says nothing.

    Attributes:
        family: the family, where recognition should not decide.
        skeleton: the joints, in the network's order.
        mean: subtracted from each channel, in the network's channel order, 0 to 255.
        std: each channel is divided by it, then.
        color: channel order that the network wants.
        padding_value: gray value, 0 to 255, of what lies outside the image.
        input_size: width, height of the picture, where the file leaves them free.
        score_threshold: people with a lower score are left out.
        split_ratio: SimCC bins a pixel.
        box_padding: the crop's size relative to the person's box.
        grid: where the cells of a heat map lie, see `families.heatmaps`.

    """

    family: str | None = None
    skeleton: Skeleton | None = None
    mean: Triple | None = None
    std: Triple | None = None
    color: Color | None = None
    padding_value: int | None = None
    input_size: tuple[int, int] | None = None
    score_threshold: float | None = None
    split_ratio: float | None = None
    box_padding: float | None = None
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a sidecar and its file's name: what an error needs to point at a line."""

    name: str
    text: str

    def problem(self, key: str, said: str, remedy: str = "docs/backends.md has all keys.") -> BackendError:
        """Return the error for a key, with its line."""
        pattern = re.compile(rf"""^\s*(\[\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
        lines = (number for number, line in enumerate(self.text.splitlines(), 1) if pattern.match(line))
        line = next(lines, None)
        where = f"{safe_text(self.name)}, line {line}" if line else safe_text(self.name)
        return BackendError(f"{where}: {safe_text(key)}: {said}", remedy)


def read_sidecar(network: Path) -> tuple[Sidecar, Text]:
    """Return what the sidecar of a network says, and its text; nothing if there is none.

    Raises:
        BackendError: it cannot be read, or something in it is wrong; names the line.

    """
    file = network.with_suffix(".toml")
    try:
        if file.is_file() and file.stat().st_size > _LARGEST:
            raise BackendError(
                f"{safe_text(file)} is too large for a sidecar", "It has a page of text at most."
            )
        text = file.read_bytes().decode("utf-8") if file.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError(f"{safe_text(file)} cannot be read: {safe_text(error)}") from error
    source = Text(file.name, text)
    return parse(source), source


def parse(source: Text) -> Sidecar:
    """Return what the text of a sidecar says.

    Raises:
        BackendError: it is not TOML, or something in it is wrong; names the line.

    """
    try:
        table = tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BackendError(f"{safe_text(source.name)} is not TOML: {safe_text(error)}") from error
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _CHECKS:
            raise source.problem(key, "there is no such key", f"There are: {', '.join(_CHECKS)}.")
        try:
            found[key] = _CHECKS[key](value)
        except (ValueError, TypeError, OverflowError) as error:
            raise source.problem(key, str(error)) from error
    return Sidecar(**found)


def known_keys() -> tuple[str, ...]:
    """Return every key that a sidecar may have."""
    return tuple(_CHECKS)


def _number(low: float, high: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}, not {_shown(value)}")
        return float(value)

    return check


def _whole(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}, not {_shown(value)}")
        return value

    return check


def _choice(*words: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {_shown(value)}")
        return value

    return check


def _triple(low: float, high: float) -> Callable[[object], Triple]:
    number = _number(low, high)

    def check(value: object) -> Triple:
        if not isinstance(value, list) or len(value) != 3:
            raise ValueError(f"must be a list of three numbers, not {_shown(value)}")
        return number(value[0]), number(value[1]), number(value[2])

    return check


def _size(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"must be [width, height], not {_shown(value)}")
    side = _whole(16, MOST_SIDE)
    return side(value[0]), side(value[1])


def _skeleton(value: object) -> Skeleton:
    if isinstance(value, str):
        return skeletons.get(value)
    if not isinstance(value, dict):
        raise TypeError(f"must be a name or a table, not {_shown(value)}")
    unknown = set(value) - {"name", "joints", "limbs", "pairs", "sigmas", "head"}
    if unknown:
        raise ValueError(
            f"a skeleton has no {_shown(min(unknown))}: it has name, joints, limbs, pairs, sigmas, head"
        )
    joints = _strings(value.get("joints"))
    sigmas = value.get("sigmas", [_PLAIN_SIGMA] * len(joints))
    if not isinstance(sigmas, list):
        raise TypeError("sigmas must be a list, one number a joint")
    name = value.get("name", "custom")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise ValueError("its name must be lower case letters, digits, - and _")
    if name in skeletons.names():
        raise ValueError(f"{name} is the name of a skeleton that is known: choose another")
    return Skeleton(
        name,
        joints,
        _index_pairs(value.get("limbs", []), "limbs"),
        _index_pairs(value.get("pairs", []), "pairs"),
        tuple(_number(0.001, 1)(sigma) for sigma in sigmas),
        tuple(_whole(0, MOST_JOINTS)(index) for index in _list(value.get("head", []), "head")),
    )


def _strings(value: object) -> tuple[str, ...]:
    names = _list(value, "joints")
    if not 1 <= len(names) <= MOST_JOINTS or not all(
        isinstance(one, str) and re.fullmatch(r"[a-z0-9][a-z0-9_]{0,39}", one) for one in names
    ):
        raise ValueError(f"joints must be 1 to {MOST_JOINTS} names such as left_shoulder")
    return tuple(str(one) for one in names)


def _index_pairs(value: object, what: str) -> tuple[tuple[int, int], ...]:
    index = _whole(0, MOST_JOINTS)
    found = []
    for one in _list(value, what):
        if not isinstance(one, list) or len(one) != 2:
            raise ValueError(f"{what} must be a list of pairs of numbers of joints")
        found.append((index(one[0]), index(one[1])))
    return tuple(found)


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{what} must be a list")
    return value


def _shown(value: object) -> str:
    return safe_text(repr(value), 60)


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "family": _choice(*sorted(FAMILIES), "openpose"),
    "skeleton": _skeleton,
    "mean": _triple(-1000, 1000),
    "std": _triple(0.001, 1000),
    "color": _choice("rgb", "bgr"),
    "padding_value": _whole(0, 255),
    "input_size": _size,
    "score_threshold": _number(0, 1),
    "split_ratio": _number(1, 16),
    "box_padding": _number(0.5, 4),
    "grid": _choice("centre", "classic", "udp"),
}
