"""What is made of the networks' outputs, against plain loops over the same outputs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posetui.backends import framing
from posetui.backends.base import Float
from posetui.backends.blazepose import anchors as places
from posetui.backends.blazepose import landmarks
from posetui.backends.blazepose.detector import Detections, Detector, blend, decode
from posetui.backends.blazepose.landmarker import Landmarker, sample
from posetui.backends.blazepose.roi import Roi, from_points
from posetui.pose.frame import Image
from tests.backends.clip_frames import frames


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def plain_anchors() -> list[tuple[float, float]]:
    found = []
    for stride, times in ((8, 2), (16, 2), (32, 6)):
        for row in range(224 // stride):
            for column in range(224 // stride):
                found += [((column + 0.5) * stride, (row + 0.5) * stride)] * times
    return found


def plain_people(boxes: Float, scores: Float) -> list[tuple[float, list[float]]]:
    """Return score and 12 numbers (corners, four points) of each person, by the book."""
    candidates = []
    for (x, y), raw, logit in zip(plain_anchors(), boxes.tolist(), scores[:, 0].tolist(), strict=True):
        if logistic(logit) >= 0.3:
            cx, cy, w, h = raw[0] + x, raw[1] + y, raw[2], raw[3]
            points = [value + (x, y)[i % 2] for i, value in enumerate(raw[4:])]
            candidates.append((logistic(logit), [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, *points]))
    candidates.sort(key=lambda one: -one[0])
    people = []
    while candidates:
        best = candidates[0]
        same = [one for one in candidates if one is best or plain_iou(one[1], best[1]) > 0.3]
        candidates = [one for one in candidates if not any(one is other for other in same)]
        total = sum(score for score, _ in same)
        mean = [sum(score * one[i] for score, one in same) / total for i in range(12)]
        people.append((best[0], mean))
    return people


def plain_iou(a: list[float], b: list[float]) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (areas - width * height)


def plain_landmarks(raw: Float, maps: Float) -> list[list[float]]:
    """Return 39 x (x, y, z, visibility, presence), refined cell by cell."""
    found = []
    for index in range(39):
        x, y, z, visibility, presence = raw[5 * index : 5 * index + 5].tolist()
        column, row = math.floor(x / 4), math.floor(y / 4)
        if 0 <= column < 64 and 0 <= row < 64:
            total = sum_x = sum_y = highest = 0.0
            for r in range(max(0, row - 3), min(64, row + 4)):
                for c in range(max(0, column - 3), min(64, column + 4)):
                    weight = logistic(float(maps[r, c, index]))
                    total, highest = total + weight, max(highest, weight)
                    sum_x, sum_y = sum_x + weight * c, sum_y + weight * r
            if highest >= 0.5:
                x, y = sum_x / total * 4, sum_y / total * 4
        found.append([x, y, z, logistic(visibility), logistic(presence)])
    return found


@pytest.fixture(scope="module")
def detector_outputs() -> list[tuple[Float, Float]]:
    network = Detector("cpu").network
    outputs = []
    for image in (*frames("demo.mp4", 4, 20), *frames("demo_single.mp4", 2, 30)):
        affine = framing.letterbox((image.shape[1], image.shape[0]), (224, 224))
        picture = framing.sample(image, affine, (224, 224))[None, :, :, ::-1].astype(np.float32)
        boxes, scores = network.run(picture / np.float32(127.5) - 1)
        outputs.append((boxes[0], scores[0]))
    return outputs


def test_anchors_lie_where_a_plain_loop_puts_them() -> None:
    assert places.anchors().tolist() == [list(point) for point in plain_anchors()]
    assert places.anchors().shape == (2254, 2)


def test_people_are_decoded_as_by_the_book(detector_outputs: list[tuple[Float, Float]]) -> None:
    seen = 0
    for boxes, scores in detector_outputs:
        found, wanted = blend(decode(boxes, scores)), plain_people(boxes, scores)
        assert len(found.scores) == len(wanted)
        for box, points, score, (right_score, right) in zip(
            found.boxes, found.points, found.scores, wanted, strict=True
        ):
            assert score == pytest.approx(right_score, abs=1e-5)
            assert np.concatenate([box, points.ravel()]) == pytest.approx(right, abs=1e-2)
            seen += 1
    assert seen >= 8


def test_the_detector_gives_pixels_of_the_image(detector_outputs: list[tuple[Float, Float]]) -> None:
    image = frames("demo_single.mp4", 2, 30)[1]
    found = Detector("cpu").find(image)
    score, numbers = plain_people(*detector_outputs[-1])[0]
    height, width, _ = image.shape
    scale = 224 / max(width, height)
    hip = (
        (numbers[4] - (224 - width * scale) / 2) / scale,
        (numbers[5] - (224 - height * scale) / 2) / scale,
    )
    assert found.scores[0] == pytest.approx(score, abs=0.02)
    assert found.points[0, 0] == pytest.approx(hip, abs=1)


def test_nobody_is_no_special_case() -> None:
    nobody = blend(decode(np.zeros((2254, 12), np.float32), np.full((2254, 1), -90, np.float32)))
    assert nobody.boxes.shape == (0, 4)
    assert nobody.points.shape == (0, 4, 2)
    assert nobody.scores.shape == (0,)


def test_boxes_without_area_stay_apart_and_end() -> None:
    boxes = np.array([[5, 5, 5, 5], [5, 5, 5, 5]], np.float32)
    found = blend(Detections(boxes, np.zeros((2, 4, 2), np.float32), np.array([0.9, 0.8], np.float32)))
    assert found.scores == pytest.approx([0.9, 0.8])


@pytest.mark.parametrize("variant", ["lite", "full", "heavy"])
def test_landmarks_are_decoded_as_by_the_book(variant: str) -> None:
    landmarker = Landmarker(variant, "cpu")
    names = [port.name for port in landmarker.network.outputs]
    moved = 0
    for image in frames("demo_single.mp4", 2, 30):
        for region in regions(image):
            picture = sample(image, region.affine)[None, :, :, ::-1].astype(np.float32) / np.float32(255)
            outputs = dict(zip(names, landmarker.network.run(picture), strict=True))
            raw, maps = outputs["landmarks"][0], outputs["heatmaps"][0]
            points = landmarks.decode(outputs["landmarks"])
            refined = landmarks.refine(points, maps)
            assert refined == pytest.approx(np.array(plain_landmarks(raw, maps)), abs=1e-2)
            moved += int((refined != points).any(axis=1).sum())
    assert moved > 60


def regions(image: Image) -> list[Roi]:
    """Return where the person is, and a region that cuts the person off: landmarks leave their maps."""
    found = from_points(Detector("cpu").find(image).points[0, :2])
    assert found is not None
    return [found, Roi(found.centre, found.side / 4, found.angle + 1)]


def test_a_landmark_outside_its_map_stays() -> None:
    points = np.full((39, 5), 300, np.float32)
    points[0] = (-1e9, 5, 0, 1, 1)
    points[1] = (100, 50, 0, 1, 1)
    refined = landmarks.refine(points, np.full((64, 64, 39), 5, np.float32))
    assert (refined[[0, 2]] == points[[0, 2]]).all()
    assert refined[1, :2] == pytest.approx((100, 48))


def test_confidence_is_visibility_and_outside_the_picture_presence_too() -> None:
    points = np.tile(np.array([10, 20, 0, 0.8, 0.5], np.float32), (39, 1))
    points[3, 0] = 200
    found = landmarks.keypoints(points, np.array([[1.0, 0, 0], [0, 1.0, 0]]), (100, 50))
    assert found.shape == (33, 3)
    assert found[0] == pytest.approx((10, 20, 0.8))
    assert found[3] == pytest.approx((200, 20, 0.4))


def test_huge_logits_saturate() -> None:
    assert landmarks.sigmoid(np.array([-1e30, 0, 1e30], np.float32)) == pytest.approx([0, 0.5, 1])
