"""The topdown backend with its networks, on what ships."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from posetui.backends.base import BackendOptions, Detail, Refine
from posetui.backends.opening import open_backend
from posetui.backends.topdown.backend import TopDown
from posetui.paths import clips_dir
from posetui.pose.frame import Image
from posetui.pose.skeletons import COCO_17


def frames(name: str, every: int, most: int) -> list[Image]:
    """Return frames of a clip that ships, 720 pixels on the shorter side."""
    import cv2

    clip = cv2.VideoCapture(str(clips_dir() / name))
    taken: list[Image] = []
    index = 0
    while len(taken) < most and clip.grab():
        if index % every == 0:
            _, image = clip.retrieve()
            scale = 720 / min(image.shape[:2])
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            taken.append(np.asarray(small, dtype=np.uint8))
        index += 1
    assert taken
    return taken


@pytest.fixture(scope="module")
def demo() -> list[Image]:
    return frames("demo.mp4", 20, 12)


@pytest.fixture(scope="module")
def auto() -> Iterator[TopDown]:
    backend = TopDown("", BackendOptions(refine="auto"))
    yield backend
    backend.close()
    backend.close()


def test_people_are_found_where_movenet_finds_them(auto: TopDown, demo: list[Image]) -> None:
    movenet = open_backend("movenet", BackendOptions())
    ours = theirs = 0
    for index, image in enumerate(demo):
        ours += bool(auto.estimate(image, index / 3).poses)
        theirs += bool(movenet.estimate(image, index / 3).poses)
    movenet.close()
    assert theirs > 0
    assert ours >= theirs


def test_an_unrelated_picture_is_seen_as_by_a_fresh_backend(auto: TopDown, demo: list[Image]) -> None:
    other = np.ascontiguousarray(frames("demo_single.mp4", 1, 1)[0].transpose(1, 0, 2)[: demo[0].shape[0]])
    other = np.ascontiguousarray(np.resize(other, demo[0].shape))
    for seconds in (500.0, 500.03):
        auto.estimate(demo[0], seconds)
    used = auto.estimate(other, 500.07)
    fresh_one = TopDown("", BackendOptions(refine="auto"))
    fresh = fresh_one.estimate(other, 0.0)
    fresh_one.close()
    assert [pose.score for pose in used.poses] == [pose.score for pose in fresh.poses]
    for one, two in zip(used.poses, fresh.poses, strict=True):
        assert (one.keypoints == two.keypoints).all()


def test_stills_in_any_order_give_the_same_people(auto: TopDown, demo: list[Image]) -> None:
    there = [auto.estimate(image, 1000.0 + 10 * i).poses for i, image in enumerate(demo[:3])]
    back = [auto.estimate(image, 2000.0 + 10 * i).poses for i, image in enumerate(demo[2::-1])][::-1]
    for one, two in zip(there, back, strict=True):
        assert [pose.keypoints.tolist() for pose in one] == [pose.keypoints.tolist() for pose in two]


def test_heat_maps_of_the_picture_and_of_everybody_looked_at(auto: TopDown, demo: list[Image]) -> None:
    estimate = auto.estimate(demo[0], 3000.0, heat_maps=True)
    assert estimate.heat_maps is not None
    assert estimate.heat_maps.names == COCO_17.joints
    patches = estimate.heat_maps.patches
    assert len(patches) > len(estimate.poses) >= 1
    for patch in patches:
        assert patch.values.shape[0] == 17
        assert patch.values.dtype == np.float32
        assert 0 <= patch.values.min() <= patch.values.max() <= 1
    nose = next(pose.keypoints[0] for pose in estimate.poses if pose.keypoints[0, 2] > 0.4)
    peaks = []
    for patch in patches:
        row, column = np.unravel_index(patch.values[0].argmax(), patch.values[0].shape)
        peaks.append(patch.to_image @ (float(column), float(row), 1.0))
    away = min(float(np.hypot(*(peak - nose[:2]))) for peak in peaks)
    assert away < 0.03 * max(demo[0].shape)
    assert auto.estimate(demo[0], 4000.0).heat_maps is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (6000, 8000), (37, 53)])
def test_odd_pictures_do_no_harm(auto: TopDown, shape: tuple[int, int]) -> None:
    estimate = auto.estimate(np.full((*shape, 3), 127, np.uint8), 5000.0)
    assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
    assert all(value >= 0 for value in estimate.timings.values())


@pytest.mark.parametrize(
    ("detail", "refine"), [("low", "thunder"), ("medium", "blazepose"), ("high", "none"), ("high", "auto")]
)
def test_every_setting_finds_the_people(demo: list[Image], detail: Detail, refine: Refine) -> None:
    backend = open_backend("topdown", BackendOptions(detail=detail, refine=refine, max_people=2))
    found = [len(backend.estimate(image, index / 30).poses) for index, image in enumerate(demo[:3])]
    backend.close()
    assert max(found) >= 1
    assert max(found) <= 2
    assert backend.name == "topdown"
    assert backend.skeleton is COCO_17


def test_all_three_people_of_the_clip_are_there_from_the_first_frame() -> None:
    backend = TopDown("", BackendOptions(max_people=4))
    counts = [
        len(backend.estimate(image, index / 30).poses)
        for index, image in enumerate(frames("demo.mp4", 1, 16))
    ]
    backend.close()
    assert counts == [3] * len(counts)
