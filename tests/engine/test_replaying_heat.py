"""Heat maps of a tape, shown in its replay as they are beside a network."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from posetui.drawing.heat import render
from posetui.engine import messages
from posetui.engine.moving import move
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.pose import skeletons
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.tapes.writer import TapeWriter
from tests.engine.taping import watching
from tests.tapes import made

GRID = (64, 48)


def heat_of(index: int) -> HeatMaps:
    """Return maps of two joints over the whole picture, each with one hot cell that moves."""
    values = np.zeros((2, 12, 16), np.float32)
    values[0, 3, index], values[1, 8, index] = 1.0, 0.6
    return HeatMaps(("nose", "left_hip"), (HeatPatch(values, np.array([[40.0, 0, 20], [0, 40.0, 20]])),))


@pytest.fixture
def heated(tmp_path: Path) -> Path:
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        for index in range(10):
            writer.write(made.frame(index), None, heat_of(index) if index < 8 else None)
    return tmp_path / "t.mcap"


def test_a_replay_shows_what_is_shown_beside_a_network(heated: Path) -> None:
    joints = skeletons.COCO_17.joints
    for joint, name in (("all", None), ("left_hip", "left_hip")):
        with Replay(EngineOptions(str(heated))) as replay:
            assert replay.backend.has_heat_maps
            replay.heat, replay.heat_size = joint, GRID
            seen = list(replay.seen())
        for index in range(8):
            maps, heat = heat_of(index), seen[index].heat
            patches = [(patch.values, patch.to_image) for patch in maps.patches]
            live = render(patches, maps.names, joints, joint=name, size=(640, 480), grid=GRID)
            assert heat is not None and np.array_equal(heat.values, live.values)
            assert heat.peak == pytest.approx(live.peak) and heat.peak_name == live.peak_name
        assert seen[8].heat is None and seen[9].heat is None


def test_a_mirror_shows_heat_where_the_people_are(heated: Path) -> None:
    with Replay(EngineOptions(str(heated))) as replay:
        replay.heat, replay.heat_size = "nose", GRID
        plain = next(iter(replay.seen())).heat
    with Replay(EngineOptions(str(heated))) as replay:
        replay.heat, replay.heat_size, replay.flip = "nose", GRID, True
        turned = next(iter(replay.seen())).heat
    assert plain is not None and turned is not None and plain.values.any()
    assert np.array_equal(turned.values, plain.values[:, ::-1])


def test_it_is_asked_for_and_given_up_while_the_tape_stands_still(heated: Path) -> None:
    sent: list[object] = []
    with watching(EngineOptions(str(heated)), paused=True) as watched:

        def ask(joint: str | None) -> None:
            assert move(watched.replay, messages.Heat(joint, *GRID), sent.append)

        watched.wait(lambda seen: seen.heat is None)
        shown = watched.next_after(partial(ask, "nose"))
        assert shown.number == 0 and shown.heat is not None and shown.heat.peak_name == "nose"
        shown = watched.next_after(partial(ask, "left_knee"))
        assert shown.heat is not None and not shown.heat.peak_name  # none of that joint is on the tape
        assert watched.next_after(partial(ask, None)).heat is None
    assert sent == []


def test_a_tape_without_says_so(tmp_path: Path) -> None:
    sent: list[object] = []
    with Replay(EngineOptions(str(made.tape(tmp_path / "t.mcap", 3)))) as replay:
        assert not replay.backend.has_heat_maps
        assert move(replay, messages.Heat("nose", *GRID), sent.append)
        assert replay.heat is None
    (said,) = sent
    assert isinstance(said, messages.Refused) and "no heat maps" in said.title
