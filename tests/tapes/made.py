"""Tapes and their parts, made for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from posetui.pose import skeletons
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.tapes.container import Container
from posetui.tapes.encoding import encode_frame, encode_header
from posetui.tapes.model import Event, TapeHeader
from posetui.tapes.schemas import CHANNELS, FORMAT, HEADER, HEAT, HEAT_CHANNEL, METADATA, POSES
from posetui.tapes.writer import LANES, TapeWriter, Whole

CREATED = "2026-03-01T12:00:00Z"
JPEG = b"\xff\xd8\xff\xe0 not a real picture \xff\xd9"


def header(**changes: Any) -> TapeHeader:
    plain: dict[str, Any] = {
        "version": "1.2.3",
        "created": CREATED,
        "source": "demo",
        "source_kind": "video",
        "size": (640, 480),
        "backend": "movenet",
        "skeletons": {"coco-17": skeletons.COCO_17},
        "fps": 30.0,
    }
    return TapeHeader(**{**plain, **changes})


def frame(index: int, people: int = 1, **changes: Any) -> PoseFrame:
    random = np.random.default_rng(index)
    joints = len(skeletons.get(changes.get("skeleton", "coco-17")))
    poses = [
        Pose(random.uniform([0, 0, 0], [640, 480, 1], (joints, 3)).astype(np.float32), 0.9, number + 1)
        for number in range(people)
    ]
    plain: dict[str, Any] = {
        "index": index,
        "captured": 1000 + index / 30,
        "pts": index / 30,
        "size": (640, 480),
        "skeleton": "coco-17",
        "poses": tuple(poses),
        "backend": "movenet",
        "timings": {"infer": 12.345},
        "dropped": 0,
    }
    return PoseFrame(**{**plain, **changes})


def event(index: int, **changes: Any) -> Event:
    plain: dict[str, Any] = {"pts": index / 30, "captured": 1000 + index / 30, "kind": "mark", "text": "here"}
    return Event(**{**plain, **changes})


def tape(path: Path, frames: int = 40, people: int = 1, images: bool = False) -> Path:
    """Write a tape of 30 frames a second, a mark at every tenth."""
    with TapeWriter(path, header()) as writer:
        for index in range(frames):
            writer.write(frame(index, people), JPEG + bytes([index % 256]) if images else None)
            if index % 10 == 0:
                writer.event(event(index, data={"number": index}))
    return path


def pieces(path: Path, frames: int, each: int) -> Path:
    """Write a tape whose chunks have so many frames each."""
    with TapeWriter(path, header()) as writer:
        for index in range(frames):
            writer.write(frame(index))
            if index % each == each - 1:
                writer.flush()
    return path


def maps(seed: int, sides: tuple[int, int] = (30, 40), patches: int = 2) -> HeatMaps:
    """Return maps of noise, of three joints."""
    random = np.random.default_rng(seed)
    made_patches = [
        HeatPatch(random.random((3, *sides), np.float32), random.uniform(-900, 900, (2, 3)))
        for _ in range(patches)
    ]
    return HeatMaps(("nose", "left_hip", "right_knee"), tuple(made_patches))


def with_heat(path: Path, frames: int = 20, each: int = 2) -> Path:
    """Write a tape of which every second frame has heat maps, chunk by chunk of five frames."""
    with TapeWriter(path, header()) as writer:
        for index in range(frames):
            writer.write(frame(index), JPEG, None if index % each else maps(index))
            if index % 5 == 4:
                writer.flush()
    return path


def raw(
    path: Path,
    messages: Iterable[bytes],
    described: bytes | None = None,
    *,
    topic: str = POSES,
    topics: Sequence[str] | None = None,
    times: Sequence[int] | None = None,
) -> Path:
    """Write a finished tape whose messages are these bytes, whatever they are."""
    head = encode_header(header()) if described is None else described
    with FileIO(path, "xb") as file:
        container = Container(Whole(file), "test", LANES)
        container.metadata(METADATA, {"format": FORMAT, "header": head.decode("utf-8", "replace")})
        numbers = {}
        for one in (*CHANNELS, HEAT_CHANNEL) if topic == HEAT or HEAT in (topics or ()) else CHANNELS:
            schema = container.schema(one.name, "jsonschema", one.data)
            numbers[one.topic] = container.channel(one.topic, "json", schema, one.notes)
        container.message("poses", numbers[HEADER], 0, head)
        for number, message in enumerate(messages):
            where = numbers[topics[number] if topics else topic]
            container.message("poses", where, times[number] if times else number * 1000, message)
        container.finish()
    return path


def plain_frame(**changes: Any) -> dict[str, Any]:
    """Return the JSON of a frame, with changes."""
    plain: dict[str, Any] = json.loads(encode_frame(frame(0)))
    return {**plain, **changes}


def plain_header(**changes: Any) -> bytes:
    plain: dict[str, Any] = json.loads(encode_header(header()))
    return json.dumps({**plain, **changes}).encode()


def dumped(values: Sequence[Any]) -> list[bytes]:
    return [json.dumps(value).encode() for value in values]
