"""`posetui evaluate --report`, on real tapes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from posetui.commands.evaluate import evaluate
from posetui.errors import PosetuiError, SettingsError
from tests.reports.made import DEMO, cut, shaken
from tests.reports.pages import parsed

PLOTS = {"pck-curves", "by-joint", "by-part", "oks", "calibration", "speed-accuracy"}


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A real tape with pictures, a worse one without, and truth."""
    folder = tmp_path_factory.mktemp("tapes")
    return (
        cut(folder / "real.mcap"),
        shaken(folder / "worse.mcap", 12, seed=1),
        shaken(folder / "truth.mcap", 2, seed=2, backend="truth"),
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def report(tapes: tuple[Path, Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report, written by a process of its own, and beside it what `--json` says, and how it was called."""
    real, worse, truth = tapes
    folder = tmp_path_factory.mktemp("reports") / "report"
    words = [*map(str, (real, worse)), "--truth", str(truth), "--samples", "100", "--json"]
    words += ["--report", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "posetui", "evaluate", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"wrote {folder}/index.html\n"
    (folder.parent / "said.json").write_text(done.stdout, encoding="utf-8")
    (folder.parent / "command.txt").write_text(f"posetui evaluate {' '.join(words)}", encoding="utf-8")
    return folder


def test_the_page_is_well_formed_and_loads_nothing(report: Path) -> None:
    page = parsed(report / "index.html")
    assert "prefers-color-scheme: dark" in (report / "index.html").read_text(encoding="utf-8")
    assert page.text.count("real.mcap") > 5
    sections = [one for one in page.loaded if one.startswith("#")]
    assert {"#numbers", "#worst", "#origins", "#differences"} <= set(sections)
    assert all(one[1:] in page.ids for one in sections)


def test_the_numbers_are_those_of_the_json(report: Path) -> None:
    said: dict[str, Any] = json.loads((report.parent / "said.json").read_text(encoding="utf-8"))
    kept = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert kept["evaluation"] == said
    page = parsed(report / "index.html")
    rows = {row[0].rstrip(" ↑↓"): row[1:] for row in page.rows}
    for label, name, digits in (("AP", "ap", 3), ("PCK@0.2 %", "pck", 1), ("PCK AUC %", "pck_auc", 1)):
        for place, tape in enumerate(said["tapes"]):
            number = tape["numbers"][name]
            low, high = number["interval"]
            assert rows[label][place] == f"{number['value']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
    assert [one.split(" ")[0] for one in rows["mean OKS"]] == [
        f"{tape['numbers']['oks']['value']:.3f}" for tape in said["tapes"]
    ]
    [at] = [place for place, row in enumerate(page.rows) if row[0].startswith("PCK@0.2")]
    assert (at, 1) in page.bold  # the real one is better
    assert (at, 2) not in page.bold
    text = (report / "report.md").read_text(encoding="utf-8")
    assert f"**{said['tapes'][0]['numbers']['pck']['value']:.1f}** [" in text
    [apart] = [one for one in said["differences"] if one["number"] == "pck"]
    line = next(row for row in page.rows if row[:2] == ["real.mcap less worse.mcap", "PCK@0.2 %"])
    assert line[2].startswith(f"{apart['value']:+.1f} [")
    assert line[3:] == [f"{apart['p']:.3f}", "yes" if apart["significant"] else "may be chance"]


def test_plots_and_pictures_are_beside_it(report: Path) -> None:
    assert {one.stem for one in (report / "plots").iterdir()} == PLOTS
    for name in PLOTS:
        root = ElementTree.fromstring((report / "plots" / f"{name}.svg").read_bytes())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 10
        picture = cv2.imread(str(report / "plots" / f"{name}.png"))
        assert picture is not None
        assert picture.shape[1] > 1000
    text = (report / "report.md").read_text(encoding="utf-8")
    for one in (report / "plots").glob("*.svg"):
        assert f"](plots/{one.name})" in text
    shots = sorted((report / "worst").iterdir())
    assert len(shots) % 2 == 0
    assert all(f"](worst/{one.name})" in text for one in shots)
    listed = json.loads((report / "report.json").read_text(encoding="utf-8"))["files"]
    there = {one.relative_to(report).as_posix() for one in report.rglob("*") if one.is_file()}
    assert there == set(listed)


def test_pictures_in_the_page_are_whole(report: Path) -> None:
    page = parsed(report / "index.html")
    drawn = [one for one in page.loaded if one.startswith("data:image/svg")]
    assert len(drawn) == 2 * len(PLOTS)  # for light and for dark
    for one in drawn:
        ElementTree.fromstring(b64decode(one.partition(",")[2]))
    shots = [one for one in page.loaded if one.startswith("data:image/jpeg")]
    assert len(shots) == len(list((report / "worst").iterdir()))


def test_worst_frames_show_the_tapes_own_pictures(report: Path) -> None:
    shot = cv2.imread(str(report / "worst" / "01-1.jpg"))
    assert shot is not None
    assert len(np.unique(shot.reshape(-1, 3), axis=0)) > 2000  # a photograph
    assert "not at hand" not in parsed(report / "index.html").text


def test_the_origin_is_told(report: Path) -> None:
    text = parsed(report / "index.html").text
    for expected in (
        (report.parent / "command.txt").read_text(encoding="utf-8"),
        "pose_landmarker_full",
        "a347f5bb9dcd53a83de5b2f5348a4a4fa23726d7be3932f891e90d43d6310295",
    ):
        assert expected in text
    assert "mediapipe 1." in text
    assert "2 cores" in text


def messages(error: BaseException | None) -> str:
    assert isinstance(error, SettingsError)
    assert error.exit_code == 2
    return str(error)


def test_what_cannot_be_is_refused_at_once(tapes: tuple[Path, Path, Path], tmp_path: Path) -> None:
    _, worse, truth = tapes
    (tmp_path / "file").write_text("", encoding="utf-8")
    no_folder = run(worse, "--truth", truth, "--report", tmp_path / "file")
    assert "is not a folder" in messages(no_folder.exception)
    no_images = run(worse, "--truth", truth, "--report", tmp_path / "out", "--images", tmp_path / "none")
    assert "There is no" in messages(no_images.exception)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine", encoding="utf-8")
    taken = run(worse, "--truth", truth, "--report", tmp_path / "taken")
    assert "such as thesis.txt" in messages(taken.exception)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "plots").symlink_to(tmp_path)
    linked = run(worse, "--truth", truth, "--report", tmp_path / "linked", "--force")
    assert "plots" in messages(linked.exception)
    assert run(worse, "--truth", truth, "--images", tmp_path).exit_code == 2
    wide = tmp_path / "wide.avi"
    video = cv2.VideoWriter(str(wide), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    video.write(np.zeros((48, 64, 3), np.uint8))
    video.release()
    for images, words in (
        (tmp_path / "taken", "names no images, so the folder"),
        (wide, "the video has another shape (64x48)"),
        (DEMO, "is not a video"),
    ):
        other = run(worse, "--truth", truth, "--report", tmp_path / "out", "--images", images)
        assert isinstance(other.exception, PosetuiError)
        assert words in str(other.exception)
    assert not (tmp_path / "out").exists()
