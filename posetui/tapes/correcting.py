"""Corrections: what people say of the frames of a tape, beside what was estimated. As JSON, and applied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes import limits
from posetui.tapes.decoding import BadMessageError, bad, checked_object, count_field, typed_field
from posetui.tapes.model import Correction, Labels
from posetui.tapes.schemas import PIXELS
from posetui.text import safe_text

_EDGE = limits.MAX_PIXEL * PIXELS


def encode_correction(correction: Correction) -> bytes:
    """Return a message of the channel of corrections.

    Raises:
        ValueError: a place is not finite.

    """
    plain: dict[str, Any] = {
        "round": correction.round,
        "by": safe_text(correction.by),
        "at": safe_text(correction.at),
        "checked": correction.checked,
        "person": correction.person,
        "old": _plain(correction.old),
        "new": _plain(correction.new),
    }
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def decode_correction(data: bytes) -> Correction:
    """Return a message of the channel of corrections; raises BadMessageError."""
    plain = checked_object(data, limits.MAX_FRAME_BYTES, limits.MAX_CORRECTION_BRACKETS)
    person = None if plain.get("person") is None else count_field(plain, "person")
    if person is not None and person > limits.MAX_NUMBER:
        bad("there is no such person")
    return Correction(
        round=count_field(plain, "round"),
        by=safe_text(typed_field(plain, "by", str)),
        at=safe_text(typed_field(plain, "at", str)),
        checked=typed_field(plain, "checked", bool),
        person=person,
        old=_labels(plain, "old"),
        new=_labels(plain, "new"),
    )


def check_joints(corrections: Iterable[Correction], joints: int) -> None:
    """Raise BadMessageError when somebody has another number of joints than the skeleton."""
    for one in corrections:
        for labels in (one.old, one.new):
            if labels is not None and len(labels.places) != joints:
                bad(f"a person has {len(labels.places)} joints, but the skeleton has {joints}")


def corrected(frame: PoseFrame, corrections: Iterable[Correction]) -> tuple[PoseFrame, tuple[int, ...]]:
    """Return a frame as people corrected it, and the place that each of its poses had on the tape.

    Of a frame that somebody checked, joints have confidence 1 where visible, 0.5 where occluded, 0 where
    absent, and people score 1. In others, who only got another track id keeps the rest.

    Args:
        frame: as it was estimated.
        corrections: of this frame, in order.

    Returns:
        The frame, and for each pose its place among the poses of `frame`; people who were added have places
        behind those.

    """
    listed = list(corrections)
    if not listed:
        return frame, tuple(range(len(frame.poses)))
    checked = listed[-1].checked
    poses = dict(enumerate(frame.poses))
    for one in listed:
        if one.person is None:
            continue
        if one.new is None:
            poses.pop(one.person, None)
            continue
        known = poses.get(one.person)
        if known is not None and one.old is not None and not checked and one.old.same_joints(one.new):
            # Read from the tape, where None is no track: `tracked` does not know it.
            poses[one.person] = Pose(known.keypoints, known.score, one.new.track_id, known.flipped)
        else:
            poses[one.person] = Pose(one.new.keypoints(), 1.0, one.new.track_id)
    order = sorted(poses)
    return replace(frame, poses=tuple(poses[key] for key in order)), tuple(order)


def _plain(labels: Labels | None) -> dict[str, Any] | None:
    if labels is None:
        return None
    places = np.rint(labels.places * PIXELS)
    if not (np.abs(places) <= _EDGE).all():
        raise ValueError("a joint lies nowhere")
    return {
        "id": labels.track_id,
        "x": places[:, 0].astype(int).tolist(),
        "y": places[:, 1].astype(int).tolist(),
        "v": labels.visibility.tolist(),
        "placed": labels.placed.astype(int).tolist(),
    }


def _labels(plain: Mapping[str, Any], key: str) -> Labels | None:
    if plain.get(key) is None:
        return None
    described = typed_field(plain, key, dict)
    track = described.get("id")
    if track is not None and (type(track) is not int or abs(track) > limits.MAX_NUMBER):
        bad("id of a person is neither a whole number nor null")
    x, y, v, placed = (_numbers(described, name) for name in ("x", "y", "v", "placed"))
    if not len(x) == len(y) == len(v) == len(placed) <= limits.MAX_JOINTS:
        bad("x, y, v and placed of a person differ in length")
    for values, least, most in ((x, -_EDGE, _EDGE), (y, -_EDGE, _EDGE), (v, 0, 2), (placed, 0, 1)):
        if len(values) and not (least <= min(values) and max(values) <= most):
            bad("x, y, v or placed of a person are out of range")
    places = np.array([x, y], dtype=np.float64).T.reshape(-1, 2) / PIXELS
    return Labels(track, places, np.array(v, dtype=np.uint8), np.array(placed, dtype=np.bool_))


def _numbers(plain: Mapping[str, Any], key: str) -> Sequence[int]:
    values = typed_field(plain, key, list)
    if not all(type(one) is int for one in values):
        raise BadMessageError(f"{key} of a person are not whole numbers")
    return values
