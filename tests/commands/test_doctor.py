from __future__ import annotations

import json
import shutil
import termios
from pathlib import Path

import pytest

from posetui import paths
from posetui.commands.checks import Check, check_config, check_import, check_python, check_weights, judge_cv2
from posetui.commands.terminal_checks import (
    check_colors,
    check_size,
    check_term,
    check_unicode,
    judge_sync,
)
from tests.commands.running import COMMAND, FakeTerminal, RunPosetui

LAST_QUERY = b"\x1b[c"


def test_without_a_terminal_it_judges_the_rest(posetui: RunPosetui) -> None:
    done = posetui("doctor", "--json")
    answer = json.loads(done.stdout)
    states = {check["name"]: check["state"] for check in answer["checks"]}
    assert (answer["ok"], done.returncode, done.stderr) == (True, 0, "")
    assert states["size"] == states["sync output"] == "not judged"
    assert {states[name] for name in ("Python", "settings", "weights", "cv2", "mediapipe", "devices")} == {
        "ok"
    }
    assert states["Unicode"] == "ok"
    assert states["cameras"] in ("ok", "warn")


def test_settings_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("fps = 0", encoding="utf-8")
    monkeypatch.setenv("POSETUI_CONFIG", str(path))
    check = check_config({})
    assert check.state == "fail"
    assert "line 1: fps must be" in check.found
    path.write_text("fps = 5", encoding="utf-8")
    assert check_config({"flip": True}) == Check("settings", "ok", "2 differ from the defaults")


def test_in_a_terminal_that_answers(environ: dict[str, str]) -> None:
    with FakeTerminal(100, 30) as terminal:
        before = termios.tcgetattr(terminal.slave)
        child = terminal.run([*COMMAND, "doctor"], {**environ, "COLORTERM": "truecolor"})
        terminal.read_until(LAST_QUERY)
        terminal.write(b"\x1b[?2026;2$y\x1b[?62;22c")
        terminal.read_until(b"mediapipe")
        assert child.wait(timeout=30) == 0
        text = terminal.read_all().decode()
        assert termios.tcgetattr(terminal.slave) == before
    for found in ("100x30", "24-bit", "supported", "\x1b[32mok"):
        assert found in text
    assert "not supported" not in text
    assert "2026;2" not in text  # the answer was not echoed


def test_in_a_terminal_that_never_answers(environ: dict[str, str]) -> None:
    with FakeTerminal(60, 20) as terminal:
        child = terminal.run([*COMMAND, "doctor", "--json"], {**environ, "TERM": "dumb"})
        terminal.read_until(b'"cameras"')
        assert child.wait(timeout=30) == 1
        text = terminal.read_all().decode()
    answer = json.loads(text)
    checks = {check["name"]: check for check in answer["checks"]}
    assert checks["terminal"]["state"] == "fail"
    assert checks["size"]["state"] == "warn"
    assert checks["sync output"]["found"] == "the terminal does not answer"


def test_missing_and_changed_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(paths.models_dir(), tmp_path / "models", ignore=shutil.ignore_patterns("build"))
    monkeypatch.setattr(paths, "models_dir", lambda: tmp_path / "models")
    assert [check.state for check in check_weights()] == ["ok"]
    (tmp_path / "models" / "pose_landmarker_full.task").write_bytes(b"other")
    (tmp_path / "models" / "pose_landmarker_lite.task").unlink()
    found = {check.found: check.state for check in check_weights()}
    assert found == {"pose_landmarker_full is changed": "fail", "pose_landmarker_lite is missing": "warn"}
    (tmp_path / "models" / "manifest.toml").unlink()
    assert [check.state for check in check_weights()] == ["fail"]


def test_two_wheels_of_cv2() -> None:
    loaded = Check("cv2", "ok", "5.0")
    assert judge_cv2(loaded, ["opencv-contrib-python"]).state == "ok"
    twice = judge_cv2(loaded, ["opencv-contrib-python", "opencv-python"])
    assert twice.state == "warn"
    assert "pip uninstall opencv-contrib-python opencv-python" in twice.remedy
    broken = Check("cv2", "fail", "does not load")
    assert judge_cv2(broken, []) == broken


def test_a_library_that_does_not_load() -> None:
    missing = check_import("no_such_library", "1", needed=True)
    assert missing.state == "fail"
    assert "No module named 'no_such_library'" in missing.found
    crashed = check_import("os", "os.kill(os.getpid(), 11)", needed=False)
    assert (crashed.state, crashed.found) == ("warn", "does not load: ended by signal 11")


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 1), "fail"), ((3, 12, 0), "ok"), ((3, 14, 0), "warn")]
)
def test_versions_of_python(version: tuple[int, ...], state: str) -> None:
    assert check_python(version).state == state


@pytest.mark.parametrize(
    ("environ", "state", "found"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "ok", "24-bit"),
        ({"TERM": "xterm-kitty"}, "ok", "24-bit"),
        ({"TERM": "screen-256color"}, "ok", "256"),
        ({"TERM": "linux"}, "warn", "16"),
        ({"TERM": "screen", "TMUX": "/tmp/x"}, "warn", "16"),
        ({"TERM": "linux", "NO_COLOR": "1"}, "ok", "none, as NO_COLOR asks"),
    ],
)
def test_colours(environ: dict[str, str], state: str, found: str) -> None:
    check = check_colors(environ)
    assert (check.state, check.found) == (state, found)


def test_terminals_sizes_and_locales() -> None:
    assert check_term({}).state == check_term({"TERM": "dumb"}).state == "fail"
    assert check_term({"TERM": "screen.xterm"}).state == "warn"
    assert check_term({"TERM": "screen", "TMUX": "x"}).found == "screen, in tmux"
    assert (check_size(80, 24).state, check_size(79, 24).state, check_size(0, 0).state) == (
        "ok",
        "warn",
        "warn",
    )
    assert (check_unicode("UTF-8").state, check_unicode("ANSI_X3.4-1968").state) == ("ok", "warn")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"\x1b[?2026;1$y\x1b[?6c", "supported"),
        (b"\x1b[?2026;0$y\x1b[?6c", "not supported"),
        (b"\x1b[?6c", "not supported"),
        (b"", "the terminal does not answer"),
    ],
)
def test_answers_about_synchronized_output(answer: bytes, found: str) -> None:
    assert judge_sync(answer, {}).found == found
