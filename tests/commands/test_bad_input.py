"""Whatever the user gets wrong: one sentence on stderr, exit code 2."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from posetui.paths import clips_dir
from tests.commands.running import Finished, RunPosetui


def assert_one_sentence(done: Finished, *expected: str) -> None:
    assert done.stdout == ""
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("posetui: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for words in expected:
        assert words.lower() in done.stderr.lower()


BAD_FLAGS = [
    (["--threshold", "7"], "--threshold must be a number from 0 to 1, not '7'"),
    (["--threshold"], "--threshold"),
    (["--max-people", "0"], "--max-people must be a whole number from 1 to 20"),
    (["--max-people", "two"], "'two'"),
    (["--rotate", "45"], "--rotate must be 0, 90, 180 or 270"),
    (["--size", "big"], "--size must be a size such as 1280x720"),
    (["--fps", "-3"], "--fps"),
    (["--start", "x"], "--start must be a time such as 12.5 or 1:23.5"),
    (["--start", "5", "--end", "4"], "end (4 s, --end) must come after start (5 s, --start)"),
    (["--theme", "lihgt"], "Did you mean light?"),
    (["--skeleton", "coco"], "--skeleton"),
    (["--background", "\x1b[31m"], "--background"),
    (["--sorce", "0"], "--source"),
    (["--json", "--jsonl", "--source", "demo"], "exclude"),
    (["--json", "config"], "--json"),
    (["confg"], "confg"),
    (["config", "--force"], "--init"),
    (["--headless"], "--source"),
    (["--json", "--source", ""], "--source"),
    (["--json", "--source", "demo", "--backend", "mediapip"], "Did you mean mediapipe?"),
    ([], "This is not a terminal. Add --headless, --json or --jsonl."),
    (["--source", "demo"], "not a terminal"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD_FLAGS)
def test_bad_flags(posetui: RunPosetui, arguments: list[str], expected: str) -> None:
    done = posetui(*arguments)
    assert_one_sentence(done, expected)
    assert "\x1b" not in done.stderr


def test_so_does_a_process_of_its_own(started: RunPosetui) -> None:
    assert_one_sentence(started("--threshold", "7"), "--threshold must be a number from 0 to 1, not '7'")
    assert_one_sentence(started(), "This is not a terminal. Add --headless, --json or --jsonl.")
    assert_one_sentence(started("--json", "--source", "nowhere.mp4"), "no such file: nowhere.mp4")


def test_a_bad_config_file(posetui: RunPosetui, config_path: Path) -> None:
    config_path.write_text("treshold = 0.5\n", encoding="utf-8")
    assert_one_sentence(posetui("--json", "--source", "demo"), str(config_path), "line 1", "threshold")


def test_a_bad_variable(posetui: RunPosetui) -> None:
    done = posetui("--json", "--source", "demo", env={"POSETUI_ROTATE": "1"})
    assert_one_sentence(done, "POSETUI_ROTATE")


def _nothing(folder: Path) -> str:
    return "nowhere.mp4"


def _text_file(folder: Path) -> str:
    (folder / "notes.mp4").write_text("this is not a video\n" * 100)
    return "notes.mp4"


def _empty_file(folder: Path) -> str:
    (folder / "empty.mp4").touch()
    return "empty.mp4"


def _truncated(folder: Path) -> str:
    whole = (clips_dir() / "demo_single.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    return "cut.mp4"


def _empty_folder(folder: Path) -> str:
    (folder / "pictures").mkdir()
    (folder / "pictures" / "readme.txt").touch()
    return "pictures"


def _past_the_end(folder: Path) -> str:
    shutil.copy(clips_dir() / "demo_single.mp4", folder / "short.mp4")
    return "short.mp4"


def _hostile(folder: Path) -> str:
    return "a\x1b]52;c;aGk=\x07\u202e[bold]\x9b31m" + "x" * 10_000 + ".mp4"


BAD_SOURCES: list[tuple[Callable[[Path], str], str]] = [
    (_nothing, "no such file: nowhere.mp4"),
    (_text_file, "notes.mp4"),
    (_empty_file, "empty"),
    (_truncated, "truncated"),
    (_empty_folder, "pictures"),
    (lambda folder: "77", "camera"),
    (lambda folder: "/dev/video77", "camera"),
    (lambda folder: "demo:nobody", "demo:nobody"),
    (lambda folder: "gopher://host/x", "gopher://"),
    (_hostile, "posetui"),
]


@pytest.mark.parametrize(("make", "expected"), BAD_SOURCES)
def test_bad_sources(posetui: RunPosetui, tmp_path: Path, make: Callable[[Path], str], expected: str) -> None:
    done = posetui("--json", "--source", make(tmp_path / "work"))
    assert_one_sentence(done, expected)
    assert not any(ord(character) < 32 and character != "\n" for character in done.stderr)
    assert len(done.stderr) < 1000


def test_a_start_past_the_end(posetui: RunPosetui, tmp_path: Path) -> None:
    done = posetui("--json", "--source", _past_the_end(tmp_path / "work"), "--start", "1:00:00")
    assert_one_sentence(done, "3600 s")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Give a port of this machine that is taken, and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
def test_an_unreachable_stream_without_its_password(
    posetui: RunPosetui, closed_port: int, scheme: str
) -> None:
    done = posetui("--json", "--source", f"{scheme}://me:se@cret@127.0.0.1:{closed_port}/x")
    assert_one_sentence(done, f"{scheme}://***@127.0.0.1:{closed_port}/x")
    assert "cret" not in done.stderr
