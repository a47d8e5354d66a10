"""A truth tape: corrections lie beside what was estimated, and the same edits give the same file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from posetui.annotation.edits import (
    AddPerson,
    Check,
    DeletePerson,
    MoveJoint,
    SetVisibility,
    SwapIds,
)
from posetui.annotation.model import Visibility
from posetui.annotation.session import Session, journal_of
from posetui.errors import TapeError
from posetui.pose.skeletons import COCO_17 as SKELETON
from posetui.tapes.checking import check
from posetui.tapes.correcting import decode_correction, encode_correction
from posetui.tapes.decoding import BadMessageError
from posetui.tapes.model import Correction, Labels, TapeHeader
from posetui.tapes.overlaying import with_corrections
from posetui.tapes.reader import Tape
from posetui.tapes.repairing import repair
from posetui.tapes.summing import describe
from posetui.tapes.writer import TapeWriter
from tests.annotation.made import SIZE, person, pose_frames, random_edits, read_by_pycocotools

HEADER = TapeHeader(
    "0.1",
    "2026-03-01T12:00:00.000000Z",
    "walk.mp4",
    "video",
    SIZE,
    "made",
    {SKELETON.name: SKELETON},
    fps=10.0,
)
WRIST = SKELETON.index("left_wrist")


def truth(folder: Path) -> Path:
    """Return a tape to annotate, as a recording gives it."""
    path = folder / "walk.truth.mcap"
    with TapeWriter(path, HEADER) as writer:
        for frame in pose_frames():
            writer.write(frame)
    return path


def test_a_thousand_edits_undone_leave_the_files_as_they_were(tmp_path: Path) -> None:
    path, coco = truth(tmp_path), tmp_path / "truth.json"
    with Session(path, "anna") as session:
        session.document.do(Check(0))
        session.save()
        session.export(coco)
        saved, exported = path.read_bytes(), coco.read_bytes()
        random_edits(session.document, 500, seed=11)
        session.save()
        middle = path.read_bytes()
        random_edits(session.document, 500, seed=12)
    # Another run goes on, and takes back what the first one did.
    with Session(path, "ben") as session:
        count = len(session.document.done)
        for _ in range(count - 1):
            session.document.undo()
        session.save()
        session.export(coco)
        assert path.read_bytes() == saved
        assert coco.read_bytes() == exported
        while session.document.redo():
            pass
    with Session(path, "ben") as session:
        assert len(session.document.done) == count
        session.save()
        assert path.read_bytes() not in (saved, middle)
        assert not check(path).problems


def test_corrections_lie_beside_what_was_estimated(tmp_path: Path) -> None:
    path = truth(tmp_path)
    before = path.read_bytes()
    with Session(path, "anna") as session:
        made = session.document
        made.do(MoveJoint(3, 0, WRIST, 101.23, 50))
        made.do(DeletePerson(4, 1))
        made.do(AddPerson(5))
        made.do(SetVisibility(3, 1, 0, Visibility.OCCLUDED))
        made.do(SwapIds(8, 1, 2))
        made.do(Check(9))
        session.save()
        wanted = [made[number] for number in range(len(made))]
    assert path.read_bytes()[: len(before) // 2] == before[: len(before) // 2]
    assert not check(path).problems
    with Tape.open(path) as raw, Tape.open(path, corrected=True) as tape:
        assert raw.frame(3).poses[0].keypoints[WRIST].tolist() == [73.5, 110.25, 1]
        assert tape.frame(3).poses[0].keypoints[WRIST].tolist() == [np.float32(101.23), 50, 1]
        assert tape.frame(3).poses[1].keypoints[0, 2] == 0.5
        assert [len(frame.poses) for frame in tape.frames()] == [2, 2, 2, 2, 1, 3, 2, 2, 2, 2]
        assert [pose.track_id for pose in tape.frame(8).poses] == [2, 1]
        assert tape.corrected == (3, 4, 5, 8, 9)
        one = tape.corrections(3)[0]
        assert (one.by, one.checked, one.person) == ("anna", True, 0)
        assert one.old is not None
        assert one.old.places[WRIST].tolist() == [73.5, 110.25]
        assert describe(tape)["corrections"] == {"frames": 5, "checked": 4, "by": ["anna"]}
    # A second annotator goes on from the first one's tape: both are on it.
    journal_of(path).unlink()
    with Session(path, "ben") as session:
        assert [session.document[number] for number in range(10)] == wanted
        session.document.do(MoveJoint(3, 0, WRIST, 99, 51))
        session.save()
    with Tape.open(path) as tape:
        assert [one.by for one in tape.corrections(3) if one.person == 0] == ["anna", "ben"]
    saved = repair(path, tmp_path / "repaired.mcap")
    assert saved.corrections == check(path).messages["/corrections"]
    with Session(tmp_path / "repaired.mcap", "ben") as session:
        assert person(session.document, 3, 0).joints[WRIST][:2] == (99, 51)


def test_checked_frames_become_coco_truth(tmp_path: Path) -> None:
    path = truth(tmp_path)
    with Session(path, "anna") as session:
        session.document.do(MoveJoint(3, 0, WRIST, 101.23, 50))
        session.document.do(SetVisibility(3, 0, 0, Visibility.ABSENT))
        session.document.do(SetVisibility(3, 0, 1, Visibility.OCCLUDED))
        session.document.do(Check(0))
        assert session.export(tmp_path / "truth.json") == 2
    coco = read_by_pycocotools(tmp_path / "truth.json")
    assert sorted(coco.imgs) == [0, 3]
    assert (coco.imgs[3]["width"], coco.imgs[3]["height"]) == SIZE
    annotation = coco.loadAnns(coco.getAnnIds(imgIds=3))[0]
    points = np.array(annotation["keypoints"]).reshape(-1, 3)
    assert points[WRIST].tolist() == [101.23, 50, 2]
    assert points[0].tolist() == [0, 0, 0]
    assert points[1].tolist() == [73.5, 60.25, 1]
    assert annotation["num_keypoints"] == 16
    seen = points[points[:, 2] > 0, :2]
    low, size = seen.min(axis=0), np.ptp(seen, axis=0)
    assert np.allclose(annotation["bbox"], [*low, *size], atol=0.005)
    assert annotation["area"] == round(0.8 * size[0] * size[1], 2)
    assert json.loads((tmp_path / "truth.json").read_text())["categories"][0]["keypoints"] == list(
        SKELETON.joints
    )


def test_what_is_no_correction_is_refused(tmp_path: Path) -> None:
    path = truth(tmp_path)
    labels = Labels(1, np.ones((3, 2)), np.ones(3, np.uint8), np.ones(3, np.bool_))
    with Tape.open(path) as tape:
        with_corrections(tape, path, [(2, Correction("", "", True, 0, None, labels))])
    assert check(path).problems == ("Message 0 of /corrections: no skeleton has 3 joints",)
    with Tape.open(path, corrected=True) as tape:
        assert len(tape.frame(1).poses) == 2
        with pytest.raises(TapeError, match="3 joints, but the skeleton has 17"):
            tape.frame(2)
    plain = json.loads(encode_correction(Correction("anna", "", True, 0, labels, None)))
    assert decode_correction(json.dumps(plain).encode()).old is not None
    wrong: list[tuple[str, object]] = [
        ("x", [1, 2]),
        ("v", [1, 2, 3]),
        ("placed", [True, 0, 1]),
        ("x", [1.5, 2, 3]),
        ("y", [10**12, 0, 0]),
        ("id", "1"),
    ]
    for key, value in wrong:
        with pytest.raises(BadMessageError):
            decode_correction(json.dumps({**plain, "old": {**plain["old"], key: value}}).encode())
    wrong = [("person", -1), ("checked", 1), ("round", None), ("by", 3), ("new", [])]
    for key, value in wrong:
        with pytest.raises(BadMessageError):
            decode_correction(json.dumps({**plain, key: value}).encode())
