"""Names and notes that would be markup, anywhere else."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from posetui.commands.evaluate import evaluate
from posetui.reports.markdown import plain
from tests.reports.made import shaken
from tests.reports.pages import parsed

NASTY = "_x&lt;\"'><img src=http:$^`a`|b]]>.mcap"
NOTE = '</dd><script src="http://example.org/x.js">alert(1)</script>\x1b[31m\u202e|**b**<!-- `'


FOLDER = "````\n<b>"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of tapes without pictures, everything in which has a nasty name."""
    folder = tmp_path_factory.mktemp("hostile")
    worse = shaken(folder / NASTY, 9, seed=3, note=NOTE, backend="<b>&amp;\n|x")
    truth = shaken(folder / "<i>truth.mcap", 2, seed=4, note=NOTE)
    words = [str(worse), "--truth", str(truth), "--samples", "20", "--report", str(folder / FOLDER)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["posetui", "evaluate", *words])
        done = CliRunner().invoke(evaluate, words)
    assert done.exit_code == 0, done.output
    assert "/index.html" in done.stdout
    return folder / FOLDER


def test_without_pictures_people_stand_on_a_plain_ground(report: Path) -> None:
    assert "are not at hand: people are drawn on a plain ground" in parsed(report / "index.html").text
    drawn = cv2.imread(str(report / "worst" / "01-1.jpg"))
    assert drawn is not None
    ground = np.abs(drawn.astype(int) - (58, 52, 46)).max(axis=2) < 8
    assert 0.5 < ground.mean() < 0.99


def test_names_are_text_in_the_page(report: Path) -> None:
    page = parsed(report / "index.html")  # among others: no script, no handler, nothing loaded
    assert "i" not in page.tags
    assert NASTY in page.text
    assert "<i>truth.mcap" in page.text
    assert '</dd><script src="http://example.org/x.js">alert(1)</script>' in page.text
    text = (report / "index.html").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_names_are_text_in_markdown(report: Path) -> None:
    text = (report / "report.md").read_text(encoding="utf-8")
    outside = text[: text.index("console\n")] + text[text.index("\n", text.index("console\n") + 9) :]
    assert "<" not in outside.replace("&lt;", "")
    assert "\x1b" not in text
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert rows
    for line in rows:
        bars = line.replace("\\\\", "").replace("\\|", "").count("|")
        assert bars in (3, 4, 5, 6)
    header = next(line for line in rows if "x&amp;lt;" in line)
    assert header == f"|  | {plain(NASTY)} |"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b*c*", "a\\_b\\*c\\*"),
        ("[x](http://a.b)", "\\[x\\](http\\://a.b)"),
        ("www.a.b", "www\\.a.b"),
        ("1. one", "1\\. one"),
        ("1.5 ms", "1.5 ms"),
        ("- item", "\\- item"),
        ("-0.5", "-0.5"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("me@here.org", "me\\@here.org"),
        ("PCK@0.2", "PCK@0.2"),
        ("a\nb", "a b"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_the_command_cannot_leave_its_block(report: Path) -> None:
    text = (report / "report.md").read_text(encoding="utf-8")
    [opening] = [line for line in text.splitlines() if line.endswith("console")]
    fence = opening.removesuffix("console")
    assert fence == "`" * 5
    assert text.splitlines().count(fence) == 1
    kept = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert kept["command"].startswith("posetui evaluate")
