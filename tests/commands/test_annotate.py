"""`posetui annotate` without its screen: proposals, corrections, COCO truth, and what is measured with it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.annotation.doubts import Limits, next_doubt
from posetui.annotation.edits import Check, MoveJoint
from posetui.annotation.session import Session
from posetui.engine.annotating import beneath
from posetui.paths import clips_dir
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from tests.annotation.made import read_by_pycocotools
from tests.commands.running import RunPosetui

MOVED = [(frame, joint) for frame in (3, 10, 20) for joint in (5, 6, 9)] + [(20, 10)]


@pytest.fixture
def truth(folder: Path, posetui: RunPosetui) -> Path:
    """Return the truth of the sample tape, with ten joints in three frames moved by 40 pixels."""
    shutil.copy(clips_dir() / "demo.mcap", folder / "run.mcap")
    asked = posetui("annotate", "run.mcap", "--export", "nothing.json")
    assert (asked.returncode, "is checked yet" in asked.stderr) == (2, True)
    path = folder / "run.truth.mcap"
    with Session(path, "anna") as session:
        for number, joint in MOVED:
            person = session.document[number].people[0]
            x, y = person.joints[joint][:2]
            session.document.do(MoveJoint(number, person.key, joint, x + 40, y))
    return path  # not saved: the journal has it


def test_what_was_corrected_is_exported_and_measured(folder: Path, posetui: RunPosetui, truth: Path) -> None:
    wrote = posetui("annotate", "run.mcap", "--export", "coco.json")
    assert (wrote.returncode, wrote.stdout) == (0, "wrote coco.json: 3 frames of 100\n")
    coco = read_by_pycocotools(folder / "coco.json")
    with Tape.open(truth) as tape:
        assert tape.corrected == (3, 10, 20)
        for number, joint in MOVED:
            frame = tape.frame(number)
            [first, *_] = coco.loadAnns(coco.getAnnIds(imgIds=frame.index))
            x, y = frame.poses[0].keypoints[joint, :2].astype(float).round(2)
            assert first["keypoints"][3 * joint :][:2] == [round(x + 40, 2), y]
    # The estimates, measured against the truth, have the error; what was corrected has none.
    for name in ("run.truth.mcap", "coco.json"):
        found = json.loads(posetui("evaluate", "run.mcap", "--truth", name, "--samples", 20, "--json").stdout)
        # Ten of 3 x 2 x 17 joints, 40 pixels each.
        assert found["tapes"][0]["numbers"]["mpjpe"]["value"] > 0
    posetui("tape", "export", truth, "--corrected", "--format", "coco-truth", "-o", "corrected.json")
    found = json.loads(
        posetui("evaluate", "corrected.json", "--truth", truth, "--samples", 20, "--json").stdout
    )
    assert found["tapes"][0]["numbers"]["mpjpe"]["value"] == 0
    assert "3 frames by anna, 3 of them checked" in posetui("tape", "info", truth).stdout


def test_coco_truth_is_annotated_and_comes_back_exactly(
    folder: Path, posetui: RunPosetui, truth: Path
) -> None:
    posetui("annotate", truth, "--export", "coco.json")
    once = json.loads((folder / "coco.json").read_text())
    for image in once["images"]:
        image["file_name"] = f"{image['id']}.jpg"
        picture = np.zeros((image["height"], image["width"], 3), np.uint8)
        cv2.imwrite(str(folder / image["file_name"]), picture)
    crowd = {
        "id": 99,
        "image_id": 3,
        "category_id": 1,
        "iscrowd": 1,
        "num_keypoints": 0,
        "keypoints": [0] * 51,
    }
    once["annotations"][0] |= {"area": 1234.5, "bbox": [1, 2, 3, 4], "id": 77}
    once["annotations"].append({**crowd, "bbox": [5, 6, 7, 8], "area": 9, "segmentation": []})
    (folder / "set.json").write_text(json.dumps(once))
    assert posetui("annotate", "set.json", "--export", "again.json").returncode == 0
    again = json.loads((folder / "again.json").read_text())
    for name in ("images", "categories"):
        assert again[name] == once[name]
    assert sorted(again["annotations"], key=_number) == sorted(once["annotations"], key=_number)
    # One joint is corrected: the rest stays what it was.
    with Session(folder / "set.truth.mcap", "ben") as session:
        session.document.do(MoveJoint(0, 0, 5, 10, 20))
        assert beneath(session).images[0] == str(folder / "3.jpg")
    posetui("annotate", "set.truth.mcap", "--export", "once-more.json")
    once["annotations"][0]["keypoints"][15:18] = [10, 20, 2]
    more = json.loads((folder / "once-more.json").read_text())
    assert sorted(more["annotations"], key=_number) == sorted(once["annotations"], key=_number)


def test_a_tape_finds_the_video_that_it_was_recorded_from(folder: Path) -> None:
    with Tape.open(clips_dir() / "demo.mcap") as tape:
        header, frame = tape.header, tape.frame(0)
    shutil.copy(clips_dir() / "demo_single.mp4", folder / "run.mp4")
    for name, source in (("ships", "demo"), ("beside", "run.mp4"), ("gone", "elsewhere.mp4")):
        with TapeWriter(folder / f"{name}.mcap", replace(header, source=source)) as writer:
            writer.write(frame)
        with Session(folder / f"{name}.mcap", "anna") as session:
            expected = {"ships": "demo", "beside": str(folder / "run.mp4"), "gone": None}
            assert beneath(session).video == expected[name]


def test_two_annotators_are_compared(folder: Path, posetui: RunPosetui, truth: Path) -> None:
    posetui("annotate", truth, "--export", "coco.json")
    compared = posetui("annotate", "--compare", truth, "coco.json", "--json")
    found = json.loads(compared.stdout)
    assert (found["frames"], found["only_first"], found["sigma"], found["oks"]) == (3, 0, 0, 1)
    lines = posetui("annotate", "--compare", truth, "coco.json").stdout.splitlines()
    assert lines[0].split()[:3] == ["JOINT", "BOTH", "ONE"]
    assert len(lines) == 19
    refused = posetui("annotate", "--compare", truth)
    assert "--compare needs two truths" in refused.stderr


def test_photos_are_proposed_by_one_backend_and_doubted_by_another(folder: Path, posetui: RunPosetui) -> None:
    (folder / "photos").mkdir()
    video = cv2.VideoCapture(str(clips_dir() / "demo.mp4"))
    for number in range(2):
        cv2.imwrite(str(folder / "photos" / f"{number}.jpg"), video.read()[1])
    (folder / "photos" / "2.jpg").write_bytes(b"no picture")
    words = ("annotate", "photos", "--backend", "movenet:lightning", "--author", "anna")
    assert "This is not a terminal" in posetui(*words).stderr
    asked = posetui(*words, "--second", "movenet:thunder", "--export", "photos.json")
    assert "1 cannot be read" in asked.stderr
    assert "is checked yet" in asked.stderr
    with Session(folder / "photos.truth.mcap", "anna") as session:
        session.compare_with(folder / "photos.truth.mcap.second")
        document = session.document
        assert [document[one].image_name for one in range(2)] == ["0.jpg", "1.jpg"]
        assert beneath(session).images == tuple(str(folder / "photos" / f"{one}.jpg") for one in range(2))
        found = next_doubt(document, others=session.others, limits=Limits(confidence=0, apart=0.01, jump=9))
        assert found is not None
        assert found.reason == "disagreement"
        document.do(Check(1))
        session.place = found.place
    assert posetui("annotate", "photos", "--export", "photos.json").returncode == 0
    images = json.loads((folder / "photos.json").read_text())["images"]
    assert [(image["id"], image["file_name"]) for image in images] == [(1, "1.jpg")]
    measured = posetui("evaluate", "photos.json", "--truth", "photos.truth.mcap", "--samples", 20, "--json")
    assert json.loads(measured.stdout)["tapes"][0]["numbers"]["oks"]["value"] == 1
    with Session(folder / "photos.truth.mcap", "anna") as session:
        assert session.place == found.place


def _number(annotation: dict[str, int]) -> int:
    return annotation["id"]
