"""Pose frames, events, pictures and headers as the JSON that a tape stores.

Precision: x and y to 0.01 pixel, confidence and score to 0.0001, times to a microsecond, stage times to a
microsecond. Coordinates are held within a million pixels; beyond 65,536 float32 is coarser than that.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import numpy as np

from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.limits import MAX_PIXEL
from posetui.tapes.model import Event, TapeHeader
from posetui.tapes.schemas import CONFIDENCES, PIXELS
from posetui.text import redact

_SCALE = np.array([[PIXELS], [PIXELS], [CONFIDENCES]], dtype=np.float64)
_FAR = np.array([[MAX_PIXEL], [MAX_PIXEL], [1.0]])


def encode_frame(frame: PoseFrame) -> bytes:
    """Return a message of the channel of poses."""
    return _json(
        {
            "index": frame.index,
            "pts": round(frame.pts, 6),
            "captured": round(frame.captured, 6),
            "size": list(frame.size),
            "skeleton": frame.skeleton,
            "backend": frame.backend,
            "dropped": frame.dropped,
            "timings_ms": {name: round(value, 3) for name, value in frame.timings.items()},
            "poses": [_pose(pose) for pose in frame.poses],
        }
    )


def encode_event(event: Event) -> bytes:
    """Return a message of the channel of events, without secrets.

    Raises:
        ValueError: the data is not plain JSON.
        TypeError: the same.

    """
    return _json(
        {
            "pts": round(event.pts, 6),
            "captured": round(event.captured, 6),
            "kind": event.kind,
            "text": redact(event.text),
            "data": redacted(dict(event.data)),
        }
    )


def encode_image(jpeg: bytes, time_ns: int) -> bytes:
    """Return a message of the channel of pictures."""
    # By hand: json would look at each of the many characters again.
    stamp = f'{{"timestamp":{{"sec":{time_ns // 10**9},"nsec":{time_ns % 10**9}}},"frame_id":"image",'
    return stamp.encode() + b'"format":"jpeg","data":"' + b64encode(jpeg) + b'"}'


def encode_header(header: TapeHeader) -> bytes:
    """Return a message of the channel of headers, without secrets."""
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
    points = np.clip(pose.keypoints.T.astype(np.float64), -_FAR, _FAR)
    x, y, c = np.rint(points * _SCALE).astype(np.int64).tolist()
    plain: dict[str, Any] = {"id": pose.track_id, "score": round(pose.score, 4)}
    if pose.flipped:
        plain["flipped"] = True
    return plain | {"x": x, "y": y, "c": c}


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
