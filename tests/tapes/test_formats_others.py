"""PoseTrack18, lists of joints, Foxglove, pictures and names of joints."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from mcap.reader import make_reader

from posetui.errors import TapeError
from posetui.pose.frame import PoseFrame
from posetui.pose.skeletons import BODY_25, COCO_17
from posetui.tapes.formats import foxglove, foxglove_schemas, lists, posetrack
from posetui.tapes.formats.catalogue import EXPORTERS, IMPORTERS, by_name
from posetui.tapes.formats.exchange import ImageFacts, Imported, ImportedFrame, ImportOptions
from posetui.tapes.formats.joints import LSP_14, MPII_16, POSETRACK_17, joint_name, skeleton_of
from posetui.tapes.formats.names import EXPORTS, IMPORTS
from posetui.tapes.formats.pictures import size_of, with_pictures
from tests.tapes.formats_frames import (
    FPS,
    SIZE,
    assert_same_poses,
    export_of,
    frame_of,
    frames_of,
    header,
    recordings,
    standing,
)

OPTIONS = ImportOptions(fps=FPS, size=SIZE)


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


# ---- PoseTrack18


@settings(deadline=None, max_examples=20)
@given(recordings(POSETRACK_17, tracked=True))
def test_posetrack_comes_back(tmp_path_factory: pytest.TempPathFactory, frames: list[PoseFrame]) -> None:
    path = tmp_path_factory.mktemp("posetrack") / "sequence.json"
    posetrack.write(frames, export_of(POSETRACK_17), path)
    imported = posetrack.read(path, OPTIONS)
    for found, expected in zip(frames_of(imported.frames), frames, strict=True):
        assert found.size == expected.size
        assert_same_poses(found, expected)


def test_posetrack_has_the_fields_of_the_original(tmp_path: Path) -> None:
    path = tmp_path / "sequence.json"
    posetrack.write([frame_of(0, [standing(POSETRACK_17)], POSETRACK_17)], export_of(POSETRACK_17), path)
    whole = json.loads(path.read_text(encoding="utf-8"))
    (image,), (person,), (category,) = whole["images"], whole["annotations"], whole["categories"]
    assert {"id", "frame_id", "vid_id", "nframes", "is_labeled", "file_name"} <= image.keys()
    assert (image["nframes"], person["image_id"], person["track_id"]) == (1, image["id"], 1)
    assert category["keypoints"][:3] == ["nose", "head_bottom", "head_top"]
    assert len(person["keypoints"]) == 51 and person["keypoints"][2::3] == [1] * 17
    assert person["bbox_head"] == [407.0, 125.0, 7.0, 25.0]


def test_posetrack_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="without a number"):
        posetrack.write(
            [frame_of(0, [standing(POSETRACK_17, track=None)])], export_of(POSETRACK_17), tmp_path / "a.json"
        )
    with pytest.raises(TapeError, match="no skeleton coco-17"):
        posetrack.write([], export_of(COCO_17), tmp_path / "a.json")


def test_posetrack_truth(tmp_path: Path) -> None:
    joints = ["nose", "head_bottom", "head_top", "left_ear", "right_ear", *POSETRACK_17.joints[5:]]
    person = {"id": 1, "image_id": 5, "track_id": 0, "keypoints": [3, 4, 1, 8, 9, 1] + [0, 0, 0] * 15}
    whole: dict[str, Any] = {
        "images": [{"id": 4, "file_name": "0.jpg"}, {"id": 5, "file_name": "1.jpg"}],
        "annotations": [person | {"bbox": [1, 2, 3, 4], "scores": []}],
        "categories": [{"name": "person", "keypoints": joints}],
    }
    imported = posetrack.read(written(tmp_path / "truth.json", whole), OPTIONS)
    assert imported.header.backend == "truth" and list(imported.header.skeletons) == ["posetrack-17"]
    first, second = imported.frames
    assert first.frame.poses == () and second.facts == ImageFacts("1.jpg", 5, ({"bbox": [1, 2, 3, 4]},))
    assert second.frame.poses[0].track_id == 0
    assert second.frame.poses[0].keypoints[:3].tolist() == [[3, 4, 1], [8, 9, 1], [0, 0, 0]]
    whole["annotations"][0]["keypoints"].append(1)
    with pytest.raises(TapeError, match=r"annotations\[0\]\.keypoints holds 52 numbers, not 51"):
        posetrack.read(written(tmp_path / "truth.json", whole), OPTIONS)


# ---- lists of joints


def test_leeds_sports_pose(tmp_path: Path) -> None:
    joints = [[10.5 + k, 20, 1] for k in range(14)]
    joints[2] = [0.0, -79.26, 0]
    images = [{"file_name": "im1.jpg", "joints": joints}, {"file_name": "im2.jpg", "joints": joints}]
    whole = {"joint_names": list(LSP_14.joints), "images": images}
    imported = lists.read(written(tmp_path / "joints.json", whole), ImportOptions(fps=1))
    assert imported.header.source_kind == "lsp" and imported.header.size == (24, 21)
    first, second = imported.frames
    assert first.frame.skeleton == "lsp-14" and second.frame.pts == 1
    assert first.facts is not None and first.facts.file_name == "im1.jpg"
    assert first.frame.poses[0].keypoints[1:4].tolist() == [[11.5, 20, 1], [0, 0, 0], [13.5, 20, 1]]


def test_mpii_people_of_an_image_are_one_frame(tmp_path: Path) -> None:
    person = {"image": "a.jpg", "joints": [[11, 21]] * 16, "joints_vis": [1] * 15 + [0], "scale": 1.5}
    whole = [person, person | {"image": "b.jpg"}, person]
    imported = lists.read(written(tmp_path / "mpii.json", whole), OPTIONS)
    assert imported.header.source_kind == "mpii" and list(imported.header.skeletons) == [MPII_16.name]
    first, second = imported.frames
    assert (len(first.frame.poses), len(second.frame.poses)) == (2, 1)
    assert first.frame.poses[0].keypoints[14:].tolist() == [[10, 20, 1], [0, 0, 0]]
    assert first.facts is not None and first.facts.people[0]["scale"] == 1.5


LISTS = [
    ({"images": [{"file_name": "a", "joints": [[1, 2, 3]]}]}, "neither 0 nor 1"),
    ({"images": [{"file_name": "a", "joints": [[1, 2]]}]}, "images[0].joints[0] holds 2 numbers, not 3"),
    ({"images": [{"file_name": "a", "joints": [[1, 2, 1]]}]}, "does not name them in joint_names"),
    ({"images": [{"joints": []}]}, "images[0] has no 'file_name'"),
    (
        {"joint_names": ["a", "a"], "images": [{"file_name": "a", "joints": [[1, 2, 1]] * 2}]},
        "joint_names cannot",
    ),
    (
        {"joint_names": ["a"], "images": [{"file_name": "a", "joints": [[1, 2, 1]] * 2}]},
        "has a person of 2 joints",
    ),
    ([{"image": "a", "joints": [[1, 2]], "joints_vis": [1, 1]}], "[0].joints_vis holds 2 numbers, not 1"),
    ({}, "neither images with joints nor"),
]


@pytest.mark.parametrize(("value", "said"), LISTS, ids=range(len(LISTS)))
def test_bad_lists_are_told_with_their_place(tmp_path: Path, value: object, said: str) -> None:
    with pytest.raises(TapeError) as caught:
        lists.read(written(tmp_path / "bad.json", value), OPTIONS)
    assert said in caught.value.title


# ---- Foxglove


def allows(schema: dict[str, Any], value: Any) -> bool:
    """A slow judge of the part of JSON Schema that the schemas use."""
    if "oneOf" in schema:
        return [value == one["const"] for one in schema["oneOf"]].count(True) == 1
    if schema["type"] == "object":
        known = schema["properties"]
        return (
            isinstance(value, dict)
            and set(schema.get("required", ())) <= value.keys() <= known.keys()
            and all(allows(known[key], one) for key, one in value.items())
        )
    if schema["type"] == "array":
        return isinstance(value, list) and all(allows(schema["items"], one) for one in value)
    kinds: dict[str, Any] = {"string": str, "integer": int, "number": (int, float)}
    in_range = schema["type"] != "integer" or 0 <= value <= schema.get("maximum", value)
    return isinstance(value, kinds[schema["type"]]) and in_range


@settings(deadline=None, max_examples=20)
@given(recordings(BODY_25))
def test_annotations_are_what_the_schema_says(frames: list[PoseFrame]) -> None:
    for frame in frames:
        message = foxglove.annotations_of(frame, BODY_25, 1_700_000_000_123_456_789)
        assert allows(foxglove_schemas.IMAGE_ANNOTATIONS, message)
        for points in message["points"]:
            each = 2 if points["type"] == foxglove_schemas.LINE_LIST else 1
            assert len(points["points"]) == each * len(points["outline_colors"])
        joints = [one for one in message["points"] if one["type"] == foxglove_schemas.POINTS]
        assert [len(one["points"]) for one in joints] == [int(p.visible(0).sum()) for p in frame.poses]


def test_an_mcap_with_frames(tmp_path: Path) -> None:
    path = tmp_path / "out.mcap"
    frames = [frame_of(0, [standing()]), frame_of(5, [standing(track=None)])]
    export = replace(export_of(), image=lambda frame: b"\xff\xd8\xff" + bytes([frame.index]))
    foxglove.write(frames, export, path)
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        found = [
            (schema.name if schema else "", channel.topic, message.log_time, json.loads(message.data))
            for schema, channel, message in reader.iter_messages()
        ]
        summary = reader.get_summary()
    assert summary is not None and summary.statistics is not None and summary.statistics.message_count == 4
    begin = 1_772_366_400_250_000_000
    expected = [(topic, begin + extra) for extra in (0, 200_000_000) for topic in ("/image", "/poses")]
    assert sorted((topic, time) for _, topic, time, _ in found) == sorted(expected)
    schemas = {
        "/poses": foxglove_schemas.IMAGE_ANNOTATIONS,
        "/image": foxglove_schemas.COMPRESSED_IMAGE,
    }
    for name, topic, time, message in found:
        assert name == schemas[topic]["title"] and allows(schemas[topic], message)
        if topic == "/image":
            assert base64.b64decode(message["data"])[:3] == b"\xff\xd8\xff"
            assert message["timestamp"] == {"sec": time // 10**9, "nsec": time % 10**9}
    with_text = [message["texts"] for _, topic, _, message in found if topic == "/poses"]
    assert [[one["text"] for one in texts] for texts in with_text] == [["1"], []]


def test_without_frames_there_is_no_channel_for_them(tmp_path: Path) -> None:
    foxglove.write([frame_of(0, [standing()])], export_of(), tmp_path / "out.mcap")
    with (tmp_path / "out.mcap").open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None and [one.topic for one in summary.channels.values()] == ["/poses"]


# ---- pictures


def a_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + head
        + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    )


def a_jpeg(width: int, height: int) -> bytes:
    import cv2

    done, data = cv2.imencode(".jpg", np.zeros((height, width, 3), dtype=np.uint8))
    assert done
    return bytes(data)


def test_sizes_of_pictures() -> None:
    assert size_of(a_png(31, 77)) == (31, 77)
    assert size_of(a_jpeg(40, 25)) == (40, 25)
    for bad in (b"", b"GIF89a" + bytes(50), a_png(0, 5), b"\xff\xd8\xff", b"\xff\xd8" + bytes(100)):
        assert size_of(bad) is None
    whole = a_jpeg(40, 25)
    for end in range(len(whole)):
        assert size_of(whole[:end]) in (None, (40, 25))


def imported_of(*names: str) -> Imported:
    frames = [ImportedFrame(frame_of(k, [standing()]), ImageFacts(name)) for k, name in enumerate(names)]
    return Imported(header(), iter(frames))


def test_pictures_tell_the_size_of_frames(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(a_jpeg(40, 25))
    (folder / "b.png").write_bytes(a_png(20, 70))
    (tmp_path / "secret.jpg").write_bytes(a_jpeg(9, 9))
    imported = with_pictures(imported_of("a.jpg", "train/b.png", "../secret.jpg", ""), folder)
    assert imported.header.size == (1280, 720)
    found = list(imported.frames)
    assert [one.frame.size for one in found] == [(40, 25), (20, 70), SIZE, SIZE]
    assert [one.picture and one.picture.name for one in found] == ["a.jpg", "b.png", None, None]
    with pytest.raises(TapeError, match="has none of the images"):
        with_pictures(imported_of("x.jpg"), folder)
    (folder / "x.jpg").write_bytes(b"hello")
    with pytest.raises(TapeError, match="neither a JPEG nor a PNG"):
        with_pictures(imported_of("x.jpg"), folder)
    with pytest.raises(TapeError, match="not a folder"):
        with_pictures(imported_of("x.jpg"), folder / "a.jpg")


# ---- names


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        *(
            ("RShoulder", "right_shoulder"),
            ("l_hip", "left_hip"),
            ("Left Knee", "left_knee"),
            ("MidHip", "mid_hip"),
        ),
        *(("LBigToe", "left_big_toe"), ("head_bottom", "neck"), ("pelvis", "mid_hip"), ("nose", "nose")),
    ],
)
def test_names_of_joints(theirs: str, ours: str) -> None:
    assert joint_name(theirs) == ours


def test_skeletons_follow_from_names() -> None:
    assert skeleton_of(COCO_17.joints, "other") is COCO_17
    limbs = {(LSP_14.joints[a], LSP_14.joints[b]) for a, b in LSP_14.limbs}
    assert {("left_knee", "left_ankle"), ("neck", "head_top")} < limbs and len(LSP_14.pairs) == 6
    assert by_name("mpii-16") is MPII_16 and by_name("body-25") is BODY_25
    with pytest.raises(TapeError, match="no skeleton body-99"):
        by_name("body-99")


def test_formats_with_names_are_the_formats_there_are() -> None:
    assert EXPORTS.keys() == EXPORTERS.keys() and IMPORTS.keys() == IMPORTERS.keys()


def test_the_skeleton_that_is_written() -> None:
    own = skeleton_of(["nose", "tail"], "own")
    assert EXPORTERS["openpose"].skeleton(None, COCO_17, {}).name == "body-25"
    assert EXPORTERS["openpose"].skeleton(None, by_name("openpose-18"), {}).name == "openpose-18"
    assert EXPORTERS["csv"].skeleton(None, own, {}) is own
    assert EXPORTERS["csv"].skeleton("own", COCO_17, {"own": own}) is own
