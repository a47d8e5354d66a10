"""What a source means to a comparison: pictures, where they are, and whether they are truth as well."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.engine.material import find_material
from posetui.errors import PosetuiError, SourceError
from tests.tapes import made


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.zeros((48, 64, 3), np.uint8))


def coco(path: Path, names: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [{"id": n, "file_name": name, "width": 64, "height": 48} for n, name in enumerate(names, 1)]
    category = {"id": 1, "name": "person", "keypoints": ["nose", "left_eye"], "skeleton": []}
    person = {"id": 1, "image_id": 1, "category_id": 1, "keypoints": [9, 9, 2, 20, 9, 2], "num_keypoints": 2}
    more = {"area": 100.0, "bbox": [5, 5, 20, 20], "iscrowd": 0}
    plain = {"images": images, "annotations": [{**person, **more}], "categories": [category]}
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("set/person_keypoints.json", "set/images"),
        ("set/person_keypoints_val2017.json", "set/val2017"),
        ("annotations/person_keypoints_val2017.json", "val2017"),
        ("annotations/person_keypoints_val2017.json", "images/val2017"),
        ("set/labels.json", "set"),
        ("set/labels.json", "set/labels"),
    ],
)
def test_images_are_found_where_they_usually_are(tmp_path: Path, file: str, folder: str) -> None:
    path = coco(tmp_path / file, ["a.png", "b.png", "gone.png"])
    for name in ("a.png", "b.png"):
        picture(tmp_path / folder / name)
    found = find_material(str(path))
    assert [(one.name, one.path) for one in found.pictures] == [
        (name, (tmp_path / folder / name).resolve()) for name in ("a.png", "b.png")
    ]
    assert (found.stills, found.truth, found.missing) == (True, path, 1)
    assert not find_material(str(path), sequence=True).stills


def test_images_are_where_the_user_says(tmp_path: Path) -> None:
    path = coco(tmp_path / "labels.json", ["val/a.png"])
    picture(tmp_path / "images" / "a.png")
    picture(tmp_path / "other" / "a.png")
    [found] = find_material(str(path), tmp_path / "other").pictures
    assert found.path == (tmp_path / "other" / "a.png").resolve()
    assert found.name == "val/a.png"
    with pytest.raises(SourceError, match=r"are not in .*none"):
        find_material(str(path), tmp_path / "none")


def test_a_name_does_not_reach_out_of_the_folder(tmp_path: Path) -> None:
    picture(tmp_path / "secret.png")
    path = coco(tmp_path / "set" / "labels.json", ["../../secret.png"])
    (tmp_path / "set" / "images").mkdir()
    with pytest.raises(SourceError, match="are not in"):
        find_material(str(path), tmp_path / "set" / "images")


def test_sources_are_taken_as_they_are(tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.png")
    assert find_material(str(tmp_path / "photos")).stills
    assert not find_material(str(tmp_path / "photos"), sequence=True).stills
    assert find_material("demo").stills is False
    of_video = made.tape(tmp_path / "video.mcap", 3, images=True)
    assert not find_material(str(of_video)).stills


def refused(tmp_path: Path, source: str, images: Path | None = None) -> str:
    with pytest.raises(PosetuiError) as caught:
        find_material(source, images)
    assert caught.value.exit_code == 2
    return caught.value.title


def test_what_cannot_be_compared_is_refused_in_a_sentence(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    results.write_text('[{"image_id": 1, "category_id": 1, "keypoints": [], "score": 1}]', encoding="utf-8")
    poses_only = made.tape(tmp_path / "poses.mcap", 3)
    said = {
        refused(tmp_path, str(results)): "results",
        refused(tmp_path, "0"): "is live" if Path("/dev/video0").exists() else "camera",
        refused(tmp_path, str(poses_only)): "has no pictures",
        refused(tmp_path, "demo", tmp_path): "is no dataset",
        refused(tmp_path, str(tmp_path / "none.json")): "none.json",
        refused(tmp_path, str(coco(tmp_path / "x" / "y" / "l.json", ["q.png"]))): "are not in the folders",
    }
    for title, words in said.items():
        assert words in title
        assert "\n" not in title
