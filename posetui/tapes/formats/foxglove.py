"""An MCAP that Foxglove opens: skeletons as `foxglove.ImageAnnotations`, over the frames if there are some.

Topic `/poses` has the annotations of each frame, `/image` the JPEG as `foxglove.CompressedImage`, both in
JSON. In Foxglove's image panel choose the topic `/image`, and switch the annotations `/poses` on.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import Export
from posetui.tapes.formats.files import written
from posetui.tapes.formats.foxglove_schemas import COMPRESSED_IMAGE, IMAGE_ANNOTATIONS, LINE_LIST, POINTS
from posetui.tapes.formats.numbers import share, triples

if TYPE_CHECKING:
    from mcap.writer import Writer

POSES, IMAGE = "/poses", "/image"
"""The topics."""

Colour = dict[str, float]

_NS = 1_000_000_000
# Okabe and Ito's colours, which the colour-blind can tell apart; without their black.
_COLOURS = (
    *((0.902, 0.624, 0.0), (0.337, 0.706, 0.914), (0.0, 0.62, 0.451), (0.941, 0.894, 0.259)),
    *((0.0, 0.447, 0.698), (0.835, 0.369, 0.0), (0.8, 0.475, 0.655)),
)
_CLEAR = {"r": 0.0, "g": 0.0, "b": 0.0, "a": 0.0}
_SHADE = {"r": 0.0, "g": 0.0, "b": 0.0, "a": 0.6}


def write(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write an indexed MCAP, compressed with zstd in chunks of 1 MiB.

    A message's time is the tape's beginning (UTC) and the frame's position in the source. Each person is a
    list of lines (limbs with both ends), a list of points (joints, as opaque as they are sure) and a text
    (the track id). Raises TapeError when the file cannot be written.
    """
    from mcap.writer import CompressionType, Writer

    begin = _begin(export.header.created)
    with written(path) as temporary, temporary.open("wb") as file:
        # Any, as half of its methods have no types.
        writer: Any = Writer(file, chunk_size=1 << 20, compression=CompressionType.ZSTD)
        writer.start(profile="", library=f"posetui {export.header.version}")
        about = {"source": export.header.source, "backend": export.header.backend}
        writer.add_metadata("posetui", about | {"skeleton": export.skeleton.name})
        poses = _channel(writer, POSES, "foxglove.ImageAnnotations", IMAGE_ANNOTATIONS)
        images: int | None = None
        for frame in frames:
            time = begin + max(0, round(frame.pts * _NS))
            image = export.image(frame)
            if image is not None:
                if images is None:
                    images = _channel(writer, IMAGE, "foxglove.CompressedImage", COMPRESSED_IMAGE)
                _add(writer, images, time, frame.index, image_of(image, time))
            _add(writer, poses, time, frame.index, annotations_of(frame, export.skeleton, time))
        writer.finish()


def annotations_of(frame: PoseFrame, skeleton: Skeleton, time: int) -> dict[str, Any]:
    """Return the foxglove.ImageAnnotations of a frame, in plain JSON types; the time is in nanoseconds."""
    # Thicker in larger pictures, so that a body looks alike in all.
    width = max(1.0, max(frame.size) / 400)
    points, texts = [], []
    for place, pose in enumerate(frame.poses):
        number = place if pose.track_id is None else pose.track_id
        colour = dict(zip("rgb", _COLOURS[number % len(_COLOURS)], strict=True))
        points += [_lines(pose, skeleton, colour, time, width), _joints(pose, colour, time, 2.5 * width)]
        if pose.track_id is not None:
            texts.append(_text(pose, colour, time, 10 * width))
    return {"circles": [], "points": points, "texts": texts}


def _lines(pose: Pose, skeleton: Skeleton, colour: Colour, time: int, width: float) -> dict[str, Any]:
    joints = triples(pose)
    limbs = [(a, b) for a, b in skeleton.limbs if joints[a][2] > 0 and joints[b][2] > 0]
    ends = [{"x": joints[end][0], "y": joints[end][1]} for limb in limbs for end in limb]
    opaque = [colour | {"a": min(joints[a][2], joints[b][2])} for a, b in limbs]
    return _points(LINE_LIST, ends, opaque, time, width)


def _joints(pose: Pose, colour: Colour, time: int, width: float) -> dict[str, Any]:
    joints = [joint for joint in triples(pose) if joint[2] > 0]
    places = [{"x": x, "y": y} for x, y, _ in joints]
    return _points(POINTS, places, [colour | {"a": c} for _, _, c in joints], time, width)


def _points(kind: int, places: list[Any], colours: list[Any], time: int, width: float) -> dict[str, Any]:
    return {
        "timestamp": _time(time),
        "type": kind,
        "points": places,
        "outline_color": colours[0] if colours else _CLEAR,
        "outline_colors": colours,
        "fill_color": _CLEAR,
        "thickness": width,
        "metadata": [],
    }


def _text(pose: Pose, colour: Colour, time: int, size: float) -> dict[str, Any]:
    left, top, _, _ = pose.box() or (0.0, 0.0, 0.0, 0.0)
    return {
        "timestamp": _time(time),
        "position": {"x": round(left, 2), "y": round(top, 2)},
        "text": str(pose.track_id),
        "font_size": size,
        "text_color": colour | {"a": 1.0},
        "background_color": _SHADE,
        "metadata": [{"key": "score", "value": f"{share(pose.score):g}"}],
    }


def image_of(jpeg: bytes, time: int) -> dict[str, Any]:
    """Return the foxglove.CompressedImage of a JPEG, in plain JSON types; the time is in nanoseconds."""
    data = base64.b64encode(jpeg).decode("ascii")
    return {"timestamp": _time(time), "frame_id": "camera", "data": data, "format": "jpeg"}


def _time(nanoseconds: int) -> dict[str, int]:
    return {"sec": nanoseconds // _NS, "nsec": nanoseconds % _NS}


def _begin(created: str) -> int:
    """Return nanoseconds since 1970 of a tape's second 0; 0 when the tape does not say."""
    try:
        return max(0, round(datetime.fromisoformat(created).timestamp() * 1_000_000)) * 1000
    except (ValueError, OverflowError):
        return 0


def _channel(writer: Writer, topic: str, name: str, schema: dict[str, Any]) -> int:
    number = writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
    return writer.register_channel(topic, "json", number)


def _add(writer: Writer, channel: int, time: int, sequence: int, message: dict[str, Any]) -> None:
    data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    writer.add_message(channel, log_time=time, publish_time=time, sequence=sequence % (1 << 32), data=data)
