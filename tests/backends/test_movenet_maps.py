"""People of MoveNet's maps, against a slow reference and against the network's own list."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from posetui.backends.base import Float
from posetui.backends.movenet.centres import NEIGHBOURS, SEEN, SPREAD, Maps, decode_maps, maps_of, peaks
from posetui.backends.movenet.multi import MultiPose, Sight
from posetui.backends.movenet.people import distinct, from_unit
from posetui.backends.movenet.picture import Picture
from posetui.backends.network import Network
from posetui.pose.frame import Image, Keypoints
from posetui.weights import weight_path
from tests.backends.clip_frames import frames


@pytest.fixture(scope="module")
def multi() -> Iterator[MultiPose]:
    opened = MultiPose()
    yield opened
    opened.close()


def crowd() -> Image:
    """Return a landscape picture of the walking man ten times."""
    return np.tile(cv2.resize(frames("demo_single.mp4", 1)[0], (270, 480)), (2, 5, 1))


def seen(multi: MultiPose, image: Image, longer: int) -> Sight:
    return multi.see(multi.prepare(image, longer))


def slow_joint(maps: Maps, joint: int, guess: Float, spread: float) -> tuple[float, float, float]:
    """Return x, y in pixels of the picture and the confidence: every cell of the map is weighed."""
    best, where = -1.0, (0, 0)
    height, width = maps.centers.shape
    for row in range(height):
        for column in range(width):
            squared = (row - guess[0]) ** 2 + (column - guess[1]) ** 2
            value = float(maps.heat[row, column, joint]) * math.exp(-squared / spread**2)
            if value > best:
                best, where = value, (row, column)
    y, x = maps.offsets[where][joint]
    return 4 * (where[1] + x), 4 * (where[0] + y), best


def slow_people(maps: Maps, least: float) -> list[tuple[float, list[tuple[float, float, float]]]]:
    """Return the score and the joints of everybody, best first."""
    people = []
    for row, column in slow_peaks(maps.centers, least):
        size = math.sqrt(max(maps.boxes[row, column, 0], 1) * max(maps.boxes[row, column, 1], 1))
        joints = [
            slow_joint(maps, j, maps.guesses[row, column, j] + (row, column), SPREAD * size)
            for j in range(17)
        ]
        sure = [joint[2] for joint in joints if joint[2] > SEEN]
        score = float(maps.centers[row, column]) * sum(sure) / max(len(sure), 1)
        people.append((score, joints))
    return sorted((one for one in people if one[0] >= least), key=lambda one: -one[0])


def slow_peaks(centers: Float, least: float) -> list[tuple[int, int]]:
    """Return the cells that no cell around them exceeds, highest first."""
    found = []
    height, width = centers.shape
    for row in range(height):
        for column in range(width):
            rows = range(max(0, row - NEIGHBOURS), min(height, row + NEIGHBOURS + 1))
            columns = range(max(0, column - NEIGHBOURS), min(width, column + NEIGHBOURS + 1))
            highest = max(centers[r, c] for r in rows for c in columns)
            if centers[row, column] >= max(highest, least):
                found.append((row, column))
    return sorted(found, key=lambda cell: -centers[cell])


def random_maps(seed: int, height: int, width: int) -> Maps:
    random = np.random.default_rng(seed)

    def some(*shape: int) -> Float:
        return random.random((height, width, *shape), dtype=np.float32)

    return Maps(some() ** 8, some(17) ** 4, some(17, 2) * 24 - 12, some(17, 2), some(2) * 30)


def compare(maps: Maps, least: float, most: int = 100) -> int:
    """Hold the decoder to the reference; return how many people there are."""
    points, scores = decode_maps(maps, least, most)
    expected = slow_people(maps, least)
    assert len(points) == len(scores) == len(expected)
    for person, score, (slow_score, joints) in zip(points, scores, expected, strict=True):
        # Joints so weak that they are out of reach do not count for the score either.
        assert score == pytest.approx(slow_score, abs=1e-3)
        for joint, (x, y, confidence) in zip(person, joints, strict=True):
            if confidence > 0.05:
                assert joint == pytest.approx([x, y, confidence], abs=1e-3)
    return len(points)


@pytest.mark.parametrize("longer", [192, 256])
def test_people_are_those_of_the_reference(multi: MultiPose, longer: int) -> None:
    for image in frames("demo.mp4", 3, 20)[:2]:
        assert compare(maps_of(seen(multi, image, longer).outputs), 0.12) >= 2


@pytest.mark.parametrize(("height", "width"), [(8, 8), (8, 24), (24, 16)])
def test_any_maps_decode_like_the_reference(height: int, width: int) -> None:
    assert compare(random_maps(height + width, height, width), 0.02) >= 2


def near(listed: npt.NDArray[np.float32], points: Keypoints, size: tuple[int, int]) -> float:
    """Return how far, in pixels, the sure joints of a listed person lie from those of the nearest found."""
    joints = listed[:51].reshape(17, 3)
    there = joints[:, [1, 0]] * size
    sure = joints[:, 2] > 0.3
    distances = np.linalg.norm(points[:, sure, :2] - there[sure], axis=-1)
    return float(np.median(distances, axis=1).min(initial=np.inf))


def test_everybody_in_the_networks_own_list_is_found(multi: MultiPose) -> None:
    listed = 0
    whole = Network(weight_path("movenet_multipose_lightning"))
    assert whole.outputs[0].name == "people"
    for image in (*frames("demo.mp4", 3, 20), *frames("demo_single.mp4", 3, 10), crowd()):
        given = multi.prepare(image, 256)
        points, _ = decode_maps(maps_of(multi.see(given).outputs), 0.1, 20)
        people = whole.run(given.values)[0]
        for person in people[0]:
            if person[55] >= 0.2:
                listed += 1
                assert near(person, points, given.box) < 1
    assert listed >= 12


def test_more_than_the_six_of_the_list_are_found() -> None:
    multi = MultiPose("high")
    points, scores = multi.find(crowd())
    multi.max_people = 4
    few, few_scores = multi.find(crowd())
    multi.close()
    assert len(points) == 10
    assert sorted(scores, reverse=True) == scores.tolist()
    # One in each part of the picture.
    middles = points[:, [5, 6, 11, 12], :2].mean(axis=1)
    assert len({(int(x // 270), int(y // 480)) for x, y in middles}) == 10
    np.testing.assert_array_equal(few, points[:4])
    np.testing.assert_array_equal(few_scores, scores[:4])


@pytest.mark.parametrize("least", [0.0, 0.3])
def test_peaks_are_those_of_the_reference(least: float) -> None:
    centers = np.random.default_rng(7).integers(0, 40, (17, 23)).astype(np.float32) / np.float32(40)
    rows, columns = peaks(centers, least, 1000)
    found = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert found == slow_peaks(centers, least)
    rows, columns = peaks(centers, least, 3)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == found[:3]


def person(x: float, y: float) -> Keypoints:
    """Return seventeen sure joints spread over 40 by 80 pixels."""
    joints = np.arange(17)
    return np.stack([x + joints % 5 * 10, y + joints // 4 * 20, np.ones(17)], axis=1).astype(np.float32)


def test_a_person_found_twice_is_kept_once() -> None:
    people = np.stack([person(100, 100), person(102, 99), person(150, 100), person(151, 101)])
    assert distinct(people, 0.5) == [0, 2]
    assert distinct(people[[0, 2]], 0.5) == [0, 1]
    assert distinct(people[:0], 0.5) == []


def test_unit_coordinates_become_pixels_of_the_image() -> None:
    values = np.zeros((1, 160, 256, 3), np.int32)
    given = Picture(values, (256, 160), np.array([[5.0, 0.0, -10.0], [0.0, 5.0, 20.0]]))
    points = from_unit(np.array([[0.5, 0.25, 0.9], [1.0, 0.0, 1.5]], np.float32), given)
    np.testing.assert_allclose(points, np.array([[310, 420, 0.9], [-10, 820, 1]]), rtol=1e-6)
