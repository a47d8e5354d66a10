"""OpenPose's JSON: against a sample in the original's layout, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BODY_25, COCO_17, OPENPOSE_18
from posetui.tapes.formats import openpose
from posetui.tapes.formats.exchange import ImportOptions
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

OPTIONS = ImportOptions(fps=FPS, size=SIZE)

# Written by hand, after what `openpose.bin --write_json` of version 1.7 gives for a person seen to the hips.
SAMPLE = (
    '{"version":1.3,"people":[{"person_id":[-1],"pose_keypoints_2d":[341.62,248.922,0.961329,355.224,311.681,'
    "0.945766,298.04,330.753,0.885469,284.396,420.821,0.878113,297.986,475.401,0.868262,404.436,292.585,0.941962,"
    "445.396,357.959,0.909309,475.471,415.346,0.865554,368.953,467.269,0.814348,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
    "0,0,325.3,243.37,0.925956,349.849,232.595,0.923245,308.933,254.389,0.902444,363.571,235.306,0.850594,0,0,0,"
    '0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"face_keypoints_2d":[],"hand_left_keypoints_2d":[],'
    '"hand_right_keypoints_2d":[],"pose_keypoints_3d":[],"face_keypoints_3d":[],"hand_left_keypoints_3d":[],'
    '"hand_right_keypoints_3d":[]}]}'
)


def only(path: Path, name: str, text: str) -> Path:
    path.mkdir(exist_ok=True)
    (path / name).write_text(text, encoding="utf-8")
    return path


def test_a_sample_goes_out_as_it_came_in(tmp_path: Path) -> None:
    folder = only(tmp_path / "in", "walk_000000000007_keypoints.json", SAMPLE)
    imported = openpose.read(folder, OPTIONS)
    (frame,) = frames_of(imported.frames)
    assert (frame.index, frame.pts, frame.skeleton) == (7, 7 / FPS, "body-25")
    assert (
        frame.poses[0].keypoints[0].tolist()
        == np.array([341.62, 248.922, 0.961329], dtype=np.float32).tolist()
    )
    openpose.write([frame], export_of(BODY_25), tmp_path / "walk")
    (written,) = (tmp_path / "walk").iterdir()
    assert written.name == "walk_000000000007_keypoints.json"
    assert written.read_text(encoding="utf-8").rstrip("\n") == SAMPLE


@pytest.mark.parametrize(("skeleton", "length"), [(BODY_25, 75), (OPENPOSE_18, 54)])
def test_fields_and_lengths_are_the_originals(tmp_path: Path, skeleton: Skeleton, length: int) -> None:
    frames = [frame_of(0, []), frame_of(3, [standing(skeleton), standing(skeleton, track=None)], skeleton)]
    openpose.write(frames, export_of(skeleton), tmp_path / "clip")
    names = [f"clip_{index:012d}_keypoints.json" for index in (0, 3)]
    assert sorted(path.name for path in (tmp_path / "clip").iterdir()) == names
    empty, full = (json.loads((tmp_path / "clip" / name).read_text(encoding="utf-8")) for name in names)
    assert empty == {"version": 1.3, "people": []}
    fields = list(json.loads(SAMPLE)["people"][0])
    for person, number in zip(full["people"], ([1], [-1]), strict=True):
        assert list(person) == fields
        assert len(person["pose_keypoints_2d"]) == length
        assert person["person_id"] == number
        assert all(person[name] == [] for name in fields[2:])


@settings(deadline=None, max_examples=20)
@given(recordings(BODY_25))
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, frames: list[PoseFrame]
) -> None:
    path = tmp_path_factory.mktemp("openpose") / "clip"
    # Six digits: a hundredth of a pixel up to 9999.99.
    openpose.write(frames, export_of(BODY_25), path)
    imported = openpose.read(path, replace(OPTIONS, skeleton=BODY_25))
    for found, expected in zip(frames_of(imported.frames), frames, strict=True):
        assert (found.index, found.pts, found.size) == (expected.index, expected.pts, expected.size)
        assert_same_poses(found, expected, scores=False)


def test_a_loop_goes_on_counting_and_force_removes_what_is_left(tmp_path: Path) -> None:
    frames = [frame_of(index, [standing(BODY_25)], BODY_25) for index in (0, 1, 0, 1)]
    openpose.write(frames, export_of(BODY_25), tmp_path / "clip")
    assert len(list((tmp_path / "clip").iterdir())) == 4
    other = only(tmp_path / "clip", "other_000000000009_keypoints.json", SAMPLE)
    openpose.write(frames[:1], replace(export_of(BODY_25), force=True), other)
    assert sorted(path.name[:18] for path in other.iterdir()) == ["clip_000000000000_", "other_000000000009"]


def test_other_skeletons_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="knows no skeleton coco-17"):
        openpose.write([], export_of(COCO_17), tmp_path / "clip")
    assert not (tmp_path / "clip").exists()


def test_the_number_of_joints_tells_the_model(tmp_path: Path) -> None:
    for count, name in ((25, "body-25"), (18, "openpose-18"), (15, "openpose-mpi-15")):
        values = [1.5, 2.5, 0.5] * count
        person = json.dumps({"people": [{"pose_keypoints_2d": values}]})
        folder = only(tmp_path / name, "a_000000000000_keypoints.json", person)
        imported = openpose.read(folder, ImportOptions())
        assert imported.header.skeletons.keys() == {name}
        (frame,) = frames_of(imported.frames)
        assert frame.size == (2, 3) and frame.poses[0].score == 0.5


BAD = [
    ('{"people": 5}', "people is not a list"),
    ('{"person": []}', "has no 'people'"),
    ('{"people": [{}]}', "people[0] has no 'pose_keypoints'"),
    ('{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}', "none of OpenPose's models"),
    ('{"people": [{"pose_keypoints_2d": ["1"]}]}', "people[0].pose_keypoints_2d is not a list of numbers"),
    ('{"people": [{"pose_keypoints_2d": [Infinity]}]}', "Infinity is no number"),
    ("[" * 100_000, "nested too deep"),
    ('{"people": \n ]}', "line 2"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=range(len(BAD)))
def test_a_bad_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    folder = only(tmp_path / "in", "a_000000000000_keypoints.json", text)
    with pytest.raises(TapeError) as caught:
        list(openpose.read(folder, OPTIONS).frames)
    assert said in caught.value.title and "a_000000000000_keypoints.json" in caught.value.title


def test_a_folder_without_its_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="holds no files of OpenPose"):
        openpose.read(tmp_path, OPTIONS)
    with pytest.raises(TapeError, match="cannot be read"):
        openpose.read(tmp_path / "none", OPTIONS)
    only(tmp_path, "a_0_keypoints.json", SAMPLE)
    only(tmp_path, "b_0_keypoints.json", SAMPLE)
    with pytest.raises(TapeError, match="two files of frame 0"):
        openpose.read(tmp_path, OPTIONS)


def test_people_of_another_model_in_a_later_frame_are_told(tmp_path: Path) -> None:
    pose = Pose(np.ones((18, 3), dtype=np.float32), 1.0)
    only(tmp_path, "a_000000000000_keypoints.json", SAMPLE)
    only(tmp_path, "a_000000000001_keypoints.json", openpose.text_of(frame_of(1, [pose])))
    with pytest.raises(TapeError, match="holds 54 numbers, not 75"):
        openpose.read(tmp_path, OPTIONS)
