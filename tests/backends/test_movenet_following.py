"""The square that the single-person networks follow a person with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from posetui.backends.base import BackendOptions
from posetui.backends.framing import apply
from posetui.backends.mediapipe import MediaPipe
from posetui.backends.movenet.backend import OnePerson
from posetui.backends.movenet.following import SURE, Square, next_square, view
from posetui.backends.movenet.single import Single
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from tests.backends.clip_frames import frames

SHOULDERS, HIPS = (5, 6), (11, 12)


@pytest.fixture(params=["lightning", "thunder"])
def backend(request: pytest.FixtureRequest) -> Iterator[OnePerson]:
    opened = OnePerson(request.param, BackendOptions())
    yield opened
    opened.close()


def standing(x: float, y: float, height: float) -> Keypoints:
    """Return a sure, upright person whose hips are at a point."""
    points = np.zeros((17, 3), np.float32)
    up = [-0.45] * 5 + [-0.3] * 2 + [-0.15] * 2 + [0.0] * 4 + [0.25] * 2 + [0.5] * 2
    for joint in range(17):
        points[joint] = (x + (0.1 if joint % 2 else -0.1) * height, y + up[joint] * height, 0.9)
    return points


def slow_square(points: Keypoints, width: int, height: int) -> Square | None:
    """Follow the description of the crop region, joint by joint."""
    sure = [j for j in range(17) if points[j, 2] >= SURE]
    if not any(j in sure for j in SHOULDERS) or not any(j in sure for j in HIPS):
        return None
    x, y = (points[11, 0] + points[12, 0]) / 2, (points[11, 1] + points[12, 1]) / 2
    torso = max(max(abs(points[j, 0] - x), abs(points[j, 1] - y)) for j in SHOULDERS + HIPS)
    body = max(max(abs(points[j, 0] - x), abs(points[j, 1] - y)) for j in sure)
    half = min(max(torso * 1.9, body * 1.2), max(x, y, width - x, height - y))
    return Square(x, y, 2 * half) if half <= max(width, height) / 2 else None


def test_the_square_is_that_of_the_description() -> None:
    random = np.random.default_rng(3)
    kinds = {None: 0, Square: 0}
    for _ in range(300):
        points = standing(*random.uniform((0, 0, 40), (640, 360, 500)))
        points[:, :2] += random.normal(0, 10, (17, 2))
        points[:, 2] = random.choice([0.05, 0.9], 17, p=[0.3, 0.7])
        square, expected = next_square(points, (640, 360)), slow_square(points, 640, 360)
        kinds[None if square is None else Square] += 1
        if square is None or expected is None:
            assert square is expected
            continue
        values, wanted = (square.x, square.y, square.side), (expected.x, expected.y, expected.side)
        assert values == pytest.approx(wanted, rel=1e-5)
    assert min(kinds.values()) > 30


def test_a_torso_is_needed() -> None:
    points = standing(300, 180, 200)
    assert next_square(points, (640, 360)) is not None
    for part in (SHOULDERS, HIPS):
        hidden = points.copy()
        hidden[list(part), 2] = 0.1
        assert next_square(hidden, (640, 360)) is None


def test_joints_all_in_one_place_make_no_square() -> None:
    points = np.tile(np.array([100, 100, 0.9], np.float32), (17, 1))
    assert next_square(points, (640, 360)) is None


def test_without_a_square_the_whole_picture_is_seen() -> None:
    corners = apply(view(None, (640, 360), (192, 192)), np.array([[0, 0], [640, 360]], np.float32))
    np.testing.assert_allclose(corners, [[0, 42], [192, 150]])
    square = Square(300, 100, 96).affine((192, 192))
    np.testing.assert_allclose(
        apply(square, np.array([[252, 52], [300, 100]], np.float32)), [[0, 0], [96, 96]]
    )


def test_the_square_follows_a_walking_person(backend: OnePerson) -> None:
    images = frames("demo_single.mp4", 20, 3)
    height, width = images[0].shape[:2]
    for number, image in enumerate(images):
        before = backend.square
        assert (before is None) == (number == 0)
        (pose,) = backend.estimate(image, number / 20).poses
        sure = pose.keypoints[pose.visible(0.5), :2]
        if before:
            # In the whole picture lightning is sure of four joints.
            assert len(sure) >= 9
            assert before.side < max(width, height) * 0.8
            assert np.abs(sure - (before.x, before.y)).max() <= before.side / 2


def test_a_lost_person_is_looked_for_in_the_whole_picture(backend: OnePerson) -> None:
    image = frames("demo_single.mp4", 20, 3)[0]
    first = backend.estimate(image, 0.0).poses[0]
    assert backend.square is not None
    assert backend.estimate(np.zeros_like(image), 0.1).poses == ()
    assert backend.square is None
    again = backend.estimate(image, 0.2).poses[0]
    np.testing.assert_array_equal(again.keypoints, first.keypoints)


def test_a_picture_of_another_size_starts_anew(backend: OnePerson) -> None:
    image = frames("demo_single.mp4", 20, 3)[0]
    turned = np.ascontiguousarray(image[300:1500, ::-1])
    alone = backend.estimate(turned, 0.0).poses[0]
    backend.estimate(image, 0.1)
    np.testing.assert_array_equal(backend.estimate(turned, 0.2).poses[0].keypoints, alone.keypoints)


def test_joints_are_where_mediapipe_sees_them(backend: OnePerson) -> None:
    other = MediaPipe("full", BackendOptions())
    distances: list[float] = []
    for number, image in enumerate(frames("demo_single.mp4", 20, 3)):
        ours = backend.estimate(image, number / 20).poses[0].keypoints
        theirs = convert(other.estimate(image, number / 20).poses[0].keypoints, BLAZEPOSE_33, COCO_17)
        shoulders, hips = (theirs[list(part), :2].mean(axis=0) for part in (SHOULDERS, HIPS))
        both = (theirs[:, 2] > 0.5) & (ours[:, 2] > 0.3)
        away = np.linalg.norm(theirs[both, :2] - ours[both, :2], axis=1)
        distances.extend((away / np.linalg.norm(shoulders - hips)).tolist())
    other.close()
    assert len(distances) > 200
    # Measured: 5% of the torso with thunder, 6% with lightning.
    assert np.median(distances) < 0.09


def test_many_crops_at_once_are_each_in_pixels_of_the_image() -> None:
    image = frames("demo_single.mp4", 20, 3)[0]
    single = Single("thunder")
    whole = single.look(image, [view(None, (image.shape[1], image.shape[0]), single.box)])[0]
    square = next_square(whole, (image.shape[1], image.shape[0]))
    assert square is not None
    crops = [Square(square.x + dx, square.y, square.side).affine(single.box) for dx in (-40, 0, 40)]
    points = single.look(image, crops)
    assert points.shape == (3, 17, 3)
    assert single.look(image, []).shape == (0, 17, 3)
    single.close()
    sure = (points[..., 2] > 0.5).all(axis=0)
    assert sure.sum() >= 9
    spread = np.ptp(points[:, sure, :2], axis=0).max(axis=1)
    assert np.median(spread) < 0.02 * square.side
