"""What is made of a picture in advance changes nothing but the time it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from posetui.backends.base import BackendOptions, Estimate, Preparing
from posetui.backends.opening import open_backend
from posetui.pose.frame import Image
from tests.backends.clip_frames import frames

PREPARING = ("mediapipe:lite", "movenet", "openpose", "topdown")


def _estimates(name: str, images: tuple[Image, ...], *, ahead: bool) -> list[Estimate]:
    backend = open_backend(name, BackendOptions(max_people=2, detail="low"))
    assert isinstance(backend, Preparing)
    try:
        with ThreadPoolExecutor(2) as pool:  # as the engine does: two at a time, while others are estimated
            made = [pool.submit(backend.prepare, image) if ahead else None for image in images]
            return [
                backend.estimate(image, number / 30, prepared=one.result() if one else None)
                for number, (image, one) in enumerate(zip(images, made, strict=True))
            ]
    finally:
        backend.close()


@pytest.mark.parametrize("name", PREPARING)
def test_prepared_pictures_give_the_same_poses(name: str) -> None:
    images = frames("demo.mp4", 4)
    for plain, prepared in zip(
        _estimates(name, images, ahead=False), _estimates(name, images, ahead=True), strict=True
    ):
        assert plain.poses
        for one, other in zip(plain.poses, prepared.poses, strict=True):
            np.testing.assert_array_equal(one.keypoints, other.keypoints)
            assert one.score == other.score


@pytest.mark.parametrize("name", ["blazepose:lite", "movenet:lightning"])
def test_who_looks_where_somebody_was_prepares_nothing(name: str) -> None:
    backend = open_backend(name, BackendOptions())
    assert not isinstance(backend, Preparing)
    backend.close()
