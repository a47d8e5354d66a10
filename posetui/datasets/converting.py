"""A set's labels in another format, through posetui's own readers and writers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from posetui.datasets.labels import SetFormat, set_format
from posetui.datasets.lists import write_lsp, write_mpii
from posetui.errors import DatasetError
from posetui.pose.convert import convert as as_skeleton
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17
from posetui.tapes.formats.catalogue import EXPORTERS, IMPORTERS, Write, by_name
from posetui.tapes.formats.exchange import Export, ImageFacts, Imported, ImportedFrame, ImportOptions
from posetui.tapes.formats.files import refuse_existing
from posetui.tapes.formats.joints import LSP_14, MPII_16, POSETRACK_17
from posetui.tapes.formats.pictures import with_pictures

_WRITERS: Mapping[SetFormat, tuple[Write, Skeleton, bool]] = {
    # how to write it, with which joints, and whether others may be asked for
    "coco-truth": (EXPORTERS["coco-truth"].write, COCO_17, True),
    "posetrack18": (EXPORTERS["posetrack18"].write, POSETRACK_17, False),
    "lsp": (write_lsp, LSP_14, True),
    "mpii": (write_mpii, MPII_16, False),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written.

    Attributes:
        images: how many images.
        people: how many people.
        lost: people who have no joint that the new format knows.
        skeleton: name of the joints.
        never: joints of the new set that nobody has.

    """

    images: int
    people: int
    lost: int
    skeleton: str
    never: tuple[str, ...]


def convert(
    source: Path,
    target: Path,
    kind: SetFormat,
    *,
    images: Path | None = None,
    size: tuple[int, int] | None = None,
    skeleton: str | None = None,
    force: bool = False,
) -> Converted:
    """Write the labels of a set in another format. docs/data.md says what each loses.

    Args:
        source: the labels.
        target: the file to write.
        kind: the format wanted.
        images: folder of the images, which says how large they are where the labels do not.
        size: width, height of all images, where neither says it.
        skeleton: name of the joints to write; None for what suits the format.
        force: write over a file that is there.

    Raises:
        DatasetError: it is no set, or the format cannot have these joints.
        TapeError: it cannot be understood, or the target is there or cannot be written.

    """
    refuse_existing(target, force=force)
    imported = IMPORTERS[set_format(source)](source, ImportOptions(size=size))
    if images is not None:
        imported = with_pictures(imported, images)
    write, own, free = _WRITERS[kind]
    wanted = own if skeleton is None else by_name(skeleton, imported.header.skeletons)
    if wanted.joints != own.joints and not free:
        raise DatasetError(f"{kind} knows no joints but those of {own.name}", "Leave --skeleton out.")
    frames = _Frames(imported, wanted, number=kind == "posetrack18")
    write(frames.each(), Export(imported.header, wanted, frames.facts, force=force), target)
    never = tuple(joint for joint, count in zip(wanted.joints, frames.labelled, strict=True) if not count)
    return Converted(frames.images, frames.people, frames.lost, wanted.name, never)


class _Frames:
    """Frames of a set with joints of another skeleton, counted; what is known of people goes with them."""

    def __init__(self, imported: Imported, wanted: Skeleton, *, number: bool) -> None:
        [self._own] = imported.header.skeletons.values()
        self._wanted = wanted
        self._number = number
        self._tracks = 0
        self.images = self.people = self.lost = 0
        self.labelled = [0] * len(wanted)
        self._every = list(imported.frames)
        self.facts = {one.frame.index: self._kept(one) for one in self._every if one.facts is not None}

    def each(self) -> Iterator[PoseFrame]:
        for one in self._every:
            frame = one.frame
            poses = []
            for pose in frame.poses:
                points = as_skeleton(pose.keypoints, self._own, self._wanted)
                if not points.any():
                    self.lost += 1
                    continue
                self.labelled = [n + (c > 0) for n, c in zip(self.labelled, points[:, 2], strict=True)]
                moved = pose.moved(points)
                # PoseTrack has only people who are followed: each of a photograph is somebody else.
                poses.append(moved.tracked(self._next()) if self._number and pose.track_id is None else moved)
            self.images, self.people = self.images + 1, self.people + len(poses)
            yield replace(frame, skeleton=self._wanted.name, poses=tuple(poses))

    def _next(self) -> int:
        self._tracks += 1
        return self._tracks

    def _kept(self, one: ImportedFrame) -> ImageFacts:
        """Return what is known of an image, without those of its people who are left out."""
        facts = one.facts
        assert facts is not None  # noqa: S101 - the caller looked
        if len(facts.people) != len(one.frame.poses):
            return facts
        kept = [
            said
            for said, pose in zip(facts.people, one.frame.poses, strict=True)
            if as_skeleton(pose.keypoints, self._own, self._wanted).any()
        ]
        return replace(facts, people=tuple(kept))
