"""COCO: what pycocotools makes of it, and what comes back."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes.formats import coco, coco_reading
from posetui.tapes.formats.exchange import ImageFacts, Imported, ImportOptions, facts_of
from tests.tapes.formats_frames import (
    FPS,
    SIZE,
    assert_same_poses,
    export_of,
    frame_of,
    frames_of,
    recordings,
    standing,
)

OPTIONS = ImportOptions(fps=FPS)
DATA = Path(__file__).parent / "data"


def evaluate(truth: Path, results: Path) -> list[float]:
    """COCO's ten figures."""
    pycoco: Any = import_module("pycocotools.coco")
    pycocoeval: Any = import_module("pycocotools.cocoeval")
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = pycoco.COCO(str(truth))
        judge = pycocoeval.COCOeval(loaded, loaded.loadRes(str(results)), "keypoints")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return [float(value) for value in judge.stats]


def a_crowd() -> list[PoseFrame]:
    """Ten frames of one to three people, some with joints missing, of which some are tracked."""
    random = np.random.default_rng(5)
    frames = []
    for index in range(10):
        poses = []
        for person in range(1 + index % 3):
            points = standing(x=100 + 300 * person).keypoints.copy()
            points[:, :2] += random.normal(0, 6, (17, 2))
            points[random.random(17) < 0.2] = 0
            poses.append(Pose(points, 0.5 + 0.1 * person, person if person else None))
        frames.append(frame_of(index * 3, poses))
    return frames


def test_a_tape_against_itself_is_perfect(tmp_path: Path) -> None:
    frames = a_crowd()
    coco.write_truth(frames, export_of(), tmp_path / "truth.json")
    coco.write_results(frames, export_of(), tmp_path / "results.json")
    stats = evaluate(tmp_path / "truth.json", tmp_path / "results.json")
    assert [stats[0], stats[1], stats[2], stats[5]] == pytest.approx([1, 1, 1, 1])


def test_somebody_who_is_missed_costs_recall(tmp_path: Path) -> None:
    frames = a_crowd()
    coco.write_truth(frames, export_of(), tmp_path / "truth.json")
    fewer = [replace(frame, poses=frame.poses[:1]) for frame in frames]
    coco.write_results(fewer, export_of(), tmp_path / "results.json")
    assert evaluate(tmp_path / "truth.json", tmp_path / "results.json")[5] == pytest.approx(10 / 19)


@settings(deadline=None, max_examples=20)
@given(recordings())
def test_results_come_back(tmp_path_factory: pytest.TempPathFactory, frames: list[PoseFrame]) -> None:
    path = tmp_path_factory.mktemp("coco") / "results.json"
    coco.write_results(frames, export_of(), path)
    found = frames_of(coco_reading.read_results(path, replace(OPTIONS, size=SIZE)).frames)
    expected = [frame for frame in frames if frame.poses]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.size == other.size
        assert_same_poses(one, other)


@settings(deadline=None, max_examples=20)
@given(recordings())
def test_truth_comes_back(tmp_path_factory: pytest.TempPathFactory, frames: list[PoseFrame]) -> None:
    path = tmp_path_factory.mktemp("coco") / "truth.json"
    coco.write_truth(frames, export_of(), path)
    found = coco_reading.read_truth(path, OPTIONS)
    assert found.header.skeletons.keys() == {"coco-17"}
    for one, other in zip(list(found.frames), frames, strict=True):
        assert one.facts is not None and one.facts.image_id == other.index
        assert one.frame.size == other.size
        assert_same_poses(one.frame, _as_truth(other), scores=False)


def _as_truth(frame: PoseFrame) -> PoseFrame:
    """What truth holds of a frame: visible, hidden and absent joints."""
    poses = []
    for pose in frame.poses:
        points = pose.keypoints.copy()
        points[:, 2] = np.where(points[:, 2] > 0.5, 1.0, np.where(points[:, 2] > 0, 0.5, 0.0))
        poses.append(Pose(points, 1.0, pose.track_id))
    return replace(frame, poses=tuple(poses))


# ---- a dataset, in and out again

DATASET: dict[str, Any] = {
    "info": {"description": "two pictures"},
    "images": [
        {"id": 785, "file_name": "000000000785.jpg", "width": 640, "height": 425},
        {"id": 139, "file_name": "000000000139.jpg", "width": 640, "height": 426},
    ],
    "annotations": [
        {
            "id": 442619,
            "image_id": 785,
            "category_id": 1,
            "iscrowd": 0,
            "area": 27789.11,
            "bbox": [280.79, 44.73, 218.7, 346.68],
            "num_keypoints": 2,
            "keypoints": [367, 81, 2, 374, 73, 1] + [0] * 45,
            "segmentation": [[1.5] * 100],
        },
        {
            "id": 900100785,
            "image_id": 785,
            "category_id": 1,
            "iscrowd": 1,
            "area": 500.0,
            "bbox": [1.0, 2.0, 30.0, 40.0],
            "num_keypoints": 0,
            "keypoints": [0] * 51,
        },
        {"id": 5, "image_id": 139, "category_id": 62, "bbox": [0, 0, 1, 1]},
    ],
    "categories": [coco.category(export_of().skeleton), {"id": 62, "name": "chair"}],
}


def read(tmp_path: Path, dataset: object) -> Imported:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(dataset), encoding="utf-8")
    return coco_reading.read_truth(path, OPTIONS)


def test_what_a_dataset_says_is_kept(tmp_path: Path) -> None:
    imported = read(tmp_path, DATASET)
    assert imported.header.source_kind == "coco-truth" and imported.header.backend == "truth"
    assert imported.header.size == (640, 426) and imported.header.note == "two pictures"
    first, second = imported.frames
    assert (first.frame.size, second.frame.size) == ((640, 425), (640, 426))
    assert first.frame.poses[0].keypoints[:3].tolist() == [[367, 81, 1], [374, 73, 0.5], [0, 0, 0]]
    assert second.frame.poses == ()
    assert first.facts is not None
    assert first.facts.people[0]["area"] == 27789.11 and first.facts.ignored[0]["iscrowd"] == 1


def test_a_dataset_goes_out_as_it_came_in(tmp_path: Path) -> None:
    listed = list(read(tmp_path, DATASET).frames)
    events = [one.facts.event(one.frame) for one in listed if one.facts]
    export = replace(export_of(), facts=facts_of(events))
    coco.write_truth([one.frame for one in listed], export, tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    assert again["images"] == DATASET["images"]
    for found, given_one in zip(again["annotations"], DATASET["annotations"][:2], strict=True):
        for key in ("id", "image_id", "iscrowd", "area", "bbox", "num_keypoints", "keypoints"):
            assert found[key] == given_one[key], key


def test_new_people_get_numbers_of_their_own(tmp_path: Path) -> None:
    facts = {0: ImageFacts("a.jpg", 7, ({"id": 12},)), 1: ImageFacts("b.jpg", 8, ({"id": 1}, {"id": 2}))}
    export = replace(export_of(), facts=facts)
    frames = [frame_of(0, [standing()]), frame_of(1, [standing()]), frame_of(2, [standing()])]
    coco.write_truth(frames, export, tmp_path / "truth.json")
    written = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in written["annotations"]] == [12, 14, 15]
    assert [one["id"] for one in written["images"]] == [7, 8, 2]


# ---- bad files

BAD = [
    (
        '{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [1, 2]}]}',
        "annotations[0].keypoints holds 2",
    ),
    (
        '{"images": [{"id": 1}], "annotations": [{"image_id": 2, "keypoints": [1, 2, 2]}]}',
        "image 2, which it does not list",
    ),
    (
        '{"images": [{"id": 1}], "annotations": [{"keypoints": [1, 2, 2]}]}',
        "annotations[0] has no 'image_id'",
    ),
    ('{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [1, 2, 7]}]}', "not 0, 1 or 2"),
    (
        '{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [1, 1e99, 2]}]}',
        "no place in a picture",
    ),
    (
        '{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [NaN, 1, 2]}]}',
        "NaN is no number of JSON",
    ),
    ('{"images": [{"id": 1}, {"id": 1}]}', "images[1] has the number 1 of another"),
    ('{"images": [{"id": 1, "width": -4, "height": 3}]}', "images[0].width is no side of a picture"),
    ('{"images": [{"id": "1"}]}', "images[0].id is not a whole number"),
    ('{"images": [{"id": true}]}', "images[0].id is not a whole number"),
    ('{"images": {"id": 1}}', "images is not a list"),
    (
        '{"images": [{"id": 1}], "categories": [{"id": 1, "keypoints": ["nose", "nose"]}]}',
        "categories[0].keypoints",
    ),
    ('{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [1, 2, 2]}]}', "coco-17 has 17"),
    ('{"categories": [{"id": 1, "keypoints": ["' + "x" * 101 + '"]}]}', "1 to 100 characters"),
    ('{"categories": [{"id": 1, "keypoints": ["\\u001b[2J"]}]}', "that can be printed"),
    ('{"images": [{"id": 1000000000000001}]}', "images[0].id is not a whole number"),
    ("{}", "lists no images"),
    ("[]", "lists no images"),
    ("", "line 1"),
    ("nonsense", "line 1"),
    ('{"images": [{"id": 1},\n\n{"id" 2}]}', "line 3"),
    ('{"images": [{"id": 1}', "ends in the middle"),
    ('{"images": [{"id": 1}]} x', "something follows"),
    ('{"a": ' + "[" * 100_000, "nested too deep"),
    ('{"images": [{"id": ' + "9" * 5000 + "}]}", "images[0] cannot be read"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=range(len(BAD)))
def test_a_bad_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad\x1b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TapeError) as caught:
        list(coco_reading.read_truth(path, OPTIONS).frames)
    assert said in caught.value.title and "bad" in caught.value.title
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


def test_other_failures_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"images": "\xff"}')
    for path, said in (
        (tmp_path, "cannot be read"),
        (tmp_path / "none", "No such"),
        (tmp_path / "latin.json", "UTF-8"),
    ):
        with pytest.raises(TapeError, match=said):
            coco_reading.read_truth(path, OPTIONS)


def test_results_are_not_taken_for_truth(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(DATASET), encoding="utf-8")
    with pytest.raises(TapeError, match="--format coco-truth"):
        coco_reading.read_results(path, OPTIONS)


def test_every_cut_of_a_file_is_told(tmp_path: Path) -> None:
    whole = json.dumps(DATASET, indent=1)
    path = tmp_path / "cut.json"
    for end in range(0, len(whole), 7):
        path.write_text(whole[:end], encoding="utf-8")
        with pytest.raises(TapeError):
            list(coco_reading.read_truth(path, OPTIONS).frames)


def test_nothing_is_left_when_an_export_fails(tmp_path: Path) -> None:
    def frames() -> Any:
        yield frame_of(0, [standing()])
        raise TapeError("The tape ends")

    with pytest.raises(TapeError, match="The tape ends"):
        coco.write_results(frames(), export_of(), tmp_path / "out.json")
    assert list(tmp_path.iterdir()) == []
