from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.source_files import cut, write_video
from tests.tui.looking import Open, assert_restored, canvas, last_words, wait_gone, wait_state


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.mp4", "missing.mp4"),
        ("words.mp4", "words.mp4 is not a video"),
        ("rtsp://127.0.0.1:9/x", "rtsp://127.0.0.1:9/x"),
    ],
)
def test_a_source_that_cannot_be_opened(open_app: Open, tmp_path: Path, source: str, reason: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "words.mp4").write_text("This is not a video.\n" * 100)
    app = open_app("--source", source)
    assert app.wait_exit(60) == 2
    assert_restored(app)
    words = last_words(app)
    assert words.startswith("posetui: ")
    assert reason in words
    assert words.endswith((".", "?"))
    assert "\n" not in words.strip()
    wait_gone(app)


def test_a_file_that_fails_midway_keeps_its_last_picture(open_app: Open, tmp_path: Path) -> None:
    whole = write_video(tmp_path / "numbers.avi", 40)
    path = cut(whole, whole.stat().st_size // 2, tmp_path)
    app = open_app("--source", str(path), "--backend", "mediapipe:lite")
    wait_state(app, "failed", 60)
    app.wait_text("is truncated: it ends after")
    app.wait_for(lambda: sum(row.count("▀") for row in canvas(app)) > 40, "the last picture")
    app.type("q")
    assert app.wait_exit() == 2
    assert_restored(app)
    assert "cut-numbers.avi is truncated" in last_words(app)
