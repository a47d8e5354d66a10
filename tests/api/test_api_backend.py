"""`posetui.backend`: pictures by themselves, and `posetui.evaluate` of what was found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import posetui
from posetui.pose.frame import Image
from posetui.pose.similarity import oks
from posetui.sources.base import SourceOptions
from posetui.sources.opening import open_source
from tests.tapes.made import tape


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Return the clip's picture after a second."""
    source = open_source("demo:single", SourceOptions(start=1.0))
    frame = source.read()
    assert frame is not None
    yield frame.image
    source.close()


@pytest.mark.parametrize("name", ["mediapipe:lite", "movenet:lightning", "blazepose:lite"])
def test_a_picture_is_a_scene_of_its_own(name: str, image: Image) -> None:
    with posetui.backend(name) as network:
        first = network.estimate(image)
        away = network.estimate(np.ascontiguousarray(np.roll(image, image.shape[1] // 3, axis=1)))
        again = network.estimate(image)
    assert (first.index, away.index, again.index) == (0, 1, 2)
    assert first.size == (image.shape[1], image.shape[0])
    assert first.skeleton == network.skeleton.name
    assert len(first.poses) == 1
    np.testing.assert_array_equal(first.poses[0].keypoints, again.poses[0].keypoints)
    assert first.timings["infer"] > 0


def test_pictures_that_follow_each_other_may_be_told_so(image: Image) -> None:
    with posetui.backend("mediapipe:lite") as network:
        frames = [network.estimate(image, seconds=place / 25) for place in range(3)]
        alone = network.estimate(image)
    assert [frame.pts for frame in frames] == [0, 0.04, 0.08]
    followed, seen = (np.array([one.poses[0].keypoints]) for one in (frames[-1], alone))
    assert oks(followed, seen, network.skeleton.sigmas)[0, 0] > 0.9


def test_heat_is_as_large_as_the_picture(image: Image) -> None:
    with posetui.backend("openpose", detail="low") as network:
        nose, every = network.heat_map(image, "nose"), network.heat_map(image)
        [pose] = network.estimate(image).poses[:1]
        with pytest.raises(posetui.BackendError, match="no heat map of 'tail'"):
            network.heat_map(image, "tail")
    assert nose.shape == every.shape == image.shape[:2]
    assert nose.dtype == np.float32
    assert 0 <= nose.min() < 0.05 < 0.3 < nose.max() <= every.max() <= 1
    y, x = np.unravel_index(nose.argmax(), nose.shape)
    there = pose.keypoints[network.skeleton.index("nose"), :2]
    assert np.hypot(x - there[0], y - there[1]) < 0.05 * max(image.shape)
    with (
        posetui.backend("mediapipe:lite") as network,
        pytest.raises(posetui.BackendError, match="no heat maps"),
    ):
        network.heat_map(image)


def test_what_is_no_picture_is_refused(image: Image) -> None:
    network = posetui.backend("movenet:lightning")
    wrong: list[Any] = [image[..., 0], image.astype(np.float32), image[:0]]
    for one in wrong:
        with pytest.raises(ValueError, match="an image is uint8"):
            network.estimate(one)
    network.close()
    network.close()
    with pytest.raises(ValueError, match="closed"):
        network.estimate(image)
    with pytest.raises(posetui.SettingsError, match="max_people must be"):
        posetui.backend("movenet", max_people=99)


def test_frames_are_evaluated_as_they_are(tmp_path: Path) -> None:
    path = tape(tmp_path / "run.mcap", frames=20, people=2)
    with posetui.open(path) as stream:
        frames = list(stream)
    found = posetui.evaluate({"whole": frames, "file": path}, truth=frames, samples=20)
    assert found.truth == "truth"
    assert [result.name for result in found.results] == ["whole", "file"]
    pck = found["whole"].numbers["pck"]
    assert pck.value == 100
    assert pck.interval == posetui.Interval(100, 100)
    assert found["whole"].numbers["hota"].value == 1
    assert not found.differences["whole", "file", "pck"].significant
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["tapes"][1]["tape"] == "file"
    assert plain["tapes"][0]["numbers"]["pck"] == {"value": 100, "interval": [100, 100]}
    with pytest.raises(KeyError):
        found["other"]


def test_paths_are_named_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    paths = [tape(tmp_path / name, frames=5, people=1) for name in ("run.mcap", "other/run.mcap", "a.mcap")]
    found = posetui.evaluate(paths, paths[0], samples=20)
    assert [result.name for result in found.results] == [str(paths[0]), str(paths[1]), "a.mcap"]
    assert posetui.evaluate(str(paths[0]), paths[0], samples=20)["run.mcap"].numbers["pck"].value == 100
    for tapes, said in (([], "nothing to evaluate"), ([paths[0]] * 2, "are the same")):
        with pytest.raises(posetui.EvaluationError, match=said):
            posetui.evaluate(tapes, paths[0])
    with pytest.raises(posetui.EvaluationError, match="too few"):
        posetui.evaluate(paths[0], paths[0], samples=3)
