"""Heat maps on a tape: what is stored is read again, what means harm is refused, poses stay apart."""

from __future__ import annotations

import json
import math
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from bench.fuzz_tapes import MEMORY, Reader
from posetui.errors import TapeError
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.tapes.checking import check
from posetui.tapes.decoding import decode_heat
from posetui.tapes.encoding import encode_heat
from posetui.tapes.limits import MAX_HEAT_VALUES
from posetui.tapes.reader import Tape
from posetui.tapes.repairing import repair
from posetui.tapes.schemas import HEAT, HEAT_CHANNEL, HEAT_SCHEMA, POSES
from posetui.tapes.splitting import LEAST_BYTES, Limit, Parts
from posetui.tapes.summing import describe
from posetui.tapes.writer import TapeWriter
from tests.tapes import made
from tests.tapes.made import dumped, plain_frame, raw

PLACE = [[8.0, 0.0, 4.0], [0.0, 8.0, 4.0]]


def stored(values: np.ndarray) -> np.ndarray:
    """Return what a tape keeps of values in [0, 1]: the float32 nearest to the nearest 255th."""
    return (np.rint(values.astype(np.float64) * 255) / 255).astype(np.float32)


def test_heat_maps_are_read_as_they_are_stored(tmp_path: Path) -> None:
    with Tape.open(made.with_heat(tmp_path / "t.mcap")) as tape:
        assert (len(tape), tape.images, tape.heat_maps) == (20, 20, 10)
        for index in (0, 18, 7, 4, -2):
            number, found = index % 20, tape.heat(index)
            if number % 2:
                assert found is None
                continue
            given = made.maps(number)
            assert found is not None and found.names == given.names
            for one, other in zip(found.patches, given.patches, strict=True):
                assert np.array_equal(one.values, stored(other.values)) and one.values.dtype == np.float32
                assert np.abs(one.values - other.values).max() <= 0.5 / 255 + 1e-7
                assert np.array_equal(one.to_image, other.to_image)
            assert encode_heat(found) == encode_heat(given)
        with pytest.raises(IndexError):
            tape.heat(20)
        assert tape.damage is None and describe(tape)["heat_maps"] == 10


def test_what_is_no_probability_is_held_within_0_and_1() -> None:
    values = np.array([[[-1, 0, 0.5, 1, 7, np.nan, np.inf, -np.inf]]], np.float32)
    read = decode_heat(encode_heat(HeatMaps(("nose",), (HeatPatch(values, np.array(PLACE)),))))
    assert read.patches[0].values.tolist() == [[[0, 0, np.float32(128 / 255), 1, 1, 0, 1, 0]]]


@pytest.mark.parametrize(
    "wrong",
    [
        HeatMaps((), ()),
        HeatMaps(("nose",), (HeatPatch(np.zeros((2, 3, 3), np.float32), np.array(PLACE)),)),
        HeatMaps(("nose",), (HeatPatch(np.zeros((1, 0, 3), np.float32), np.array(PLACE)),)),
        HeatMaps(("nose",), (HeatPatch(np.zeros((1, 3, 3), np.float32), np.full((2, 3), np.nan)),)),
        HeatMaps(("a", "b", "c"), (HeatPatch(np.zeros((3, 2000, 2000), np.float32), np.array(PLACE)),)),
    ],
)
def test_what_cannot_be_stored_leaves_the_tape_whole(wrong: HeatMaps, tmp_path: Path) -> None:
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        writer.write(made.frame(0))
        with pytest.raises(ValueError, match=r"stored|too large|nowhere"):
            writer.write(made.frame(1), None, wrong)
        writer.write(made.frame(1))
    assert check(tmp_path / "t.mcap").messages == {"/header": 1, POSES: 2}


def test_a_tape_without_heat_has_no_channel_for_it(tmp_path: Path) -> None:
    made.tape(tmp_path / "t.mcap", images=True)
    assert HEAT.encode() not in (tmp_path / "t.mcap").read_bytes()
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert (tape.heat_maps, tape.heat(0)) == (0, None)


def test_poses_do_not_share_chunks_with_heat(tmp_path: Path) -> None:
    with Tape.open(made.with_heat(tmp_path / "t.mcap")) as tape:
        heat, poses = (set(tape.layout.of(topic).chunk) for topic in (HEAT, POSES))
        assert len(heat) == 4 and not heat & poses


def test_other_tools_find_what_the_schema_says(tmp_path: Path) -> None:
    with made.with_heat(tmp_path / "t.mcap").open("rb") as file:
        messages = list(make_reader(file, validate_crcs=True).iter_messages([HEAT]))
    assert len(messages) == 10
    schema, channel, message = messages[3]
    assert schema is not None and (schema.name, channel.topic) == (HEAT_CHANNEL.name, HEAT)
    assert json.loads(schema.data) == HEAT_SCHEMA
    plain = json.loads(message.data)
    assert set(plain) == set(HEAT_SCHEMA["required"])
    assert set(plain["patches"][0]) == set(HEAT_SCHEMA["properties"]["patches"]["items"]["required"])


def test_verify_and_repair_know_them(tmp_path: Path) -> None:
    path = made.with_heat(tmp_path / "t.mcap")
    assert check(path).messages[HEAT] == 10
    path.write_bytes(path.read_bytes()[:-900])
    saved = repair(path, tmp_path / "r.mcap")
    assert (saved.frames, saved.images, saved.heat_maps) == (20, 20, 10)
    with Tape.open(path) as old, Tape.open(tmp_path / "r.mcap") as new:
        for number in range(20):
            one, other = old.heat(number), new.heat(number)
            assert (one is None) == (other is None)
            assert one is None or other is None or encode_heat(one) == encode_heat(other)
        assert not set(new.layout.of(HEAT).chunk) & set(new.layout.of(POSES).chunk)


def test_damaged_heat_costs_no_poses(tmp_path: Path) -> None:
    path = made.with_heat(tmp_path / "t.mcap")
    with Tape.open(path) as tape:
        start = tape.layout.start[tape.layout.of(HEAT).chunk[0]]
    data = bytearray(path.read_bytes())
    data[start + 200] ^= 1
    path.write_bytes(data)
    with Tape.open(path) as tape:
        with pytest.raises(TapeError, match="heat map of frame 0"):
            tape.heat(0)
        assert tape.heat(18) is not None and len(list(tape.frames())) == 20
        assert tape.damage is not None and "heat maps in it are damaged" in tape.damage.text
    assert check(path).problems


@pytest.mark.parametrize("limit", [Limit(seconds=0.5), Limit(bytes=LEAST_BYTES)])
def test_parts_keep_them(limit: Limit, tmp_path: Path) -> None:
    with Parts(tmp_path / "t.mcap", made.header(), limit) as parts:
        for index in range(30):
            parts.write(made.frame(index), None, made.maps(index, (120, 160)))
    assert len(parts.paths) > 1 and parts.heat_maps == 30
    numbers = []
    for path in parts.paths:
        assert limit.bytes is None or path.stat().st_size <= limit.bytes
        with Tape.open(path) as tape:
            for number in range(len(tape)):
                assert tape.heat(number) is not None
                numbers.append(tape.frame(number).index)
    assert numbers == list(range(30))


# ---- what means harm


def patch(**changes: object) -> dict[str, object]:
    data = b64encode(zlib.compress(bytes(12))).decode()
    return {"width": 4, "height": 3, "to_image": PLACE, "data": data, **changes}


def heat(*patches: object, names: object = ("nose",)) -> dict[str, object]:
    return {"names": names, "patches": list(patches)}


def packed(size: int) -> str:
    return b64encode(zlib.compress(bytes(size), 9)).decode()


HOSTILE: dict[str, object] = {
    "no object": 3,
    "no names": heat(patch(), names=[]),
    "10,000 names": heat(patch(), names=["nose"] * 10_000),
    "names that are none": heat(patch(), names=["\x1b[2J"]),
    "more names than maps": heat(patch(), names=["nose", "left_eye"]),
    "patches that are none": heat(3),
    "2,000 patches": heat(*[{}] * 2_000),
    "800 patches of much": heat(*[patch(width=4096, height=4096)] * 800),
    "a width of 0": heat(patch(width=0)),
    "a width of minus 4": heat(patch(width=-4, height=-3)),
    "a width of 4,294,967,296": heat(patch(width=2**32)),
    "a width of true": heat(patch(width=True)),
    "a fraction": heat(patch(width=4.0)),
    "as much as there may be, of nothing": heat(patch(width=4096, height=MAX_HEAT_VALUES // 4096)),
    "less than it says": heat(patch(data=packed(11))),
    "more than it says": heat(patch(data=packed(13))),
    "a bomb": heat(patch(data=packed(8 << 20))),
    "cut off": heat(patch(data=b64encode(zlib.compress(bytes(12))[:-4]).decode())),
    "not zlib": heat(patch(data=b64encode(bytes(12)).decode())),
    "not base64": heat(patch(data="****")),
    "no text": heat(patch(data=None)),
    "no place": heat(patch(to_image=None)),
    "half a place": heat(patch(to_image=PLACE[:1])),
    "a place of words": heat(patch(to_image=[["1"] * 3] * 2)),
    "a place that is far": heat(patch(to_image=[[1e12, 0, 0], [0, 1, 0]])),
    "a place that is none": heat(patch(to_image=[[math.nan, 0, 0], [0, 1, 0]])),
}


def tape_of(path: Path, message: object) -> Path:
    return raw(path, dumped([plain_frame(), message]), topics=[POSES, HEAT], times=[7, 7])


def test_the_harmless_one_is_read(tmp_path: Path) -> None:
    with Tape.open(tape_of(tmp_path / "t.mcap", heat(patch()))) as tape:
        found = tape.heat(0)
        assert found is not None and found.patches[0].values.shape == (1, 3, 4)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made_once = Reader()
    yield made_once
    made_once.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_heat_is_refused_and_the_poses_are_read(name: str, reader: Reader, tmp_path: Path) -> None:
    path = tape_of(tmp_path / "t.mcap", HOSTILE[name])
    found = reader.read(path)
    assert "died" not in found and found["seconds"] < 20 and found["rss"] < MEMORY, found
    with Tape.open(path) as tape:
        assert tape.frame(0).index == 0
        with pytest.raises(TapeError, match="The heat map of frame 0"):
            tape.heat(0)
    assert any(HEAT in problem for problem in check(path).problems)
    assert repair(path, tmp_path / "r.mcap").heat_maps == 0
