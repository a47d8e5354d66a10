"""A recording of a folder knows which picture is which: evaluation pairs it with truth by name."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np

from posetui.tapes.reader import Tape
from tests.commands.running import RunPosetui

CLIP = Path(__file__).resolve().parents[2] / "tapes" / "demo.mp4"
NAMES = ("c.jpg", "a.jpg", "b.jpg")


def folder_of(folder: Path) -> Path:
    """Write three pictures of the clip, the third one small; return the folder."""
    folder.mkdir()
    video = cv2.VideoCapture(str(CLIP))
    for number, name in enumerate(NAMES):
        read, image = video.read()
        assert read
        image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5) if number == 2 else image)
        assert cv2.imwrite(str(folder / name), image)
    video.release()
    return folder


def test_a_recorded_folder_is_paired_by_name(posetui: RunPosetui, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures")
    tape = tmp_path / "run.mcap"
    done = posetui("record", str(folder), "--backend", "movenet", "-o", str(tape))
    assert done.returncode == 0, done.stderr
    with Tape.open(tape) as opened:
        assert [frame.image_name for frame in opened.frames()] == ["a.jpg", "b.jpg", "c.jpg"]
    truth, table = tmp_path / "truth.json", tmp_path / "run.csv"
    for path, kind in ((truth, "coco-truth"), (table, "csv")):
        done = posetui("tape", "export", str(tape), "--format", kind, "-o", str(path))
        assert done.returncode == 0, done.stderr
    labels = json.loads(truth.read_text(encoding="utf-8"))
    assert [image["file_name"] for image in labels["images"]] == ["a.jpg", "b.jpg", "c.jpg"]
    assert {row["image"] for row in csv.DictReader(table.open())} == {"a.jpg", "b.jpg", "c.jpg"}
    # The truth has two of them only, in another order and under another folder.
    labels["images"] = [
        {**image, "file_name": f"val/{image['file_name']}"} for image in reversed(labels["images"][1:])
    ]
    kept = {image["id"] for image in labels["images"]}
    labels["annotations"] = [one for one in labels["annotations"] if one["image_id"] in kept]
    truth.write_text(json.dumps(labels), encoding="utf-8")
    done = posetui("evaluate", str(tape), "--truth", str(truth), "--json", "--samples", "20")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["images"] == 2
    assert said["tapes"][0]["numbers"]["pck"]["value"] == 100
