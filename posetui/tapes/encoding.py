"""Pose frames, events, pictures, heat maps and headers as the JSON that a tape stores.

Precision: x and y to 0.01 pixel, confidence and score to 0.0001, heat to 1/255, times to a microsecond, stage
times to a microsecond. Coordinates are held within a million pixels; beyond 65,536 float32 is coarser than
that.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.pose.skeleton import Skeleton
from posetui.tapes.limits import (
    MAX_HEAT_PATCHES,
    MAX_HEAT_SIDE,
    MAX_HEAT_VALUES,
    MAX_IMAGE_NAME,
    MAX_JOINTS,
    MAX_NAME,
    MAX_NUMBER,
    MAX_PEOPLE,
    MAX_PIXEL,
    MAX_SIDE,
)
from posetui.tapes.model import Event, TapeHeader
from posetui.tapes.schemas import CONFIDENCES, HEATS, PIXELS
from posetui.text import redact, safe_text

_SCALE = np.array([[PIXELS], [PIXELS], [CONFIDENCES]], dtype=np.float64)
_MOST = np.array([[MAX_PIXEL], [MAX_PIXEL], [1.0]])
_LEAST = np.array([[-MAX_PIXEL], [-MAX_PIXEL], [0.0]])
_HEAT_LEVEL = 1  # of zlib: higher ones take longer and make heat maps hardly smaller


def encode_frame(frame: PoseFrame) -> bytes:
    """Return a message of the channel of poses.

    Stage times that are not finite are left out, and names made printable and short enough.

    Raises:
        ValueError: a number is not finite or far beyond what can be meant, or there are too many people.

    """
    width, height = frame.size
    if not (0 <= width <= MAX_SIDE and 0 <= height <= MAX_SIDE and 0 <= frame.index <= MAX_NUMBER):
        raise ValueError(f"there is no frame {frame.index} of {width}x{height} pixels")
    if len(frame.poses) > MAX_PEOPLE:
        raise ValueError(f"{len(frame.poses)} people are too many for a frame of a tape")
    timings = {_name(stage): float(value) for stage, value in frame.timings.items()}
    plain = {
        "index": frame.index,
        "pts": _seconds(frame.pts),
        "captured": _seconds(frame.captured),
        "size": [width, height],
        "skeleton": frame.skeleton,
        "backend": _name(frame.backend),
        "dropped": max(0, frame.dropped),
        "timings_ms": {stage: round(value, 3) for stage, value in timings.items() if abs(value) < MAX_NUMBER},
        "poses": [_pose(pose) for pose in frame.poses],
    }
    if frame.image_name:
        plain["image_name"] = safe_text(frame.image_name, MAX_IMAGE_NAME)
    return _json(plain)


def encode_event(event: Event) -> bytes:
    """Return a message of the channel of events, without secrets.

    Raises:
        ValueError: the data is not plain JSON, or a time is not finite.
        TypeError: the same.

    """
    return _json(
        {
            "pts": _seconds(event.pts),
            "captured": _seconds(event.captured),
            "kind": event.kind,
            "text": safe_text(redact(event.text), 400),
            "data": redacted(dict(event.data)),
        }
    )


def encode_image(data: bytes, time_ns: int) -> bytes:
    """Return a message of the channel of pictures: a JPEG or PNG."""
    kind = b"png" if data.startswith(b"\x89PNG") else b"jpeg"
    # By hand: json would look at each of the many characters again.
    stamp = f'{{"timestamp":{{"sec":{time_ns // 10**9},"nsec":{time_ns % 10**9}}},"frame_id":"image",'
    return stamp.encode() + b'"format":"' + kind + b'","data":"' + b64encode(data) + b'"}'


def encode_heat(maps: HeatMaps) -> bytes:
    """Return a message of the channel of heat maps; what is not a number in a map is stored as 0.

    Raises:
        ValueError: there are more or larger maps than a tape may have, or a place is not finite.

    """
    count = sum(patch.values.size for patch in maps.patches)
    if not 0 < len(maps.names) <= MAX_JOINTS or len(maps.patches) > MAX_HEAT_PATCHES:
        raise ValueError(f"{len(maps.names)} maps of {len(maps.patches)} patches cannot be stored")
    if count > MAX_HEAT_VALUES:
        raise ValueError(f"heat maps of {count:,} values are too large for a tape")
    patches = [_patch(patch, len(maps.names)) for patch in maps.patches]
    return _json({"names": [_name(name) for name in maps.names], "patches": patches})


def encode_header(header: TapeHeader) -> bytes:
    """Return a message of the channel of headers, without secrets."""
    setup = None if header.setup is None else redacted(asdict(header.setup))
    if setup is not None and not setup["networks"]:
        del setup["networks"]
    plain: dict[str, Any] = {
        "version": header.version,
        "created": header.created,
        "source": redact(header.source),
        "source_kind": header.source_kind,
        "size": list(header.size),
        "fps": header.fps,
        "backend": header.backend,
        "model": redact(header.model),
        "model_sha256": header.model_sha256,
        "device": header.device,
        "detail": redact(header.detail),
        "threshold": header.threshold,
        "note": redact(header.note),
        "skeletons": [_skeleton(one) for one in header.skeletons.values()],
        "pictures": header.pictures,
        "setup": setup,
    }
    return _json(plain)


def redacted(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON types with the secrets removed from every string in them."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {str(key): redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def _pose(pose: Pose) -> dict[str, Any]:
    points = np.clip(pose.keypoints.T.astype(np.float64), _LEAST, _MOST)
    if not np.isfinite(points).all():
        raise ValueError("a keypoint is not finite")
    x, y, c = np.rint(points * _SCALE).astype(np.int64).tolist()
    plain: dict[str, Any] = {"id": pose.track_id, "score": round(pose.score, 4)}
    if pose.flipped:
        plain["flipped"] = True
    return plain | {"x": x, "y": y, "c": c}


def _patch(patch: HeatPatch, maps: int) -> dict[str, Any]:
    shape, to_image = patch.values.shape, patch.to_image
    if len(shape) != 3 or shape[0] != maps or not all(0 < side <= MAX_HEAT_SIDE for side in shape[1:]):
        raise ValueError(f"{maps} heat maps of the shape {shape} cannot be stored")
    if to_image.shape != (2, 3) or not (np.abs(to_image) <= MAX_PIXEL).all():
        raise ValueError("a heat map lies nowhere in the image")
    # Held within 0 to 1 first: a byte would turn over. Not a number is neither, and becomes 0.
    levels = np.rint(np.clip(np.nan_to_num(patch.values), 0.0, 1.0) * HEATS).astype(np.uint8)
    return {
        "width": shape[2],
        "height": shape[1],
        "to_image": to_image.astype(np.float64).tolist(),
        "data": b64encode(zlib.compress(levels.tobytes(), _HEAT_LEVEL)).decode(),
    }


def _seconds(value: float) -> float:
    if not abs(value) < MAX_NUMBER:
        raise ValueError(f"there is no time {value} s")
    return round(float(value), 6)


@lru_cache(maxsize=256)
def _name(text: str) -> str:
    return text if len(text) <= MAX_NAME and text.isprintable() else safe_text(text, MAX_NAME)


def _skeleton(skeleton: Skeleton) -> dict[str, Any]:
    return {
        "name": skeleton.name,
        "joints": list(skeleton.joints),
        "limbs": [list(pair) for pair in skeleton.limbs],
        "pairs": [list(pair) for pair in skeleton.pairs],
        "sigmas": list(skeleton.sigmas),
        "head": list(skeleton.head),
    }


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )
