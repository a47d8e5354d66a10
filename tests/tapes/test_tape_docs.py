"""docs/tape-format.md describes every channel, field and kind of event that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from posetui.tapes import limits
from posetui.tapes.model import EVENT_KINDS
from posetui.tapes.schemas import CHANNELS, CORRECTIONS_CHANNEL, EVENTS_SCHEMA, HEAT_CHANNEL, IMAGE, Schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tape-format.md").read_text(encoding="utf-8")


def fields(schema: Schema, within: str = "") -> Iterator[str]:
    for name, one in schema.get("properties", {}).items():
        yield within + name
        if one["type"] == "array":
            yield from fields(one["items"], f"{within}{name}[].")
        elif one["type"] == ["object", "null"]:
            yield from fields(one, f"{within}{name}.")


def test_every_field_of_every_channel_is_described() -> None:
    for channel in (*CHANNELS, HEAT_CHANNEL, CORRECTIONS_CHANNEL):
        (section,) = re.findall(rf"^## `{channel.topic}`: `{channel.name}`$(.*?)^## ", PAGE, re.M | re.S)
        table = section.partition("| kind | when |")[0]
        rows = re.findall(r"^\| (`[^|]+`) \|", table, re.M)
        described = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
        if channel.topic == IMAGE:
            described = set(fields(channel.schema)) & set(re.findall(r"`(\w+)`", section))
        assert described == set(fields(channel.schema)), channel.topic


def test_every_kind_of_event_is_described() -> None:
    assert tuple(EVENTS_SCHEMA["properties"]["kind"]["enum"]) == EVENT_KINDS
    for kind in EVENT_KINDS:
        assert f"`{kind}`" in PAGE


def test_limits_are_those_in_force() -> None:
    for value in (
        limits.MAX_CHUNKS,
        limits.MAX_EVENTS,
        limits.MAX_PEOPLE,
        limits.MAX_JOINTS,
        limits.MAX_CHANNELS,
        limits.MAX_HEAT_VALUES,
        limits.MAX_HEAT_SIDE,
        limits.MAX_CORRECTIONS,
    ):
        assert f"{value:,}" in PAGE
    assert f"{limits.MAX_CHUNK >> 20} MiB, packed" in PAGE
