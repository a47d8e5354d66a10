"""A set in parts, the same ones for the same seed; images that belong together stay together."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from posetui.datasets.labels import Labels
from posetui.datasets.rewriting import rewrite
from posetui.errors import DatasetError
from posetui.tapes.formats.files import folder, refuse_existing
from posetui.text import natural_key

Together = Literal["scene", "folder", "image"]
TOGETHER: tuple[Together, ...] = get_args(Together)

Key = int | str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a set.

    Attributes:
        name: as it was asked for.
        path: its file.
        images: how many images it has.
        people: how many people are labelled in them.

    """

    name: str
    path: Path
    images: int
    people: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {"name": self.name, "path": str(self.path), "images": self.images, "people": self.people}


def split(
    labels: Labels,
    output: Path,
    shares: Mapping[str, float],
    *,
    seed: int,
    together: Together = "scene",
    force: bool = False,
) -> list[Part]:
    """Write one file of labels a part, in the set's own format. Images are not copied.

    Args:
        labels: of the set.
        output: the folder for the files `NAME.json`.
        shares: by name of a part, its share of the images; they need not add up to 1.
        seed: of the chance that decides.
        together: what stays in one part: a `scene` is a video, and images with the same tracked person; a
            `folder` as the names of images have it; an `image` is only itself.
        force: write over what is there.

    Raises:
        DatasetError: labels are not right, or there are too few images or scenes.
        TapeError: a file is there already, or cannot be written.

    """
    if labels.problems:
        raise DatasetError(labels.problems[0].text, "`posetui data check` lists all that is wrong.")
    paths = {name: output / f"{name}.json" for name in shares}
    for path in paths.values():
        refuse_existing(path, force=force)
    part_of = _assigned(groups(labels, together), shares, seed, together)
    folder(output)
    for name, path in paths.items():
        rewrite(labels.path, path, _Kept(labels.kind, name, part_of).change)
    return [
        Part(
            name,
            path,
            sum(part_of[image.key] == name for image in labels.images),
            sum(part_of.get(person.image) == name for person in labels.people),
        )
        for name, path in paths.items()
    ]


def groups(labels: Labels, together: Together) -> list[list[Key]]:
    """Return the images that stay together, group by group, in an order that files do not change."""
    roots: dict[Hashable, Hashable] = {}

    def root(one: Hashable) -> Hashable:
        while roots.setdefault(one, one) != one:
            one = roots[one]
        return one

    video = {image.key: image.video for image in labels.images}
    for image in labels.images:
        root(("image", image.key))
        if image.file_name:
            roots[root(("image", image.key))] = root(("name", image.file_name))
        if together == "folder":
            parent = str(PurePosixPath(image.file_name).parent)
            roots[root(("image", image.key))] = root(("folder", parent))
        if together == "scene" and image.video:
            roots[root(("image", image.key))] = root(("video", image.video))
    for person in labels.people if together == "scene" else ():
        if person.track is not None and person.image in video:
            track = ("track", video[person.image], person.track)
            roots[root(("image", person.image))] = root(track)
    found: dict[Hashable, list[Key]] = {}
    for image in sorted(labels.images, key=lambda image: (natural_key(image.file_name), str(image.key))):
        found.setdefault(root(("image", image.key)), []).append(image.key)
    return list(found.values())


def _assigned(
    several: Iterable[list[Key]], shares: Mapping[str, float], seed: int, together: Together
) -> dict[Key, str]:
    """Return the part of each image: groups in random order, each to the part that lacks most."""
    shuffled = list(several)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - chance, not secrecy
    total, whole = sum(map(len, shuffled)), sum(shares.values())
    lacking = {name: total * share / whole for name, share in shares.items()}
    part_of: dict[Key, str] = {}
    for group in shuffled:
        name = max(lacking, key=lacking.__getitem__)
        lacking[name] -= len(group)
        part_of.update(dict.fromkeys(group, name))
    empty = [name for name in shares if name not in part_of.values()]
    if empty:
        kept = "images" if together == "image" else f"{together}s"
        remedy = "" if together == "image" else "Split them with --together image."
        raise DatasetError(f"Nothing is left for {empty[0]}: there are {len(shuffled)} {kept}", remedy)
    return part_of


@dataclass(frozen=True, slots=True)
class _Kept:
    """Leaves out what is in other parts."""

    kind: str
    name: str
    part_of: Mapping[Key, str]

    def change(self, key: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return an item of this part, or None."""
        names = {
            "": "image",
            "images": "file_name" if self.kind == "lsp" else "id",
            "annotations": "image_id",
        }
        if key not in names:
            return value
        image = value.get(names[key])
        return value if self.part_of.get(image) == self.name else None
