"""`posetui evaluate`, on files: what it says is what pycocotools says of the same files."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from posetui.commands.evaluate import evaluate
from posetui.commands.evaluating import print_evaluation
from posetui.commands.import_ import ImportRequest, run_import
from posetui.engine.loading import load
from posetui.errors import EvaluationError, TapeError
from posetui.evaluation.people import Found, Truth
from posetui.evaluation.summary import evaluate as evaluate_recordings
from posetui.tapes.formats.recognise import format_of
from tests.evaluation.making import Chances, random_set
from tests.evaluation.oracle import coco_json, results_json, ten_numbers
from tests.tapes.made import tape

TEN = ["ap", "ap50", "ap75", "ap_medium", "ap_large", "ar", "ar50", "ar75", "ar_medium", "ar_large"]


def files(folder: Path, seed: int = 5) -> tuple[Truth, Found, Path, Path]:
    truth, found = random_set(seed, Chances(images=30, people=4))
    # As files have them: hundredths of a pixel, and names of images.
    found = replace(found, points=found.points.round(2))
    labels = coco_json(truth)
    for image in labels["images"]:
        image["file_name"] = f"{image['id']}.jpg"
    paths = folder / "truth.json", folder / "results.json"
    paths[0].write_text(json.dumps(labels), encoding="utf-8")
    paths[1].write_text(json.dumps(results_json(found)), encoding="utf-8")
    return truth, found, *paths


def run(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(one) for one in arguments], catch_exceptions=True)


def test_json_has_the_numbers_of_pycocotools(tmp_path: Path) -> None:
    truth, found, labels, results = files(tmp_path)
    done = run(results, "--truth", labels, "--json", "--samples", 50)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    numbers = said["tapes"][0]["numbers"]
    theirs = ten_numbers(truth, found)
    for name, value in zip(TEN, theirs, strict=True):
        assert numbers[name]["value"] == (None if math.isnan(value) else pytest.approx(value, abs=1e-9))
    low, high = numbers["ap"]["interval"]
    assert low < theirs[0] < high
    assert said["images"] == 30
    assert said["people"] == int((~truth.ignored).sum())
    assert len(said["tapes"][0]["joints"]) == 17
    low, high = numbers["pck_auc"]["interval"]
    assert low < numbers["pck_auc"]["value"] < high


def test_json_has_the_curves(tmp_path: Path) -> None:
    _, _, labels, results = files(tmp_path)
    [said] = json.loads(run(results, "--truth", labels, "--json", "--samples", 50).stdout)["tapes"]
    assert list(said["curves"]) == ["torso", "box"]  # COCO labels no heads
    torso = said["curves"]["torso"]
    at = dict(zip(torso["levels"], torso["percent"], strict=True))
    assert at[0.2] == said["numbers"]["pck"]["value"]
    assert torso["auc"] == said["numbers"]["pck_auc"]["value"]
    bins = said["reliability"]
    joints = sum(one["joints"] for one in bins)
    error = sum(one["joints"] * abs(one["confidence"] - one["right"]) for one in bins) / joints
    assert error == pytest.approx(said["numbers"]["ece"]["value"], rel=1e-12)
    assert all(one["from"] < one["confidence"] <= one["to"] for one in bins)


def test_the_table_has_the_best_and_says_what_is_chance(tmp_path: Path) -> None:
    _, found, labels, results = files(tmp_path)
    random = np.random.default_rng(1)
    shaken = replace(found, points=found.points + random.normal(0, 25, found.points.shape).round(2))
    worse = tmp_path / "worse.json"
    worse.write_text(json.dumps(results_json(shaken)), encoding="utf-8")
    done = run(results, worse, "--truth", labels, "--samples", 200)
    assert done.exit_code == 0, done.output
    assert "30 images" in done.stdout
    [row] = [line for line in done.stdout.splitlines() if re.match(r"AP +\d", line) and "[" in line]
    assert row.count("[") == 2
    assert "PCK@0.2 %: results.json less worse.json is +" in done.stdout
    assert "significant" in done.stdout
    said = json.loads(run(results, worse, "--truth", labels, "--json", "--samples", 200).stdout)
    apart = {one["number"]: one for one in said["differences"]}
    assert apart["pck"]["value"] > 0
    assert apart["pck"]["significant"]


def test_csv_has_a_row_a_number(tmp_path: Path) -> None:
    truth, found, labels, results = files(tmp_path)
    done = run(results, "--truth", labels, "--csv", "--samples", 50)
    rows = {row["number"]: row for row in csv.DictReader(done.stdout.splitlines())}
    assert float(rows["ap"]["value"]) == pytest.approx(ten_numbers(truth, found)[0], abs=1e-9)
    assert float(rows["ap"]["low"]) < float(rows["ap"]["high"])
    assert rows["pckh"]["value"] == ""  # nobody knows how long heads are


def test_a_run_is_the_same_again(tmp_path: Path) -> None:
    _, _, labels, results = files(tmp_path)
    once, again = (run(results, "--truth", labels, "--json", "--samples", 50).stdout for _ in range(2))
    assert once == again


def test_truth_itself_is_perfect(tmp_path: Path) -> None:
    _, _, labels, _ = files(tmp_path)
    found = evaluate_recordings(load(labels, "truth"), [load(labels, "same")], samples=20)
    figures = found.results[0].figures
    assert figures["pck"].value == 100
    assert figures["mpjpe"].value == 0
    assert figures["oks"].value == 1


def test_only_images_that_all_have_seen_are_compared(tmp_path: Path) -> None:
    _, _, labels, _ = files(tmp_path)
    whole = replace(load(labels, "truth"), facts={})
    some = replace(whole, name="some", frames=whole.frames[:20])
    late = replace(whole, name="late", frames=whole.frames[10:])
    found = evaluate_recordings(whole, [some, late], samples=20)
    assert found.images == 10
    assert any("are left out" in note for note in found.results[0].notes)
    with pytest.raises(EvaluationError, match="is in all of the tapes"):
        evaluate_recordings(whole, [replace(some, frames=whole.frames[:5]), late], samples=20)
    with pytest.raises(EvaluationError, match="the same name"):
        evaluate_recordings(whole, [some, some], samples=20)


def test_people_of_other_images_raise_a_doubt(tmp_path: Path) -> None:
    _, found, labels, results = files(tmp_path)
    away = replace(found, points=found.points + 50_000)
    results.write_text(json.dumps(results_json(away)), encoding="utf-8")
    said = run(results, "--truth", labels, "--samples", 20)
    assert "is it of other images?" in said.stdout


def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path) -> None:
    _, _, labels, results = files(tmp_path)
    missing = run(results, "--truth", tmp_path / "none.json")
    assert isinstance(missing.exception, TapeError)
    assert missing.exception.exit_code == 2
    content: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
    content[0]["image_id"] = 777
    results.write_text(json.dumps(content), encoding="utf-8")
    stranger = run(results, "--truth", labels)
    assert isinstance(stranger.exception, EvaluationError)
    assert stranger.exception.title == "results.json has image 777, which the truth truth.json does not have"
    assert run(results, "--truth", labels, "--json", "--csv").exit_code == 2


def test_formats_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    texts = {
        "coco-results": '[{"image_id": 1, "keypoints": []}]',
        "mpii": '[{"joints_vis": [1], "joints": [[1, 2]]}]',
        "lsp": '{"joint_names": [], "images": []}',
        "coco-truth": '{"images": [{"id": 1}], "annotations": []}',
        "posetrack18": '{"annotations": [], "images": [{"vid_id": "000001"}]}',
    }
    for name, text in texts.items():
        (tmp_path / "file.json").write_text(text, encoding="utf-8")
        assert format_of(tmp_path / "file.json") == name
    assert format_of(tmp_path) == "openpose"
    assert format_of(tmp_path / "a.csv") == "csv"


def test_a_tape_of_a_video_is_measured_with_its_tracks(tmp_path: Path) -> None:
    path = tape(tmp_path / "run.mcap", frames=20, people=2)
    done = run(path, "--truth", path, "--json", "--samples", 20)
    assert done.exit_code == 0, done.output
    [said] = json.loads(done.stdout)["tapes"]
    numbers = said["numbers"]
    for name in ("mota", "idf1", "hota"):
        assert numbers[name] == {"value": 1, "interval": [1, 1]}
    assert numbers["switches"] == {"value": 0}
    assert numbers["flips"]["value"] == 0
    assert numbers["jitter"]["interval"][0] <= numbers["jitter"]["value"] > 1  # its people are chance
    assert run(path, "--truth", path, "--samples", 20).stdout.count("HOTA") == 1


def test_the_best_is_bold_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, found, labels, results = files(tmp_path)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(results_json(replace(found, points=found.points + 9))), encoding="utf-8")
    both = [load(results, "good"), load(other, "bad")]
    evaluation = evaluate_recordings(load(labels, "truth"), both, samples=50)
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", screen)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_evaluation(evaluation)
    [row] = [line for line in screen.getvalue().splitlines() if "PCK@0.2" in line and "less" not in line]
    value = f"{evaluation.results[0].figures['pck'].value:.1f}"
    assert re.search(rf"\x1b\[1m *{re.escape(value)}\x1b\[0m", row)
    assert row.count("\x1b[2m") == 2


def test_a_tape_of_a_dataset_says_what_its_file_says(tmp_path: Path) -> None:
    _, _, labels, results = files(tmp_path)
    for path, kind in ((labels, "coco-truth"), (results, "coco-results")):
        run_import(ImportRequest(path, path.with_suffix(".mcap"), kind))
    tapes = run(
        results.with_suffix(".mcap"), "--truth", labels.with_suffix(".mcap"), "--json", "--samples", 20
    )
    assert tapes.exit_code == 0, tapes.output
    of_files = run(results, "--truth", labels, "--json", "--samples", 20)
    numbers = [json.loads(one.stdout)["tapes"][0]["numbers"] for one in (tapes, of_files)]
    for name in TEN:  # scores have four digits on a tape: equal ones may come in another order
        assert numbers[0][name]["value"] == pytest.approx(numbers[1][name]["value"], abs=2e-3)
    for name in ("pck", "pck_box", "mpjpe", "oks"):
        assert numbers[0][name]["value"] == pytest.approx(numbers[1][name]["value"], abs=1e-9)
