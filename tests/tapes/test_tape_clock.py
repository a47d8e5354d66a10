"""The time of a tape, and the names that tapes get."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from posetui.tapes.clock import TapeClock
from posetui.tapes.naming import default_path
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from tests.tapes import made

WHEN = datetime(2026, 3, 1, 14, 25, 30)


def seconds(kind: str, moments: list[tuple[float, float]], fps: float | None = 30.0) -> list[float]:
    clock = TapeClock(made.CREATED, kind, fps)
    times = [clock.frame(made.frame(0, pts=pts, captured=captured)) for pts, captured in moments]
    return [round((time - times[0]) / 1e9, 6) for time in times]


def test_what_is_live_has_the_time_of_its_capture() -> None:
    assert seconds("camera", [(0, 500.0), (9, 500.04), (1, 500.5)]) == [0, 0.04, 0.5]


def test_files_have_the_time_of_their_position() -> None:
    assert seconds("video", [(2.0, 500), (2.5, 500.01), (3.5, 500.02)]) == [0, 0.5, 1.5]


def test_time_goes_on_when_a_position_jumps_back() -> None:
    assert seconds("video", [(0.0, 1), (0.1, 1), (0.0, 1), (0.1, 1)], fps=10) == [0, 0.1, 0.2, 0.3]
    assert seconds("images", [(0.0, 1)] * 3, fps=None) == [0, 0.04, 0.08]


def test_an_event_is_never_before_what_is_written() -> None:
    clock = TapeClock(made.CREATED, "video", 10)
    first = clock.frame(made.frame(0, pts=0.0))
    second = clock.frame(made.frame(1, pts=1.0))
    assert clock.event(made.event(0, pts=0.5)) == second
    assert clock.event(made.event(0, pts=1.05)) == second + 50_000_000
    assert clock.event(made.event(0, pts=99.0)) == second + 100_000_000
    assert clock.frame(made.frame(2, pts=1.1)) == first + 1_100_000_000


def test_far_dates_are_exact() -> None:
    for created in ("1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z", "2026-03-01T12:00:00+02:00"):
        clock = TapeClock(created, "video", 30)
        expected = datetime.fromisoformat(created).timestamp()
        assert clock.frame(made.frame(0)) == pytest.approx(expected * 1e9, abs=1000)


def test_gaps_of_a_tape_are_found(tmp_path: Path) -> None:
    from posetui.tapes.summing import gaps

    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        for index in [*range(30), *range(90, 120)]:
            writer.write(made.frame(index))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert gaps(tape) == [{"at": 0.967, "seconds": 2.033}]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("demo:single", "demo-single"),
        ("0", "0"),
        ("/home/me/My Film (1).MP4", "my-film-1-mp4"),
        ("rtsp://me:secret@10.0.0.7:554/live/main?token=secret", "10-0-0-7-live-main"),
        ("C:\\clips\\run.mp4", "run-mp4"),
        ("../../etc/passwd", "passwd"),
        ("\x1b[2J\u202e", "2j"),
        ("http://[::1", "1"),
        ("人", "tape"),
        ("nul", "tape"),
        ("x" * 500, "x" * 60),
    ],
)
def test_default_names(source: str, expected: str, tmp_path: Path) -> None:
    assert default_path(tmp_path, source, WHEN) == tmp_path / f"{expected}-20260301-142530.mcap"


def test_a_default_name_is_not_taken(tmp_path: Path) -> None:
    first = default_path(tmp_path, "demo", WHEN)
    first.touch()
    assert default_path(tmp_path, "demo", WHEN).name == "demo-20260301-142530-2.mcap"


def test_a_name_that_was_promised_is_taken_before_there_is_a_file(tmp_path: Path) -> None:
    first = default_path(tmp_path, "demo", WHEN)
    assert default_path(tmp_path, "demo", WHEN, {first}).name == "demo-20260301-142530-2.mcap"
