"""The labels of an image set, read so that what is wrong in one place does not hide the rest.

What imports a set (`posetui.tapes.formats`) stops at the first mistake; this notes it and goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from posetui.datasets.problems import Problem, ProblemKind
from posetui.errors import DatasetError, TapeError
from posetui.pose.skeletons import COCO_17
from posetui.tapes.formats.joints import LSP_14, MPII_16, joint_name
from posetui.tapes.formats.places import Value
from posetui.tapes.formats.recognise import format_of
from posetui.tapes.formats.stream import members
from posetui.text import safe_text

SetFormat = Literal["coco-truth", "posetrack18", "lsp", "mpii"]
FORMATS: tuple[SetFormat, ...] = get_args(SetFormat)

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An image of a set.

    Attributes:
        place: where in the file it stands, e.g. `images[3]`.
        key: what people refer to it by: a number, or its file name.
        file_name: as the set writes it; may be empty.
        size: width, height that the set says, or None.
        video: number of its video, or empty.

    """

    place: str
    key: int | str
    file_name: str
    size: tuple[int, int] | None = None
    video: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person of a set.

    Attributes:
        place: where in the file it stands.
        image: key of the image.
        joints: float64 [K, 3]: x, y in pixels from the upper left corner, above 0 where labelled; K may be 0.
        box: x, y, width, height in pixels, or None.
        number: the set's number of the person, or None.
        crowd: several people in one label.
        track: number that the person keeps from image to image, or None.

    """

    place: str
    image: int | str
    joints: Points
    box: tuple[float, float, float, float] | None = None
    number: int | None = None
    crowd: bool = False
    track: int | None = None


@dataclass(slots=True)
class Labels:
    """All labels of a set.

    Attributes:
        path: the file.
        kind: its format.
        joints: posetui's names of the joints, in order.
        images: in the order of the file.
        people: in the order of the file.
        problems: what could not be read, and was passed over.

    """

    path: Path
    kind: SetFormat
    joints: list[str] = field(default_factory=list)
    images: list[Labelled] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, kind: ProblemKind, place: str, text: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(kind, place, safe_text(text, 300)))


def set_format(path: Path) -> SetFormat:
    """Return the format of a set's file.

    Raises:
        DatasetError: there is none, or it is in a format that holds no labels of images.
        TapeError: it cannot be read.

    """
    if not path.is_file():
        raise DatasetError(f"There is no file {safe_text(path)}", "Name the file with the labels.")
    kind = format_of(path)
    if kind not in FORMATS:
        raise DatasetError(
            f"{safe_text(path)} is no set of labelled images but {kind}", f"Sets are {', '.join(FORMATS)}."
        )
    return kind


def read_labels(path: Path) -> Labels:
    """Read the labels of a set, whatever is wrong with single ones.

    Raises:
        DatasetError: it is no set of labelled images.
        TapeError: it cannot be read, or is no JSON.

    """
    labels = Labels(path, set_format(path))
    add = _add_listed if labels.kind in ("lsp", "mpii") else _add_coco
    for key, value in members(path, ("images", "categories", "annotations", "joint_names")):
        try:
            add(labels, key, value)
        except TapeError as error:
            labels.note("malformed", value.place, error.title.removeprefix(f"{safe_text(path)}: "))
    if labels.kind in ("lsp", "mpii"):
        first = {person.image: person.place for person in reversed(labels.people)}
        names = dict.fromkeys(str(person.image) for person in labels.people)
        labels.images = [Labelled(first[name], name, name) for name in names]
    if not labels.images:
        raise DatasetError(f"{safe_text(path)} lists no images", "Name the file with the labels of a set.")
    _settle_joints(labels)
    return labels


def _settle_joints(labels: Labels) -> None:
    """Find the joints where the file does not name them, and take away people who have others."""
    if not labels.joints:
        known = {"lsp": LSP_14, "mpii": MPII_16}.get(labels.kind, COCO_17)
        labels.joints = list(known.joints)
    kept = []
    for person in labels.people:
        if len(person.joints) in (0, len(labels.joints)):
            kept.append(person)
        else:
            said = f"{person.place} has {len(person.joints)} joints, not the {len(labels.joints)} of the set"
            labels.note("malformed", person.place, said)
    labels.people = kept


def _add_coco(labels: Labels, key: str, value: Value) -> None:
    if key == "images":
        labels.images.append(_coco_image(value))
    elif key == "categories" and (names := value.get("keypoints")) is not None and not labels.joints:
        labels.joints = [joint_name(name.text()) for name in names.items()]
    elif key == "annotations":
        listed, crowd = value.get("keypoints"), value.get("iscrowd")
        number, track = value.get("id"), value.get("track_id")
        labels.people.append(
            Person(
                value.place,
                value.need("image_id").integer(),
                _joints(listed) if listed is not None else np.zeros((0, 3)),
                _box(value),
                None if number is None else number.integer(),
                bool(crowd is not None and crowd.integer()),
                None if track is None else track.integer(),
            )
        )


def _coco_image(value: Value) -> Labelled:
    name, video = value.get("file_name"), value.get("vid_id")
    sides = [side.integer() for side in (value.get("width"), value.get("height")) if side is not None]
    return Labelled(
        value.place,
        value.need("id").integer(),
        name.text() if name is not None else "",
        (sides[0], sides[1]) if len(sides) == 2 else None,
        str(video.raw) if video is not None else "",
    )


def _joints(listed: Value) -> Points:
    numbers = listed.numbers()
    if len(numbers) % 3:
        raise listed.wrong(f"holds {len(numbers)} numbers, not three a joint")
    return numbers.reshape(-1, 3)


def _box(value: Value) -> tuple[float, float, float, float] | None:
    box = value.get("bbox")
    if box is None or box.raw == []:
        return None
    x, y, width, height = box.numbers(4).tolist()
    return x, y, width, height


def _add_listed(labels: Labels, key: str, value: Value) -> None:
    if key == "joint_names":
        labels.joints.append(joint_name(value.text()))
        return
    if key not in ("", "images"):
        return
    name = value.need("image" if not key else "file_name").text()
    visible = value.get("joints_vis")
    rows = list(value.need("joints").items())
    if visible is None:
        joints = np.array([row.numbers(3) for row in rows]).reshape(-1, 3)
    else:
        # MPII counts pixels from 1, as MATLAB does.
        places = np.array([row.numbers(2) for row in rows]).reshape(-1, 2) - 1
        joints = np.column_stack([places, visible.numbers(len(rows))])
    labels.people.append(Person(value.place, name, joints))
