"""JSON Schemas of two message types, as Foxglove publishes them.

The fields, titles and required members of https://github.com/foxglove/foxglove-sdk/tree/main/schemas/jsonschema,
without their descriptions and without the members that are never written here.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_NUMBER: Schema = {"type": "number"}
_TEXT: Schema = {"type": "string"}


def _object(title: str, members: dict[str, Schema]) -> Schema:
    return {"title": title, "type": "object", "properties": members, "required": list(members)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TIME: Schema = {
    "title": "time",
    "type": "object",
    "properties": {
        "sec": {"type": "integer", "minimum": 0},
        "nsec": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    },
}
_POINT = _object("foxglove.Point2", {"x": _NUMBER, "y": _NUMBER})
_COLOUR = _object("foxglove.Color", {"r": _NUMBER, "g": _NUMBER, "b": _NUMBER, "a": _NUMBER})
_METADATA = _list(_object("foxglove.KeyValuePair", {"key": _TEXT, "value": _TEXT}))

UNKNOWN, POINTS, LINE_LOOP, LINE_STRIP, LINE_LIST = range(5)
"""Kinds of a PointsAnnotation."""

_KIND: Schema = {
    "title": "foxglove.PointsAnnotationType",
    "oneOf": [
        {"title": "UNKNOWN", "const": UNKNOWN},
        {"title": "POINTS", "const": POINTS},
        {"title": "LINE_LOOP", "const": LINE_LOOP},
        {"title": "LINE_STRIP", "const": LINE_STRIP},
        {"title": "LINE_LIST", "const": LINE_LIST},
    ],
}
_CIRCLE = _object(
    "foxglove.CircleAnnotation",
    {
        "timestamp": _TIME,
        "position": _POINT,
        "diameter": _NUMBER,
        "thickness": _NUMBER,
        "fill_color": _COLOUR,
        "outline_color": _COLOUR,
        "metadata": _METADATA,
    },
)
_POINTS = _object(
    "foxglove.PointsAnnotation",
    {
        "timestamp": _TIME,
        "type": _KIND,
        "points": _list(_POINT),
        "outline_color": _COLOUR,
        "outline_colors": _list(_COLOUR),
        "fill_color": _COLOUR,
        "thickness": _NUMBER,
        "metadata": _METADATA,
    },
)
_LABEL = _object(
    "foxglove.TextAnnotation",
    {
        "timestamp": _TIME,
        "position": _POINT,
        "text": _TEXT,
        "font_size": _NUMBER,
        "text_color": _COLOUR,
        "background_color": _COLOUR,
        "metadata": _METADATA,
    },
)

IMAGE_ANNOTATIONS = _object(
    "foxglove.ImageAnnotations", {"circles": _list(_CIRCLE), "points": _list(_POINTS), "texts": _list(_LABEL)}
)
COMPRESSED_IMAGE = _object(
    "foxglove.CompressedImage",
    {
        "timestamp": _TIME,
        "frame_id": _TEXT,
        "data": {"type": "string", "contentEncoding": "base64"},
        "format": _TEXT,
    },
)
