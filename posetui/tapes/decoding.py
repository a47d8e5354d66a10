"""What a tape stores, read back and checked field by field.

Nothing is believed: brackets are counted before the JSON is parsed, so that it can be neither deep nor a
bomb; numbers are finite and within limits, names short and printable, texts safe to show.
"""

from __future__ import annotations

import json
import math
import zlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NoReturn, TypeVar, get_args

import numpy as np

from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.pose.skeleton import Skeleton
from posetui.tapes import limits
from posetui.tapes.model import EVENT_KINDS, Event, Pictures, Setup, TapeHeader
from posetui.tapes.schemas import CONFIDENCES, HEATS, PIXELS
from posetui.text import safe_text

_Kind = TypeVar("_Kind")
_EDGE = limits.MAX_PIXEL * PIXELS
_LEAST = np.array([[-_EDGE], [-_EDGE], [0]])
_SPAN = np.array([[2 * _EDGE], [2 * _EDGE], [CONFIDENCES]], dtype=np.uint64)
_UNIT = np.array([[PIXELS], [PIXELS], [CONFIDENCES]], dtype=np.float64)
_NUMBER = limits.MAX_NUMBER
_SETUP = asdict(Setup(""))


class BadMessageError(ValueError):
    """A message is not what its channel says; the text says why."""


def decode_frame(data: bytes, skeletons: Mapping[str, Skeleton]) -> PoseFrame:
    """Return a message of the channel of poses; raises BadMessageError."""
    plain = checked_object(data, limits.MAX_FRAME_BYTES, limits.MAX_FRAME_BRACKETS)
    name = typed_field(plain, "skeleton", str)
    skeleton = skeletons.get(name)
    if skeleton is None:
        bad(f"its skeleton {name!r} is not defined in the header")
    people = typed_field(plain, "poses", list)
    if len(people) > limits.MAX_PEOPLE:
        bad(f"it has {len(people)} people, more than {limits.MAX_PEOPLE}")
    timings = typed_field(plain, "timings_ms", dict)
    return PoseFrame(
        index=count_field(plain, "index"),
        captured=_number(plain, "captured"),
        pts=_number(plain, "pts"),
        size=_size(plain),
        skeleton=name,
        poses=_poses(people, len(skeleton)),
        backend=_name(typed_field(plain, "backend", str)),
        timings={_name(stage): _number(timings, stage) for stage in timings},
        dropped=count_field(plain, "dropped"),
        image_name=_image_name(plain),
    )


def decode_event(data: bytes) -> Event:
    """Return a message of the channel of events; raises BadMessageError."""
    plain = checked_object(data, limits.MAX_EVENT_BYTES, limits.MAX_EVENT_BRACKETS)
    kind = next((one for one in EVENT_KINDS if one == plain.get("kind")), None)
    return Event(
        pts=_number(plain, "pts"),
        captured=_number(plain, "captured"),
        kind=kind or bad(f"its kind {plain.get('kind')!r} is unknown"),
        text=safe_text(typed_field(plain, "text", str), 400),
        data=_safe(typed_field(plain, "data", dict)),
    )


def decode_image(data: bytes) -> bytes:
    """Return the JPEG or PNG of a message of the channel of pictures; raises BadMessageError."""
    return _binary(checked_object(data, limits.MAX_CHUNK, 10), "its picture")


def decode_heat(data: bytes) -> HeatMaps:
    """Return a message of the channel of heat maps; raises BadMessageError."""
    plain = checked_object(data, limits.MAX_HEAT_BYTES, limits.MAX_HEAT_BRACKETS)
    names = tuple(_name(name) for name in typed_field(plain, "names", list))
    if not 0 < len(names) <= limits.MAX_JOINTS:
        bad(f"it has {len(names)} heat maps, not 1 to {limits.MAX_JOINTS}")
    described = typed_field(plain, "patches", list)
    if len(described) > limits.MAX_HEAT_PATCHES:
        bad(f"it has {len(described)} patches, more than {limits.MAX_HEAT_PATCHES}")
    patches, room = [], limits.MAX_HEAT_VALUES
    for one in described:
        if not isinstance(one, dict):
            bad("a patch is not an object")
        shape = len(names), _side(one, "height"), _side(one, "width")
        room -= math.prod(shape)
        if room < 0:
            bad(f"its heat maps have more than {limits.MAX_HEAT_VALUES} values")
        patches.append(_patch(one, shape))
    return HeatMaps(names, tuple(patches))


def decode_header(data: bytes) -> TapeHeader:
    """Return a message of the channel of headers; raises BadMessageError."""
    plain = checked_object(data, limits.MAX_HEADER_BYTES, limits.MAX_HEADER_BRACKETS)
    described = typed_field(plain, "skeletons", list)
    if len(described) > limits.MAX_SKELETONS:
        bad(f"it has {len(described)} skeletons, more than {limits.MAX_SKELETONS}")
    skeletons = [_skeleton(one) for one in described]
    threshold = _number(plain, "threshold")
    texts = ("version", "created", "source", "source_kind", "backend")
    optional = ("model", "model_sha256", "device", "detail", "note")
    return TapeHeader(
        **{key: safe_text(typed_field(plain, key, str), 400) for key in (*texts, *optional)},
        size=_size(plain),
        fps=None if plain.get("fps") is None else _number(plain, "fps"),
        threshold=threshold if 0 <= threshold <= 1 else bad("its threshold is outside 0 to 1"),
        skeletons={one.name: one for one in skeletons},
        pictures=next((one for one in get_args(Pictures) if one == plain.get("pictures")), ""),
        setup=None if plain.get("setup") is None else _setup(typed_field(plain, "setup", dict)),
    )


def _setup(plain: Mapping[str, Any]) -> Setup:
    """Return how poses were estimated; what is missing is as it is when nothing is asked for."""
    plain = {**_SETUP, **plain}

    def text(key: str) -> str:
        return safe_text(typed_field(plain, key, str), 100)

    def texts(key: str) -> dict[str, str]:
        named = typed_field(plain, key, dict)
        if len(named) > limits.MAX_LIBRARIES:
            bad(f"its setup has too many {key}")
        return {_name(name): safe_text(typed_field(named, name, str), 100) for name in named}

    return Setup(
        backend=text("backend"),
        device=text("device"),
        detail=text("detail"),
        refine=text("refine"),
        machine=text("machine"),
        flip=typed_field(plain, "flip", bool),
        warm=typed_field(plain, "warm", bool),
        stills=typed_field(plain, "stills", bool),
        rotate=count_field(plain, "rotate"),
        size=None if plain["size"] is None else _size(plain),
        max_people=None if plain["max_people"] is None else count_field(plain, "max_people"),
        libraries=texts("libraries"),
        networks=texts("networks"),
    )


def checked_object(data: bytes, size: int, brackets: int) -> dict[str, Any]:
    """Return a JSON object of at most so many bytes, lists and objects; raises BadMessageError."""
    if len(data) > size:
        bad(f"it has {len(data)} bytes, more than {size}")
    if data.count(b"[") + data.count(b"{") > brackets:
        bad(f"it has more than {brackets} lists and objects")
    try:
        plain = _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadMessageError("it is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadMessageError("it is not JSON") from error
    return plain if isinstance(plain, dict) else bad("it is not a JSON object")


def _constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity, which are not JSON


_DECODER = json.JSONDecoder(parse_constant=_constant)


def _poses(people: list[Any], joints: int) -> tuple[Pose, ...]:
    if not people:
        return ()
    if not all(isinstance(one, dict) for one in people):
        bad("a person is not an object")
    try:
        # All people at once: this is what takes the time of reading.
        stored = np.array([[one.get("x"), one.get("y"), one.get("c")] for one in people])
    except ValueError:
        bad("x, y and c of the people differ in length")
    if stored.shape != (len(people), 3, joints):
        bad(f"a person has not the {joints} joints of the skeleton")
    if stored.dtype.kind != "i" and joints:
        bad("x, y or c of a person are not whole numbers")
    # What is below its least wraps round to a huge number, so one comparison does for both ends.
    if joints and ((stored - _LEAST).view(np.uint64) > _SPAN).any():
        bad("x, y or c of a person are out of range")
    points = np.ascontiguousarray((stored / _UNIT).transpose(0, 2, 1), dtype=np.float32)
    points.flags.writeable = False
    return tuple([_pose(one, points[number]) for number, one in enumerate(people)])


def _pose(plain: dict[str, Any], points: Keypoints) -> Pose:
    track, score = plain.get("id"), _number(plain, "score")
    if track is not None and (type(track) is not int or not -_NUMBER <= track <= _NUMBER):
        bad("id of a person is neither a whole number nor null")
    if not 0 <= score <= 1:
        bad("score of a person is outside 0 to 1")
    # Without the checks of its constructor, which were made already: they would be a fifth of all reading.
    pose = object.__new__(Pose)
    object.__setattr__(pose, "keypoints", points)
    object.__setattr__(pose, "score", score)
    object.__setattr__(pose, "track_id", track)
    object.__setattr__(pose, "flipped", plain.get("flipped") is True)
    return pose


def _patch(plain: Mapping[str, Any], shape: tuple[int, int, int]) -> HeatPatch:
    rows = typed_field(plain, "to_image", list)
    if len(rows) != 2 or not all(isinstance(row, list) and len(row) == 3 for row in rows):
        bad("the place of a patch is not two rows of three numbers")
    to_image = np.array([[_real(value) for value in row] for row in rows], dtype=np.float64)
    if (np.abs(to_image) > limits.MAX_PIXEL).any():
        bad("the place of a patch is out of range")
    size, unpacker = math.prod(shape), zlib.decompressobj()
    try:
        # One more than there may be, so that nothing is unpacked that is not wanted, and too much is noticed.
        values = unpacker.decompress(_binary(plain, "a heat map"), size + 1)
    except zlib.error as error:
        raise BadMessageError("a heat map cannot be unpacked") from error
    if len(values) != size or not unpacker.eof:
        bad("a heat map is not of the size that it says")
    levels = np.frombuffer(values, np.uint8).reshape(shape)
    return HeatPatch(np.divide(levels, HEATS, dtype=np.float32), to_image)


def _side(plain: Mapping[str, Any], key: str) -> int:
    value = count_field(plain, key)
    if not 0 < value <= limits.MAX_HEAT_SIDE:
        bad(f"{key} of a heat map is not 1 to {limits.MAX_HEAT_SIDE}")
    return value


def _binary(plain: Mapping[str, Any], what: str) -> bytes:
    data = typed_field(plain, "data", str)
    try:
        return b64decode(data, validate=True)
    except ValueError as error:  # of base64, or because it is not even ASCII
        raise BadMessageError(f"{what} is not base64") from error


def _skeleton(plain: object) -> Skeleton:
    if not isinstance(plain, dict):
        bad("a skeleton is not an object")
    joints = tuple(_name(joint) for joint in typed_field(plain, "joints", list))
    if len(joints) > limits.MAX_JOINTS:
        bad(f"a skeleton has {len(joints)} joints, more than {limits.MAX_JOINTS}")
    sigmas = tuple(_real(sigma) for sigma in typed_field(plain, "sigmas", list))
    if min(sigmas, default=1.0) <= 0:
        bad("a sigma is not above 0")
    try:
        return Skeleton(
            _name(plain.get("name")),
            joints,
            _pairs(plain, "limbs"),
            _pairs(plain, "pairs"),
            sigmas,
            tuple(_index(one) for one in typed_field(plain, "head", list)),
        )
    except BadMessageError:
        raise
    except ValueError as error:
        raise BadMessageError(str(error)) from error


def _pairs(plain: Mapping[str, Any], key: str) -> tuple[tuple[int, int], ...]:
    pairs = []
    for pair in typed_field(plain, key, list):
        if not isinstance(pair, list) or len(pair) != 2:
            bad(f"{key} of a skeleton are not pairs")
        pairs.append((_index(pair[0]), _index(pair[1])))
    return tuple(pairs)


def _index(value: object) -> int:
    return value if type(value) is int else bad("a joint's index is not a whole number")


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > limits.MAX_NAME or not value.isprintable():
        bad("a name is not printable text of at most 100 characters")
    return value


def _image_name(plain: Mapping[str, Any]) -> str:
    if "image_name" not in plain:  # as on older tapes, and of what is no image
        return ""
    name = typed_field(plain, "image_name", str)
    if len(name) > limits.MAX_IMAGE_NAME:
        bad(f"its image_name is longer than {limits.MAX_IMAGE_NAME} characters")
    return name if name.isprintable() else safe_text(name, limits.MAX_IMAGE_NAME)


def _safe(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return safe_text(value, 1000)
    if isinstance(value, dict):
        return {safe_text(key): _safe(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_safe(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        bad("a number is not finite")
    return value


def _size(plain: Mapping[str, Any]) -> tuple[int, int]:
    size = typed_field(plain, "size", list)
    if len(size) != 2 or not all(type(one) is int and 0 <= one <= limits.MAX_SIDE for one in size):
        bad("its size is not two whole numbers of pixels")
    return size[0], size[1]


def count_field(plain: Mapping[str, Any], key: str) -> int:
    """Return a whole number from 0; raises BadMessageError."""
    value = plain.get(key)
    if type(value) is not int or not 0 <= value <= _NUMBER:
        bad(f"{key} is not a whole number from 0")
    return value


def _number(plain: Mapping[str, Any], key: str) -> float:
    value = plain.get(key)
    # The usual case first: this is called for each number of each frame.
    if type(value) is float and -_NUMBER <= value <= _NUMBER:
        return value
    return _real(value)


def _real(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_NUMBER <= value <= _NUMBER:
        bad("a number is missing, or out of range")
    return float(value)


def typed_field(plain: Mapping[str, Any], key: str, kind: type[_Kind]) -> _Kind:
    """Return a value of this type; raises BadMessageError."""
    value = plain.get(key)
    return value if isinstance(value, kind) else bad(f"{key} is missing, or not what it should be")


def bad(why: str) -> NoReturn:
    """Refuse a message."""
    raise BadMessageError(why)
