"""Which frame of a recording is which image of the truth; wrong pairs are refused, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from posetui.errors import EvaluationError
from posetui.evaluation.recordings import Recording
from posetui.pose.frame import PoseFrame
from posetui.text import natural_key, safe_text

Way = Literal["names", "numbers", "order", "frames", "times"]
"""What images were paired by: file names, a dataset's numbers, the order of names, frame numbers, times."""

_EXPORTED = re.compile(r"frame-(\d+)\.jpg")
"""What the frames of a tape are called in a dataset that was made of it."""

Key = Callable[[PoseFrame], Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """The images of the truth, each with a recording's frame of it.

    Attributes:
        truth: frames of the truth.
        found: the frame beside each, or None where the recording has none.
        way: how they were paired.
        notes: what is worth knowing, a sentence each.

    """

    truth: tuple[PoseFrame, ...]
    found: tuple[PoseFrame | None, ...]
    way: Way
    notes: tuple[str, ...] = ()

    @property
    def still(self) -> bool:
        """Whether every image was shown: one without a frame is one in which nobody was found."""
        return self.way in ("names", "numbers", "order")


def pair_images(truth: Recording, found: Recording) -> Images:
    """Pair the images of a truth with the frames of a recording.

    By the names of the files where both have them, else by the dataset's numbers; by the numbers of frames
    where a dataset was made of a tape, and its names are those. An older recording of a folder has neither:
    if it has as many frames as the truth has images, they are paired in the natural order of the names.
    Without names, by the numbers of the frames if their times agree or if both have the same ones; else by
    time, to half a frame.

    Raises:
        EvaluationError: the two are not of the same images, a size differs, a name or number comes twice, or
            either has no frames.

    """
    for one, what in ((truth, "The truth "), (found, "")):
        if not one.frames:
            raise EvaluationError(f"{what}{one.shown} holds no frames")
    images = _paired(_in_order(truth), truth, found)
    if not any(images.found):
        raise EvaluationError(
            f"{found.shown} and the truth {truth.shown} have no image in common",
            "Choose the truth of the images that were estimated.",
        )
    _check_sizes(images, truth, found)
    return images


def shown_only(truth: Recording, shown: Recording) -> Recording:
    """Return a truth with only those of its images that were shown, where names tell which.

    Args:
        truth: of a dataset.
        shown: has a frame of every image that was shown, also of those in which nobody was found.

    """
    if not (_all_named(truth) and _all_named(shown)):
        return truth
    for short in (False, True):
        names = {_named(shown, frame, short=short) for frame in shown.frames}
        kept = [frame for frame in truth.frames if _named(truth, frame, short=short) in names]
        if kept:
            return replace(truth, frames=kept)
    return truth


def _named(one: Recording, frame: PoseFrame, *, short: bool) -> str:
    name = one.image_name(frame)
    return PurePosixPath(name).name if short else name


def _paired(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    if _all_named(truth) and _all_named(found):
        return _by_name(frames, truth, found)
    if _all_numbered(truth) and _all_numbered(found):
        return _by_number(frames, truth, found)
    if (_all_named(truth) or _all_named(found)) and _frame_numbers(truth) and _frame_numbers(found):
        return _by_frame_number(frames, truth, found)
    if _all_named(truth) and not found.facts:
        if len(found.frames) == len(frames):
            return _by_order(frames, truth, found)
        if not _tracked(frames):
            raise EvaluationError(
                f"{found.shown} has {len(found.frames):,} frames without names, but the truth {truth.shown} "
                f"has {len(frames):,} images: which is which cannot be known",
                "Record all images of the truth, and no others.",
            )
    return _by_frame_or_time(frames, truth, found)


def _frame_numbers(one: Recording) -> Mapping[int, int]:
    """Return by index the number that each frame has in its video; empty where they are images.

    A dataset that was exported from a tape has them in the names of its images.
    """
    found = {}
    for frame in one.frames:
        name = one.image_name(frame)
        said = _EXPORTED.fullmatch(name)
        if name and said is None:
            return {}
        found[frame.index] = frame.index if said is None else int(said[1])
    return found


def _by_frame_number(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    mine, other = _frame_numbers(truth), _frame_numbers(found)
    theirs = _unique(truth, lambda frame: mine[frame.index], "the frame", frames)
    ours = _unique(found, lambda frame: other[frame.index], "the frame")
    return _together(frames, [ours.get(number) for number in theirs], "frames", found, truth)


def _in_order(truth: Recording) -> tuple[PoseFrame, ...]:
    """Return the frames by their dataset's numbers, as COCO judges equal scores; else as they are."""
    if not _all_numbered(truth):
        return tuple(truth.frames)
    return tuple(sorted(truth.frames, key=lambda frame: truth.facts[frame.index].image_id or 0))


def _all_named(one: Recording) -> bool:
    return all(one.image_name(frame) for frame in one.frames)


def _all_numbered(one: Recording) -> bool:
    return bool(one.facts) and all(
        frame.index in one.facts and one.facts[frame.index].image_id is not None for frame in one.frames
    )


def _tracked(frames: Sequence[PoseFrame]) -> bool:
    return any(pose.track_id is not None for frame in frames for pose in frame.poses)


def _by_name(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    for short in (False, True):
        theirs = _unique(truth, partial(_named, truth, short=short), "the image", frames)
        ours = _unique(found, partial(_named, found, short=short), "the image")
        if set(theirs) & set(ours):
            return _together(frames, [ours.get(name) for name in theirs], "names", found, truth)
    example, other = (next(iter(one)) for one in (ours, theirs))
    raise EvaluationError(
        f"{found.shown} is of other images than the truth {truth.shown}: "
        f"{_said(example)}, not {_said(other)}",
        "Choose the truth of the images that were estimated.",
    )


def _by_number(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    theirs = _unique(truth, lambda frame: truth.facts[frame.index].image_id, "the image number", frames)
    ours = _unique(found, lambda frame: found.facts[frame.index].image_id, "the image number")
    strangers = [number for number in ours if number not in theirs]
    if strangers:
        raise EvaluationError(
            f"{found.shown} has image {_said(strangers[0])}, which the truth {truth.shown} does not have",
            "Choose the truth of the images that were estimated.",
        )
    return _together(frames, [ours.get(number) for number in theirs], "numbers", found, truth)


def _by_order(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    names = [natural_key(truth.image_name(frame)) for frame in frames]
    rank = {place: number for number, place in enumerate(sorted(range(len(names)), key=names.__getitem__))}
    return Images(frames, tuple(found.frames[rank[place]] for place in range(len(frames))), "order")


def _by_frame_or_time(frames: tuple[PoseFrame, ...], truth: Recording, found: Recording) -> Images:
    theirs = _unique(truth, lambda frame: frame.index, "the frame", frames)
    ours = _unique(found, lambda frame: frame.index, "the frame")
    common = [index for index in theirs if index in ours]
    near = _interval(frames, found.frames) / 2
    agree = all(abs(theirs[index].pts - ours[index].pts) <= near for index in common)
    if common and (agree or set(theirs) == set(ours)):
        return _together(frames, [ours.get(index) for index in theirs], "frames", found, truth)
    times = np.array([frame.pts for frame in found.frames])
    order = np.argsort(times, kind="stable")
    partner: list[PoseFrame | None] = []
    for frame in frames:
        place = int(np.searchsorted(times[order], frame.pts))
        around = [int(order[one]) for one in (place - 1, place) if 0 <= one < len(order)]
        nearest = min(around, key=lambda one: abs(times[one] - frame.pts))
        close = abs(times[nearest] - frame.pts) <= near
        partner.append(found.frames[nearest] if close else None)
    return _together(frames, partner, "times", found, truth)


def _interval(*recordings: Sequence[PoseFrame]) -> float:
    """Return the shortest usual time between two frames, in seconds."""
    usual = [np.diff(np.sort([frame.pts for frame in frames])) for frames in recordings]
    medians = [float(np.median(steps)) for steps in usual if len(steps)]
    return min((one for one in medians if one > 0), default=1e-3) + 1e-6


def _together(
    frames: tuple[PoseFrame, ...],
    partners: Sequence[PoseFrame | None],
    way: Way,
    found: Recording,
    truth: Recording,
) -> Images:
    notes = []
    without = sum(one is None for one in partners)
    if without:
        what = "count as nobody found" if way in ("names", "numbers") else "are left out"
        notes.append(
            f"{without:,} of {len(frames):,} images of the truth are not in {found.shown}: they {what}"
        )
    extra = len(found.frames) - (len(frames) - without)
    if extra > 0:
        notes.append(f"{extra:,} of {len(found.frames):,} frames of {found.shown} are not in the truth")
    return Images(frames, tuple(partners), way, tuple(notes))


def _unique(
    one: Recording, key: Key, what: str, frames: Sequence[PoseFrame] | None = None
) -> Mapping[Hashable, PoseFrame]:
    """Return the frames by key; EvaluationError when two have the same."""
    found: dict[Hashable, PoseFrame] = {}
    for frame in one.frames if frames is None else frames:
        name = key(frame)
        if name in found:
            raise EvaluationError(f"{one.shown} has {what} {_said(name)} twice")
        found[name] = frame
    return found


def _check_sizes(images: Images, truth: Recording, found: Recording) -> None:
    if not (truth.sizes_known and found.sizes_known):
        return
    for theirs, ours in zip(images.truth, images.found, strict=True):
        if ours is not None and ours.size != theirs.size:
            name = safe_text(truth.image_name(theirs)) or f"Frame {theirs.index}"
            raise EvaluationError(
                f"{name} is {_size(theirs)} in the truth {truth.shown} but {_size(ours)} in {found.shown}",
                "Estimate the pictures that were labelled, in their own size.",
            )


def _size(frame: PoseFrame) -> str:
    return f"{frame.size[0]}x{frame.size[1]}"


def _said(name: Hashable) -> str:
    return safe_text(name, 80)
