"""`posetui data check`: each thing that can be wrong is made wrong, and found; and nothing else is."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from posetui.commands.data import data
from posetui.datasets.labels import FORMATS, read_labels
from posetui.datasets.problems import MEANING
from posetui.datasets.sides import exchanged as looks_exchanged
from posetui.errors import DatasetError, TapeError
from posetui.pose.skeletons import COCO_17
from tests.datasets.made_sets import body, coco, exchanged, person, picture, save

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(data, [str(one) for one in arguments])


def checked(path: Path, *more: object) -> dict[str, Any]:
    done = run("check", path, "--json", *more)
    said: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == (0 if said["ok"] else 1)
    return said


def test_nothing_is_wrong_with_a_good_set(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    said = checked(path)
    assert said == {
        "ok": True,
        "format": "coco-truth",
        "images": 4,
        "people": 5,
        "images_without_people": 0,
        "files_checked": True,
        "counts": {},
        "problems": [],
    }
    done = run("check", path)
    assert done.exit_code == 0
    assert done.stdout == "coco-truth: 4 images, 5 people\nNothing is wrong.\n"


def _duplicate_image(content: dict[str, Any], folder: Path) -> None:
    content["images"][2]["id"] = content["annotations"][3]["image_id"] = 2


def _duplicate_name(content: dict[str, Any], folder: Path) -> None:
    content["images"][3]["file_name"] = "002.jpg"


def _duplicate_person(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][3]["id"] = 100


def _stray_person(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][3]["image_id"] = 99


def _missing(content: dict[str, Any], folder: Path) -> None:
    (folder / "images" / "002.jpg").unlink()


def _unreadable(content: dict[str, Any], folder: Path) -> None:
    (folder / "images" / "002.jpg").write_bytes(b"no picture")


def _other_size(content: dict[str, Any], folder: Path) -> None:
    picture(folder / "images" / "002.jpg", (121, 90))


def _outside(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][1]["keypoints"][0:3] = [121.2, 4, 1]


def _empty_box(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][1]["bbox"] = [3, 4, 20, 0]


def _swapped(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][1] = person(1, 1, exchanged(body(), "shoulder"))


def _malformed(content: dict[str, Any], folder: Path) -> None:
    content["annotations"][1]["keypoints"].pop()


WRONG: dict[str, tuple[Callable[[dict[str, Any], Path], None], str]] = {
    "malformed": (_malformed, "annotations[1].keypoints holds 50 numbers, not three a joint"),
    "duplicate-image": (_duplicate_image, "images[2] has the number 2 of images[1]"),
    "duplicate-name": (_duplicate_name, "images[3] is 002.jpg, as images[1] is"),
    "duplicate-person": (_duplicate_person, "annotations[3] has the number 100 of annotations[0]"),
    "stray-person": (_stray_person, "annotations[3] is of image 99, which is not listed"),
    "missing-image": (_missing, "002.jpg: there is no such file"),
    "unreadable-image": (_unreadable, "002.jpg cannot be decoded"),
    "other-size": (_other_size, "002.jpg is 121x90, but the labels say 120x90"),
    "joint-outside": (_outside, "001.png: annotations[1] has nose at 121.2, 4 outside of 120x90"),
    "empty-box": (_empty_box, "001.png: annotations[1] has a box of 20 x 0"),
    "swapped-sides": (_swapped, "001.png: annotations[1]: shoulders and hips face opposite ways"),
}


def test_every_kind_is_tried() -> None:
    assert list(WRONG) == list(MEANING)


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_found_and_nothing_else(tmp_path: Path, kind: str) -> None:
    path, content = coco(tmp_path)
    spoil, text = WRONG[kind]
    spoil(content, tmp_path)
    save(path, content)
    said = checked(path)
    assert said["counts"] == {kind: 1}
    assert said["problems"][0]["text"] == text
    done = run("check", path)
    assert done.exit_code == 1
    assert text in done.stdout


def test_only_so_many_examples_are_shown(tmp_path: Path) -> None:
    path, content = coco(tmp_path)
    for one in content["annotations"]:
        one["bbox"] = [0, 0, 0, 0]
    save(path, content)
    said = run("check", path, "--show", 2).stdout
    assert "5 people whose box has no area" in said
    assert said.count("has a box of") == 2
    assert "and 3 more" in said


def test_without_images_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    path, content = coco(tmp_path / "with")
    alone = save(tmp_path / "alone.json", content)
    assert not checked(alone)["files_checked"]
    assert "were not looked at" in run("check", alone).stdout
    assert checked(alone, "--images", path.parent / "images")["files_checked"]


def test_a_picture_whose_end_is_missing_is_told(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    image = tmp_path / "images" / "002.jpg"
    image.write_bytes(image.read_bytes()[:-40])
    done = subprocess.run(
        [sys.executable, "-m", "posetui", "data", "check", str(path)],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "002.jpg is cut off: its end is missing" in done.stdout
    assert done.stderr == ""  # what the decoder says of it is in the log


def test_a_picture_that_its_camera_turned_is_told_as_such(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    image = tmp_path / "images" / "002.jpg"
    plain = image.read_bytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    image.write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
    turned = cv2.imread(str(image))
    assert turned is not None
    assert turned.shape[:2] == (120, 90)
    [problem] = checked(path)["problems"]
    assert problem["text"].startswith("002.jpg is 90x120 once it is turned as its EXIF data ask for")


@pytest.mark.parametrize("degrees", [0, 40, 180, 270])
def test_exchanged_sides_are_seen_from_any_angle(degrees: int) -> None:
    turn = np.deg2rad(degrees)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])

    def turned(joints: list[list[float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        points = np.array(joints, dtype=np.float64)
        points[:, :2] = points[:, :2] @ rotation.T
        return points

    names = COCO_17.joints
    assert looks_exchanged(turned(body()), names) == ""
    assert looks_exchanged(turned(exchanged(body(), "shoulder")), names).startswith("shoulders and hips")
    assert looks_exchanged(turned(exchanged(body(), "hip")), names).startswith("shoulders and hips")
    assert looks_exchanged(turned(exchanged(body(), "eye")), names).startswith("eyes and shoulders")
    assert looks_exchanged(turned(exchanged(body(), "ear")), names).startswith("ears and shoulders")
    assert looks_exchanged(turned(exchanged(body())), names) == "both eyes are seen, but as if from behind"
    behind = turned(exchanged(body()))
    behind[1:3, 2] = 0  # from behind no eyes are seen, and all is as it should be
    assert looks_exchanged(behind, names) == ""
    assert looks_exchanged(turned(body())[:11], names[:11]) == ""  # without hips nothing is known


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_checked(tmp_path: Path, kind: str) -> None:
    path, _ = coco(tmp_path)
    other = tmp_path / "other.json"
    assert run("convert", path, "--to", kind, "-o", other).exit_code == 0
    said = checked(other)
    assert (said["format"], said["images"], said["people"]) == (kind, 4, 5)
    assert said["ok"], said["problems"]


def test_what_is_no_set_is_refused_in_a_sentence(tmp_path: Path) -> None:
    results = save(tmp_path / "results.json", [{"image_id": 1, "category_id": 1, "keypoints": [1, 2, 3]}])
    broken = tmp_path / "broken.json"
    broken.write_text('{"images": [{"id": 1}', encoding="utf-8")
    cases: list[tuple[Path, type[DatasetError | TapeError], str]] = [
        (tmp_path / "none.json", DatasetError, "There is no file"),
        (results, DatasetError, "is no set of labelled images but coco-results"),
        (save(tmp_path / "empty.json", {"images": []}), DatasetError, "lists no images"),
        (broken, TapeError, "the file ends in the middle"),
    ]
    for path, kind, said in cases:
        error = run("check", path).exception
        assert isinstance(error, kind)
        assert said in error.title
        assert error.exit_code == 2
    path, _ = coco(tmp_path)
    assert "is not a folder" in str(run("check", path, "--images", tmp_path / "no").exception)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("coco-mini/person_keypoints.json", {}), ("lsp-extended/joints.json", {"swapped-sides": 2})],
)
def test_published_sets(name: str, wrong: dict[str, int]) -> None:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"needs the sample {name} beside the checkout")
    assert checked(path)["counts"] == wrong
    assert len(read_labels(path).people) >= 147
