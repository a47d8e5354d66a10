"""`posetui data resize`, `convert` and `split`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from posetui.commands.data import data
from posetui.datasets.labels import read_labels
from posetui.engine.loading import load as load_recording
from posetui.errors import DatasetError, TapeError
from posetui.evaluation.summary import evaluate
from tests.datasets.made_sets import SIZE, body, coco, load, person, picture, save


def run(*arguments: object) -> Result:
    return CliRunner().invoke(data, [str(one) for one in arguments])


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_a_smaller_set_has_smaller_pictures_and_the_labels_of_these(tmp_path: Path) -> None:
    path, content = coco(tmp_path)
    content["annotations"][1]["segmentation"] = {"counts": [1, 2], "size": [90, 120]}
    content["annotations"][2]["bbox_head"] = [10, 20, 30, 40]
    content["more"] = {"kept": [1, None]}
    save(path, content)
    said = json.loads(done("resize", path, "--size", "60x60", "-o", tmp_path / "small", "--json"))
    assert said == {
        "labels": str(tmp_path / "small/set.json"),
        "images": 4,
        "smaller": 4,
        "masks_left_out": 1,
    }
    new = load(tmp_path / "small" / "set.json")
    for one in new["images"]:
        image = cv2.imread(str(tmp_path / "small" / "images" / one["file_name"]))
        assert image is not None
        assert (image.shape[1], image.shape[0]) == (one["width"], one["height"]) == (60, 45)
    for one, old in zip(new["annotations"], content["annotations"], strict=True):
        assert one["keypoints"][2::3] == old["keypoints"][2::3]
        np.testing.assert_allclose(one["keypoints"][0::3], np.array(old["keypoints"][0::3]) / 2, atol=0.006)
        np.testing.assert_allclose(one["keypoints"][1::3], np.array(old["keypoints"][1::3]) / 2, atol=0.006)
        assert one["bbox"] == [15, 2.5, 20, 35]
        assert one["area"] == 560
    assert new["annotations"][0]["segmentation"] == [[15, 2.5, 35, 2.5, 35, 37.5]]
    assert new["annotations"][1]["segmentation"] == []
    assert new["annotations"][2]["bbox_head"] == [5, 10, 15, 20]
    assert {key: new[key] for key in ("info", "licenses", "categories", "more")} == {
        key: content[key] for key in ("info", "licenses", "categories", "more")
    }
    assert run("check", tmp_path / "small" / "set.json").exit_code == 0


def test_pictures_that_fit_are_copied(tmp_path: Path) -> None:
    path, content = coco(tmp_path)
    picture(tmp_path / "images" / "deep" / "large.png", (240, 180))
    content["images"].append({"id": 9, "file_name": "deep/large.png", "width": 240, "height": 180})
    save(path, content)
    assert "5 images, 1 of them made smaller" in done(
        "resize", path, "--size", "120x120", "-o", tmp_path / "small"
    )
    for name in ("001.png", "002.jpg"):
        copies = [(folder / "images" / name).read_bytes() for folder in (tmp_path, tmp_path / "small")]
        assert copies[0] == copies[1]
    assert (tmp_path / "small" / "images" / "deep" / "large.png").is_file()


@pytest.mark.parametrize("kind", ["lsp", "mpii", "posetrack18"])
def test_other_formats_are_made_smaller_too(tmp_path: Path, kind: str) -> None:
    path, _ = coco(tmp_path)
    other = tmp_path / f"{kind}.json"
    done("convert", path, "--to", kind, "-o", other)
    done("resize", other, "--size", "60x60", "-o", tmp_path / "small")
    before, after = read_labels(other), read_labels(tmp_path / "small" / other.name)
    assert after.problems == []
    for one, old in zip(after.people, before.people, strict=True):
        seen = old.joints[:, 2] > 0
        assert seen.sum() >= 12
        np.testing.assert_array_equal(one.joints[:, 2] > 0, seen)
        np.testing.assert_allclose(one.joints[seen, :2], old.joints[seen, :2] / 2, atol=0.011)
    assert run("check", tmp_path / "small" / other.name).exit_code == 0


def test_a_wrong_set_is_not_made_smaller(tmp_path: Path) -> None:
    path, content = coco(tmp_path)
    small = tmp_path / "small"
    picture(tmp_path / "images" / "002.jpg", (121, 90))
    for said in ("of another size", "cannot be decoded", "has no file"):
        error = run("resize", path, "--size", "60x60", "-o", small, "--force").exception
        assert isinstance(error, DatasetError)
        assert said in error.title
        assert "posetui data check" in error.remedy
        if said == "cannot be decoded":
            (tmp_path / "images" / "002.jpg").unlink()
        else:
            (tmp_path / "images" / "002.jpg").write_bytes(b"nothing")
    assert not (small / "set.json").exists()
    alone = save(tmp_path / "other.json", content)
    alone = alone.rename(tmp_path / "images" / "other.json")
    assert "no folder images" in str(run("resize", alone, "--size", "60x60", "-o", small).exception)
    for size in ("60", "8x8", "axb"):
        assert run("resize", path, "--size", size, "-o", small).exit_code == 2


def test_a_set_in_another_format_is_the_same_truth(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    truth = load_recording(path, "set.json", truth=True)
    for kind in ("coco-truth", "posetrack18", "lsp", "mpii"):
        other = tmp_path / f"{kind}.json"
        said = json.loads(done("convert", path, "--to", kind, "-o", other, "--json"))
        assert (said["images"], said["people"], said["lost"]) == (4, 5, 0)
        found = evaluate(truth, [load_recording(other, kind)], common=True, samples=20)
        assert found.images == 4
        assert found.results[0].figures["pck"].value == 100
        assert len(found.joints.skeleton) >= 12
    assert said["never_there"] == ["thorax", "head_top"]


def test_sizes_come_from_the_images_or_from_the_option(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    done("convert", path, "--to", "lsp", "-o", tmp_path / "lsp.json")
    ways: list[list[Any]] = [["--images", tmp_path / "images"], ["--size", "120x90"]]
    for way in ways:
        done(
            "convert", tmp_path / "lsp.json", "--to", "coco-truth", "-o", tmp_path / "b.json", "--force", *way
        )
        sizes = {(one["width"], one["height"]) for one in load(tmp_path / "b.json")["images"]}
        assert sizes == {SIZE}


def test_facts_go_with_their_people(tmp_path: Path) -> None:
    path, content = coco(tmp_path, images=2)
    nose = [[40.0, 10.0, 2.0], *([[0.0, 0.0, 0.0]] * 16)]
    content["annotations"].insert(0, person(7, 1, nose, area=1.0))
    save(path, content)
    said = json.loads(
        done(
            "convert", path, "--to", "coco-truth", "--skeleton", "lsp-14", "-o", tmp_path / "b.json", "--json"
        )
    )
    assert (said["people"], said["lost"]) == (3, 1)
    new = {one["id"]: one for one in load(tmp_path / "b.json")["annotations"]}
    assert set(new) == {1, 2, 100}
    assert {one["area"] for one in new.values()} == {2240.0}


def test_boxes_of_the_set_are_kept(tmp_path: Path) -> None:
    path, content = coco(tmp_path)
    # One joint alone has no box of its own.
    content["annotations"][2]["keypoints"] = [50, 20, 2, *([0] * 48)]
    save(path, content)
    done("convert", path, "--to", "posetrack18", "-o", tmp_path / "posetrack.json")
    assert {tuple(one["bbox"]) for one in load(tmp_path / "posetrack.json")["annotations"]} == {
        (30, 5, 40, 70)
    }
    assert run("check", tmp_path / "posetrack.json").exit_code == 0


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path, _ = coco(tmp_path)
    commands: list[list[Any]] = [
        ["convert", path, "--to", "lsp", "-o", tmp_path / "out.json"],
        ["split", path, "--parts", "a=1,b=1", "-o", tmp_path / "parts"],
        ["resize", path, "--size", "60x60", "-o", tmp_path / "small"],
    ]
    for command in commands:
        done(*command)
        error = run(*command).exception
        assert isinstance(error, TapeError)
        assert "exists already" in error.title
        assert error.exit_code == 2
        done(*command, "--force")
    error = run("convert", path, "--to", "mpii", "--skeleton", "coco-17", "-o", tmp_path / "x.json").exception
    assert isinstance(error, DatasetError)


def _split(tmp_path: Path, path: Path, name: str, *more: object) -> dict[str, list[dict[str, Any]]]:
    done("split", path, "--parts", "train=3,val=1", "-o", tmp_path / name, *more)
    return {part: load(tmp_path / name / f"{part}.json") for part in ("train", "val")}


def test_parts_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    path, content = coco(tmp_path, images=40)
    once: Any = _split(tmp_path, path, "once", "--seed", 5)
    save(path, {**content, "images": content["images"][::-1]})
    again: Any = _split(tmp_path, path, "again", "--seed", 5)
    other: Any = _split(tmp_path, path, "other", "--seed", 6)
    ids = [{part: {one["id"] for one in got[part]["images"]} for part in got} for got in (once, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert (len(ids[0]["train"]), len(ids[0]["val"])) == (30, 10)
    assert ids[0]["train"] | ids[0]["val"] == set(range(1, 41))
    for part in ("train", "val"):
        assert {one["image_id"] for one in once[part]["annotations"]} == ids[0][part]
        assert once[part]["categories"] == content["categories"]
    people = [one["id"] for part in once.values() for one in part["annotations"]]
    assert sorted(people) == sorted(one["id"] for one in content["annotations"])


def test_a_person_who_is_followed_stays_in_one_part(tmp_path: Path) -> None:
    path, content = coco(tmp_path, images=24)
    for one in content["annotations"]:
        one["track_id"] = one["image_id"] // 4
    save(path, content)
    got: Any = _split(tmp_path, path, "parts")
    tracks = [{one["track_id"] for one in got[part]["annotations"]} for part in got]
    assert not tracks[0] & tracks[1]
    assert tracks[0] | tracks[1] == set(range(7))
    alone: Any = _split(tmp_path, path, "alone", "--together", "image")
    tracks = [{one["track_id"] for one in alone[part]["annotations"]} for part in alone]
    assert tracks[0] & tracks[1]


def test_videos_and_folders_stay_together(tmp_path: Path) -> None:
    path, content = coco(tmp_path, images=12)
    for one in content["images"]:
        one["vid_id"] = f"{one['id'] % 4:06d}"
        one["file_name"] = f"{one['id'] % 3}/{one['id']}.jpg"
    save(path, content)
    for more, key in (((), "vid_id"), (("--together", "folder"), "file_name")):
        got: Any = _split(tmp_path, path, key, *more)
        found = [{one[key].partition("/")[0] for one in got[part]["images"]} for part in got]
        assert not found[0] & found[1]
    for one in content["images"]:
        one["vid_id"] = "000001"
    save(path, content)
    error = run("split", path, "--parts", "a=1,b=1", "-o", tmp_path / "none").exception
    assert isinstance(error, DatasetError)
    assert "--together image" in error.remedy


@pytest.mark.parametrize("parts", ["train", "a=1,a=2", "a=0,b=1", "a=x", "../a=1", ""])
def test_parts_that_are_none_are_refused(tmp_path: Path, parts: str) -> None:
    path, _ = coco(tmp_path)
    result = run("split", path, "--parts", parts, "-o", tmp_path / "parts")
    assert result.exit_code == 2
    assert "is not a list such as train=8,val=2" in result.output


def test_lists_are_split_by_image(tmp_path: Path) -> None:
    path, _ = coco(tmp_path, images=8)
    for kind in ("lsp", "mpii"):
        done("convert", path, "--to", kind, "-o", tmp_path / f"{kind}.json")
        _split(tmp_path, tmp_path / f"{kind}.json", kind)
        parts = [read_labels(tmp_path / kind / f"{part}.json") for part in ("train", "val")]
        names = [{image.file_name for image in part.images} for part in parts]
        assert [len(one) for one in names] == [6, 2]
        assert not names[0] & names[1]
        assert sum(len(part.people) for part in parts) == 9
    assert body()[0] != body(left=60)[0]
