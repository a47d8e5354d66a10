"""What is evaluated: pose frames, and what is known of their images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from posetui.errors import EvaluationError
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.text import safe_text


class Facts(Protocol):
    """What a dataset says of one image, beyond its poses."""

    @property
    def file_name(self) -> str:
        """Return the name as the dataset writes it; may be empty."""

    @property
    def image_id(self) -> int | None:
        """Return the dataset's number of the image, or None."""

    @property
    def people(self) -> Sequence[Mapping[str, Any]]:
        """Return facts of each pose, in order, or nothing: `id`, `area`, `bbox`, `bbox_head`, `iscrowd`."""

    @property
    def ignored(self) -> Sequence[Mapping[str, Any]]:
        """Return the same of people and crowds without labelled joints."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Pose frames in order, as a tape or a dataset has them.

    Attributes:
        name: what messages call it.
        frames: the frames.
        skeletons: definitions of skeletons by name; others are of the catalogue.
        facts: by frame index, what is known of its image.
        sizes_known: whether the sizes of the images are measured, not guessed from the joints.
        peak_mb: the most memory that the backend's process had, in megabytes, if that is known.

    """

    name: str
    frames: Sequence[PoseFrame]
    skeletons: Mapping[str, Skeleton] = field(default_factory=dict)
    facts: Mapping[int, Facts] = field(default_factory=dict)
    sizes_known: bool = True
    peak_mb: float | None = None

    @property
    def shown(self) -> str:
        """Return the name, safe to print."""
        return safe_text(self.name)

    def image_name(self, frame: PoseFrame) -> str:
        """Return the name of a frame's image, the dataset's or the recorded one; may be empty."""
        facts = self.facts.get(frame.index)
        return frame.image_name if facts is None or not facts.file_name else facts.file_name

    def skeleton(self, name: str) -> Skeleton:
        """Return the skeleton of this name; EvaluationError without one."""
        if name in self.skeletons:
            return self.skeletons[name]
        try:
            return skeletons.get(name)
        except ValueError:
            raise EvaluationError(f"{self.shown} does not define its skeleton {safe_text(name)}") from None

    def used(self) -> tuple[Skeleton, ...]:
        """Return the skeletons of frames with people, the first one first; else that of the first frame."""
        names = dict.fromkeys(frame.skeleton for frame in self.frames if frame.poses)
        if not names and self.frames:
            names = dict.fromkeys([self.frames[0].skeleton])
        return tuple(self.skeleton(name) for name in names)
