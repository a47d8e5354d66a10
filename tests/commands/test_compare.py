"""`posetui compare`: real backends on a few frames."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from posetui.commands.compare_run import wanted
from posetui.commands.main import cli
from posetui.errors import BackendError, PosetuiError, SettingsError
from posetui.paths import tape_file
from posetui.sources.clips import clip_path
from posetui.tapes.reader import Tape
from tests.commands.running import COMMAND, RunPosetui
from tests.reports.pages import parsed
from tests.tapes import made

TWO = "movenet:lightning,movenet detail=low"


def test_without_truth_it_says_how_far_they_agree(posetui: RunPosetui, tmp_path: Path) -> None:
    asked = ("compare", "demo", "--backends", TWO, "--limit", "8", "-o", str(tmp_path / "kept"))
    done = posetui(*asked, "--samples", "50", "--json")
    assert done.returncode == 0, done.stderr
    assert "the tapes are in" in done.stderr
    said = json.loads(done.stdout)
    assert (said["frames"], said["stills"], len(said["joints"])) == (8, False, 17)
    first, second = said["backends"]
    assert (first["name"], second["name"]) == ("movenet:lightning", "movenet detail=low")
    assert first["numbers"]["people"]["value"] == 1
    assert second["numbers"]["people"]["value"] > 1
    for one in said["backends"]:
        assert one["numbers"]["fps"]["value"] > 0
        assert one["numbers"]["memory"]["value"] > 50
        low, high = one["numbers"]["latency_p50"]["interval"]
        assert low <= one["numbers"]["latency_p50"]["value"] <= high
        with Tape.open(Path(one["tape"])) as tape:
            assert len(tape) == 8
    [pair] = said["pairs"]
    assert pair["people"]["first"] == 0 < pair["people"]["second"]
    assert 0.5 < pair["numbers"]["oks"]["value"] <= 1
    worst = said["disagreements"][0]
    assert worst["people"] == {"movenet:lightning": 1, "movenet detail=low": 2}
    changed = [Path(one["tape"]).stat().st_mtime_ns for one in said["backends"]]
    report = tmp_path / "report"
    again = posetui(*asked, "--samples", "50", "--report", str(report))
    assert again.returncode == 0, again.stderr
    _has_agreement(report, said)
    assert "look first at frame".upper() in again.stdout.upper()
    [faster] = [line for line in again.stdout.splitlines() if line.startswith("latency p50 ms: ")]
    assert faster.endswith((": significant", ": may be chance"))
    assert [Path(one["tape"]).stat().st_mtime_ns for one in said["backends"]] == changed


def _has_agreement(report: Path, said: dict[str, Any]) -> None:
    """The page says of each two what the JSON says, and shows the frames to look at first."""
    page = parsed(report / "index.html")
    assert {"in-short", "numbers", "agreement", "joints", "along", "differences", "first"} <= set(page.ids)
    [pair] = said["pairs"]
    line = next(row for row in page.rows if row[0] == " / ".join(pair["of"]))
    for cell, (name, digits) in zip(line[1:], (("oks", 2), ("overlap", 1), ("distance", 1)), strict=False):
        assert cell.split()[0] == f"{pair['numbers'][name]['value']:.{digits}f}"
    [worst] = said["disagreements"]
    line = next(row for row in page.rows if row[0].startswith(f"frame {worst['frame']}, "))
    assert (line[1], line[5]) == (f"{worst['agreement']:.2f}", "1/2")
    shots = [cv2.imread(str(path)) for path in sorted((report / "worst").iterdir())]
    assert len(shots) == 2
    ours, theirs = (np.asarray(shot, dtype=int) for shot in shots if shot is not None)
    assert np.unique(ours.reshape(-1, 3), axis=0).shape[0] > 2000  # the clip's picture
    assert (np.abs(ours - theirs).max(axis=2) > 60).any()  # other people on it
    text = (report / "report.md").read_text(encoding="utf-8")
    assert "## Agreement" in text
    assert "](worst/apart-01-1.jpg)" in text


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Return truth of two pictures, made by a backend, and one that is missing."""
    video = cv2.VideoCapture(str(clip_path("demo:single")))
    (tmp_path / "set" / "images").mkdir(parents=True)
    images: list[dict[str, Any]] = []
    for number, name in enumerate(("one.png", "two.png"), 1):
        read, image = video.read()
        assert read
        small = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5))
        assert cv2.imwrite(str(tmp_path / "set" / "images" / name), small)
        images.append({"id": number, "file_name": name, "width": small.shape[1], "height": small.shape[0]})
    video.release()
    images.append({"id": 9, "file_name": "gone.png", "width": 5, "height": 5})
    path = tmp_path / "set" / "person_keypoints.json"
    shutil.copy(Path(__file__).parent / "one_person.json", path)
    plain = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**plain, "images": images}), encoding="utf-8")
    return path


def test_with_truth_it_is_an_evaluation(posetui: RunPosetui, dataset: Path) -> None:
    kept = dataset.parent / "kept"
    asked = (
        "compare",
        dataset,
        "--backends",
        "movenet:thunder,mediapipe:lite",
        "--samples",
        "50",
        "-o",
        kept,
    )
    done = posetui(*asked, "--csv")
    assert done.returncode == 0, done.stderr
    rows = {(row["backend"], row["number"]): row for row in csv.DictReader(io.StringIO(done.stdout))}
    for name in ("movenet:thunder", "mediapipe:lite"):
        assert float(rows[name, "pck"]["value"]) > 60
        assert float(rows[name, "recall"]["value"]) >= 0.5  # of the images that are there
        assert float(rows[name, "fps"]["low"]) > 0
    report = dataset.parent / "report"
    done = posetui(*asked, "--report", str(report))
    assert done.returncode == 0, done.stderr
    page = (report / "index.html").read_text(encoding="utf-8")
    assert "movenet:thunder" in page
    assert "movenet:thunder / mediapipe:lite" in page  # agreement, too
    assert "mediapipe:lite" in page
    assert json.loads((report / "report.json").read_text(encoding="utf-8"))["evaluation"]["images"] == 2
    assert "1 images of the dataset are not in" in done.stdout
    assert "2 images, 2 people" in done.stdout
    assert "peak memory MB" in done.stdout


def test_truth_of_other_images_is_refused_after_the_first_backend(
    posetui: RunPosetui, dataset: Path, tmp_path: Path
) -> None:
    asked = ("compare", "demo", "--backends", TWO, "--limit", "2", "-o", str(tmp_path / "kept"))
    done = posetui(*asked, "--truth", str(dataset))
    assert (done.returncode, done.stdout) == (2, "")
    assert "which is which cannot be known" in done.stderr
    assert [one.name for one in (tmp_path / "kept").iterdir()] == ["movenet-lightning.mcap"]


def test_ctrl_c_keeps_what_is_done(environ: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run = subprocess.Popen(
        [*COMMAND, "compare", "demo", "--backends", "movenet:lightning,movenet", "-o", str(kept)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (kept / "movenet.mcap").exists():
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process is waited for
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert "has all frames of: movenet:lightning; the same command goes on" in err
    with Tape.open(kept / "movenet-lightning.mcap") as whole, Tape.open(kept / "movenet.mcap") as part:
        assert whole.damage is part.damage is None
        assert len(part) < len(whole)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("demo", "--backends", "movenet"), "One backend alone"),
        (("demo", "--backends", "movenet,nothing"), "There is no backend 'nothing'"),
        (("demo", "--backends", "movenet,movenet"), "names movenet twice"),
        (("demo", "--backends", "movenet,,"), "an empty name"),
        (("demo", "--backends", "movenet detail=huge,openpose"), "must be low, medium or high"),
        (("demo", "--backends", TWO, "--truth", "none.json"), "There is no none.json"),
        (("none.mp4", "--backends", TWO), "none.mp4"),
        (("none.json", "--backends", TWO), "none.json"),
        (("demo", "--backends", TWO, "--images", "x"), "is no dataset"),
        ((str(tape_file(Path("demo.mcap"))), "--backends", TWO, "--images", "x"), "the tape may be --truth"),
        (("demo", "--backends", TWO, "--json", "--csv"), "exclude each other"),
        (("demo", "--backends", TWO, "-o", "/dev/null/x"), "cannot be made"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = CliRunner().invoke(cli, ["compare", *arguments])
    if isinstance(done.exception, PosetuiError):
        assert done.exception.exit_code == 2
        assert "\n" not in str(done.exception)
        assert words in str(done.exception)
    else:
        assert done.exit_code == 2
        assert words in done.stderr
    assert done.stdout == ""


def test_somebody_elses_tape_is_not_replaced(posetui: RunPosetui, tmp_path: Path) -> None:
    made.tape(tmp_path / "movenet.mcap", 3)
    done = posetui("compare", "demo", "--backends", "openpose,movenet", "-o", str(tmp_path))
    assert done.returncode == 2
    assert "movenet.mcap exists" in done.stderr
    assert not (tmp_path / "openpose.mcap").exists()  # told before anything is run


def test_backends_have_options_of_their_own() -> None:
    found = wanted("topdown  detail=high refine=none, movenet", {"detail": "low", "max_people": "3"})
    assert list(found) == ["topdown detail=high refine=none", "movenet"]
    first, second = found.values()
    assert (first.backend, first.detail, first.refine, first.max_people) == ("topdown", "high", "none", 3)
    assert (second.detail, second.refine, second.every_frame, second.loop) == ("low", "auto", True, False)
    with pytest.raises(BackendError):
        wanted("movenet speed=9,openpose", {})
    with pytest.raises(SettingsError):
        wanted("movenet max-people=none,openpose", {})
