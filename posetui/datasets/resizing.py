"""A set with smaller images, and the labels that belong to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posetui.datasets.labels import Labelled, Labels
from posetui.datasets.pictures import find, read
from posetui.datasets.rewriting import rewrite
from posetui.errors import DatasetError
from posetui.pose.frame import Image
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import fitted
from posetui.tapes.formats.files import folder, refuse_existing, written
from posetui.text import safe_text

QUALITY = 95
"""Of JPEG pictures that are written."""

_DIGITS = 2


@dataclass(slots=True)
class Resized:
    """What was written.

    Attributes:
        labels: the new file.
        images: how many images there are.
        smaller: how many of them are smaller than they were; others are copies.
        masks: segmentations that cannot be made smaller, and were left out.

    """

    labels: Path
    images: int
    smaller: int = 0
    masks: int = 0


@dataclass(frozen=True, slots=True)
class _Factors:
    """What x and y are multiplied by; and the new size."""

    x: float
    y: float
    size: tuple[int, int]


def resize(
    labels: Labels,
    images: Path,
    output: Path,
    limit: tuple[int, int],
    *,
    force: bool = False,
    tell: Callable[[int, int], None],
) -> Resized:
    """Write a set whose images fit within a size; those that do are copied. Coordinates are multiplied.

    Args:
        labels: of the set.
        images: their folder, resolved.
        output: a new folder: `images/` and a file of the labels' name.
        limit: width, height in pixels.
        force: write over what is there.
        tell: is told how many images are done, of how many.

    Raises:
        DatasetError: labels or images are not right.
        TapeError: something is there already, or cannot be written.

    """
    refuse_existing(output, force=force)
    if labels.problems:
        raise _refused(labels.problems[0].text)
    done = Resized(output / labels.path.name, len(labels.images))
    factors = {}
    for count, image in enumerate(labels.images, 1):
        factors[image.key] = _picture(image, images, output / "images", limit, done)
        tell(count, len(labels.images))
    rewrite(labels.path, done.labels, _Scaling(labels.kind, factors, done).change)
    return done


def _refused(why: str) -> DatasetError:
    return DatasetError(why, "`posetui data check` lists all that is wrong.")


def _picture(image: Labelled, images: Path, output: Path, limit: tuple[int, int], done: Resized) -> _Factors:
    name = safe_text(image.file_name or image.key, 80)
    path = find(image.file_name, images)
    if path is None:
        raise _refused(f"The image {name} has no file in {safe_text(images)}")
    picture = read(path)
    if picture.image is None or picture.size is None:
        raise _refused(f"The image {name} cannot be decoded")
    if image.size not in (None, picture.size):
        raise _refused(f"The image {name} is of another size than its labels say")
    small = fitted(picture.image, limit)
    target = output / path.relative_to(images)
    folder(target.parent)
    with written(target) as temporary:
        if small is picture.image:
            temporary.write_bytes(path.read_bytes())
        else:
            temporary.write_bytes(_encoded(small, path))
            done.smaller += 1
    width, height = small.shape[1], small.shape[0]
    return _Factors(width / picture.size[0], height / picture.size[1], (width, height))


def _encoded(image: Image, path: Path) -> bytes:
    cv2 = load_cv2()
    jpeg = path.suffix.lower() in (".jpg", ".jpeg")
    try:
        there, data = cv2.imencode(path.suffix, image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY] if jpeg else [])
    except cv2.error:
        there = False
    if not there:
        raise DatasetError(f"{safe_text(path)} cannot be written again", "Convert it to JPEG or PNG first.")
    stored: bytes = data.tobytes()
    return stored


@dataclass(slots=True)
class _Scaling:
    """Multiplies the coordinates of a set's file."""

    kind: str
    factors: dict[int | str, _Factors]
    done: Resized

    def change(self, key: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return an item as it is in the smaller set."""
        if self.kind in ("lsp", "mpii"):
            return self._listed(value) if key in ("", "images") else value
        if key == "images":
            width, height = self.factors[value["id"]].size
            return {**value, "width": width, "height": height}
        return self._person(value) if key == "annotations" else value

    def _listed(self, value: dict[str, Any]) -> dict[str, Any]:
        by = self.factors[value["image" if self.kind == "mpii" else "file_name"]]
        if self.kind == "lsp":
            joints = [[_cut(x * by.x), _cut(y * by.y), seen] for x, y, seen in value["joints"]]
            return {**value, "joints": joints}
        # MPII counts pixels from 1, and gives the height of a person over 200.
        changed: dict[str, Any] = {
            "joints": [
                _from_one(x, y, by) if seen else [x, y]
                for (x, y), seen in zip(value["joints"], value["joints_vis"], strict=True)
            ]
        }
        if isinstance(value.get("center"), list):
            changed["center"] = _from_one(value["center"][0], value["center"][1], by)
        if isinstance(value.get("scale"), int | float):
            changed["scale"] = round(value["scale"] * by.y, 6)
        return {**value, **changed}

    def _person(self, value: dict[str, Any]) -> dict[str, Any]:
        by = self.factors[value["image_id"]]
        changed: dict[str, Any] = {}
        if value.get("keypoints"):
            changed["keypoints"] = _joints(value["keypoints"], by)
        for name in ("bbox", "bbox_head"):
            if value.get(name):
                x, y, width, height = value[name]
                changed[name] = [_cut(x * by.x), _cut(y * by.y), _cut(width * by.x), _cut(height * by.y)]
        if isinstance(value.get("area"), int | float):
            changed["area"] = _cut(value["area"] * by.x * by.y)
        mask = value.get("segmentation")
        if isinstance(mask, list):
            changed["segmentation"] = [_polygon(one, by) for one in mask]
        elif mask is not None:
            # A run-length mask is of its picture's pixels.
            self.done.masks += 1
            changed["segmentation"] = []
        return {**value, **changed}


def _from_one(x: float, y: float, by: _Factors) -> list[float]:
    return [_cut((x - 1) * by.x + 1), _cut((y - 1) * by.y + 1)]


def _joints(listed: list[float], by: _Factors) -> list[float]:
    triples = zip(listed[::3], listed[1::3], listed[2::3], strict=True)
    return [one for x, y, seen in triples for one in (_cut(x * by.x), _cut(y * by.y), seen)]


def _polygon(listed: list[float], by: _Factors) -> list[float]:
    return [_cut(one * (by.y if place % 2 else by.x)) for place, one in enumerate(listed)]


def _cut(value: float) -> float:
    return round(value, _DIGITS)
