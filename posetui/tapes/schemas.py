"""The channels of a tape and the JSON Schemas of their messages, as they are embedded in it.

docs/tape-format.md says the same for people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

FORMAT = "1"
"""Version of the format: rises when an older reader would misunderstand a newer tape."""

POSES: Final = "/poses"
EVENTS: Final = "/events"
IMAGE: Final = "/image"
HEADER: Final = "/header"
HEAT: Final = "/heat"
CORRECTIONS: Final = "/corrections"

METADATA: Final = "posetui"
"""Name of the metadata record at the beginning: `format` and `header`, the header as JSON."""

TOTALS: Final = "posetui.totals"
"""Name of the metadata record at the end of a finished tape: `totals`, what was counted, as JSON."""

PIXELS = 100
"""Stored coordinates are whole hundredths of a pixel."""

CONFIDENCES = 10_000
"""Stored confidences are whole ten-thousandths."""

HEATS = 255
"""Stored values of heat maps are whole 255ths."""

Schema = dict[str, Any]

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 100}
_FAR = 100 * 1_000_000
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_SECONDS: Schema = {"type": "number"}


def _object(title: str, description: str, properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _whole(description: str, low: int, high: int) -> Schema:
    items = {"type": "integer", "minimum": low, "maximum": high}
    return {"type": "array", "items": items, "description": description}


_SIZE: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 2,
    "maxItems": 2,
    "description": "width, height of the source image in pixels",
}

_POSE: Schema = {
    "type": "object",
    "properties": {
        "id": _said({"type": ["integer", "null"]}, "number of the person, null when not tracked"),
        "score": _said(_SHARE, "score of the person, to 0.0001"),
        "flipped": {"type": "boolean", "description": "true: left and right were exchanged; else left out"},
        "x": _whole("x of each joint from the left edge, in hundredths of a pixel", -_FAR, _FAR),
        "y": _whole("y of each joint from the top edge, in hundredths of a pixel", -_FAR, _FAR),
        "c": _whole("confidence of each joint, in ten-thousandths; 0: the joint is absent", 0, CONFIDENCES),
    },
    "required": ["id", "score", "x", "y", "c"],
}

POSES_SCHEMA = _object(
    "posetui.PoseFrame",
    "All people of one source frame, as the backend saw them (not smoothed), with track ids.",
    {
        "index": _said(_COUNT, "number of the frame in its source, from 0; gaps are dropped frames"),
        "pts": _said(_SECONDS, "position in the source, in seconds"),
        "captured": _said(_SECONDS, "monotonic clock of the recording machine, in seconds"),
        "size": _SIZE,
        "skeleton": _said(_NAME, "name of the skeleton of every pose; the header defines it"),
        "backend": _said(_TEXT, "name of the backend"),
        "dropped": _said(_COUNT, "frames dropped so far, since the source was opened"),
        "timings_ms": {
            "type": "object",
            "additionalProperties": {"type": "number"},
            "description": "milliseconds by stage: capture, preprocess, infer, postprocess, ...",
        },
        "poses": {"type": "array", "items": _POSE, "maxItems": 1000, "description": "the people"},
        "image_name": _said({"type": "string", "maxLength": 1000}, "file name of the picture; else left out"),
    },
    ("image_name",),
)

EVENTS_SCHEMA = _object(
    "posetui.Event",
    "Something that happened between frames.",
    {
        "pts": _said(_SECONDS, "position in the source, in seconds"),
        "captured": _said(_SECONDS, "monotonic clock of the recording machine, in seconds"),
        "kind": {
            "type": "string",
            "enum": [
                *("backend", "source-lost", "source-back", "dropped", "flipped"),
                *("mark", "recording-dropped", "correction"),
            ],
            "description": "what happened",
        },
        "text": _said(_TEXT, "the same for people"),
        "data": {"type": "object", "description": "details, by kind"},
    },
)

_PAIR: Schema = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}

SKELETON_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "name": _NAME,
        "joints": {"type": "array", "items": _NAME, "description": "names of the joints, in order"},
        "limbs": {"type": "array", "items": _PAIR, "description": "joints that a line joins"},
        "pairs": {
            "type": "array",
            "items": _PAIR,
            "description": "left and right joints",
        },
        "sigmas": {"type": "array", "items": {"type": "number"}, "description": "OKS sigma of each joint"},
        "head": {"type": "array", "items": _COUNT, "description": "joints of the head"},
    },
    "required": ["name", "joints", "limbs", "pairs", "sigmas", "head"],
}

_SETUP: Schema = {
    "type": ["object", "null"],
    "description": "how the poses were estimated, as far as it has to be known to do it again; null: unknown",
    "properties": {
        "backend": _said(_TEXT, "name of the backend as it was chosen; of a file its name alone"),
        "max_people": _said({"type": ["integer", "null"]}, "most people in a frame that were asked for"),
        "device": _said(_TEXT, "where networks were asked to run"),
        "detail": _said(_TEXT, "size of the picture that the network saw"),
        "refine": _said(_TEXT, "what looked at each person a second time"),
        "size": _said({"type": ["array", "null"]}, "width, height that the source was scaled to fit within"),
        "rotate": _said(_COUNT, "clockwise degrees that the source was turned by"),
        "flip": _said({"type": "boolean"}, "left and right of the source were mirrored"),
        "warm": _said({"type": "boolean"}, "the backend had seen frames before the first of the tape"),
        "stills": _said({"type": "boolean"}, "each picture was estimated as a scene of its own"),
        "machine": _said(_TEXT, "processor and number of its cores that were used"),
        "libraries": _said({"type": "object"}, "versions of the libraries that compute, by name"),
        "networks": _said({"type": "object"}, "SHA-256 of each network by name; left out where there is one"),
    },
}

HEADER_SCHEMA = _object(
    "posetui.Header",
    "What is known of the whole tape. A later message of this channel replaces an earlier one.",
    {
        "version": _said(_TEXT, "version of the posetui that recorded the tape"),
        "created": _said(_TEXT, "UTC of the first frame, ISO 8601"),
        "source": _said(_TEXT, "title of the source, without credentials"),
        "source_kind": _said(
            _TEXT, "camera, video, stream, images, pipe, or the format it was imported from"
        ),
        "size": _SIZE,
        "fps": _said({"type": ["number", "null"]}, "frames a second of the source, null when unknown"),
        "backend": _said(_TEXT, "name of the backend at the beginning"),
        "model": _said(_TEXT, "name of its model, or empty"),
        "model_sha256": _said(_TEXT, "SHA-256 of the model's file, hexadecimal, or empty"),
        "device": _said(_TEXT, "what the backend ran on, or empty"),
        "detail": _said(_TEXT, "other options in words, or empty"),
        "threshold": _said(_SHARE, "confidence from which joints were shown"),
        "note": _said(_TEXT, "what the user says of the tape, or empty"),
        "skeletons": {"type": "array", "items": SKELETON_SCHEMA, "description": "every skeleton used"},
        "pictures": {
            "type": "string",
            "enum": ["", "seen", "other"],
            "description": "seen: the poses were estimated on these very pictures; other: on others",
        },
        "setup": _SETUP,
    },
    ("pictures", "setup"),
)

_TIME: Schema = {
    "type": "object",
    "title": "time",
    "properties": {
        "sec": {"type": "integer", "minimum": 0},
        "nsec": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    },
}

# The name and the fields are Foxglove's, so that its Image panel shows the pictures.
IMAGE_SCHEMA = _object(
    "foxglove.CompressedImage",
    "A compressed image",
    {
        "timestamp": _said(_TIME, "Timestamp of image"),
        "frame_id": _said(_TEXT, "Frame of reference for the image"),
        "data": {"type": "string", "contentEncoding": "base64", "description": "Compressed image data"},
        "format": _said(_TEXT, "Image format: jpeg or png"),
    },
)


_ROW: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}

_PATCH: Schema = {
    "type": "object",
    "properties": {
        "width": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "columns of each map"},
        "height": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "rows of each map"},
        "to_image": {
            "type": "array",
            "items": _ROW,
            "minItems": 2,
            "maxItems": 2,
            "description": "from (column, row, 1) of a map, whole at the centres of cells, to x, y in pixels",
        },
        "data": {
            "type": "string",
            "contentEncoding": "base64",
            "description": "zlib stream of one byte a value, 0 to 255 for 0 to 1: map by map, row by row",
        },
    },
    "required": ["width", "height", "to_image", "data"],
}

HEAT_SCHEMA = _object(
    "posetui.HeatMaps",
    "What the network saw before poses were made of it, of the frame of the same log time.",
    {
        "names": {
            "type": "array",
            "items": _NAME,
            "minItems": 1,
            "description": "name of each map: a joint of the skeleton",
        },
        "patches": {
            "type": "array",
            "items": _PATCH,
            "maxItems": 1001,
            "description": "all of the image, or parts of it; where they overlap, the greater value counts",
        },
    },
)


_LABELS: Schema = {
    "type": ["object", "null"],
    "properties": {
        "id": _said({"type": ["integer", "null"]}, "number of the person, null when not tracked"),
        "x": _whole("x of each joint from the left edge, in hundredths of a pixel", -_FAR, _FAR),
        "y": _whole("y of each joint from the top edge, in hundredths of a pixel", -_FAR, _FAR),
        "v": _whole("0: the joint is absent, 1: it is labelled, but hidden, 2: it is visible", 0, 2),
        "placed": _whole("1: a person put the joint there, or confirmed it", 0, 1),
    },
    "required": ["id", "x", "y", "v", "placed"],
}

CORRECTION_SCHEMA = _object(
    "posetui.Correction",
    "What somebody says of one person in the frame of the same log time, beside what was estimated.",
    {
        "round": _said(_COUNT, "number of the annotation that it is from: later ones count"),
        "by": _said(_TEXT, "who says so"),
        "at": _said(_TEXT, "when: UTC, ISO 8601"),
        "checked": _said({"type": "boolean"}, "the whole frame is truth, after this"),
        "person": _said(
            {"type": ["integer", "null"], "minimum": 0},
            "place among the poses of the frame, behind them who was added; null: only `checked` is said",
        ),
        "old": _said(_LABELS, "what was there before, null: nobody"),
        "new": _said(_LABELS, "what is right, null: nobody"),
    },
)


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel as it is written: where its messages go, what they are, and notes for other readers."""

    topic: str
    schema: Schema
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name of the schema."""
        return str(self.schema["title"])

    @property
    def data(self) -> bytes:
        """Return the schema as it is embedded."""
        return json.dumps(self.schema, separators=(",", ":")).encode()


CHANNELS = (
    ChannelSpec(HEADER, HEADER_SCHEMA),
    ChannelSpec(POSES, POSES_SCHEMA, {"x": "0.01 px", "y": "0.01 px", "c": "0.0001"}),
    ChannelSpec(EVENTS, EVENTS_SCHEMA),
    ChannelSpec(IMAGE, IMAGE_SCHEMA),
)
"""In this order, so that they are numbered 1, 2, 3 and 4."""

HEAT_CHANNEL = ChannelSpec(HEAT, HEAT_SCHEMA, {"data": "1/255"})
"""Only on tapes that have heat maps, so that others are what they always were."""

CORRECTIONS_CHANNEL = ChannelSpec(CORRECTIONS, CORRECTION_SCHEMA, {"x": "0.01 px", "y": "0.01 px"})
"""Only on tapes that somebody annotates."""
