"""The recorder: it never delays whoever gives it frames, and says why it stopped."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from posetui.errors import TapeError
from posetui.pose.skeleton import Skeleton
from posetui.tapes.checking import check
from posetui.tapes.model import RecorderStatus
from posetui.tapes.reader import Tape
from posetui.tapes.recorder import Recorder
from tests.tapes import made


def record(recorder: Recorder, frames: int) -> RecorderStatus:
    for index in range(frames):
        recorder.record(made.frame(index))
    return recorder.close()


def noise(index: int) -> bytes:
    return made.JPEG + os.urandom(100_000) + bytes([index % 256])


def test_what_was_given_is_on_the_tape(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "t.mcap", made.header())
    own = Skeleton("own-1", ("a",), (), (), (0.1,), ())
    assert recorder.event(made.event(0))
    assert recorder.add_skeleton(own)
    for index in range(50):
        assert recorder.record(made.frame(index), (lambda: made.JPEG) if index % 2 else made.JPEG)
    status = recorder.close()
    assert (status.frames, status.drops, status.failure, status.closed) == (50, 0, "", True)
    assert status.seconds == pytest.approx(49 / 30)
    assert status.bytes == (tmp_path / "t.mcap").stat().st_size
    assert not recorder.record(made.frame(50))
    assert not recorder.event(made.event(50))
    assert recorder.close() == status
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert (len(tape), tape.images, len(tape.events)) == (50, 50, 1)
        assert tape.header.skeletons["own-1"] == own
    assert check(tmp_path / "t.mcap").problems == ()


def test_a_slow_disk_costs_frames_that_are_counted_on_the_tape(tmp_path: Path) -> None:
    going, held = threading.Event(), threading.Event()

    def picture() -> bytes:
        held.set()
        assert going.wait(20)
        return made.JPEG

    recorder = Recorder(tmp_path / "t.mcap", made.header(), most=10)
    recorder.record(made.frame(0), picture)
    assert held.wait(20)  # the recorder's thread is busy now, as with a disk that hangs
    taken = [recorder.record(made.frame(index)) for index in range(1, 31)]
    assert taken == [True] * 10 + [False] * 20
    assert recorder.event(made.event(30))
    going.set()
    status = recorder.close()
    assert (status.frames, status.drops) == (11, 20)
    with Tape.open(tmp_path / "t.mcap") as tape:
        (dropped,) = [one for one in tape.events if one.kind == "recording-dropped"]
        assert dropped.data == {"frames": 20, "index": 30}
        assert "20 frames not recorded" in dropped.text


def test_pictures_that_wait_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posetui.tapes.recorder.MAX_IMAGE_BYTES", 1000)
    recorder = Recorder(tmp_path / "t.mcap", made.header())
    assert not recorder.record(made.frame(0), b"x" * 1001)
    assert recorder.record(made.frame(1), b"x" * 10)
    assert recorder.close().drops == 1


def test_what_cannot_be_stored_is_one_drop(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "t.mcap", made.header())
    recorder.record(made.frame(0, pts=float("nan")))
    recorder.event(made.event(0, data={"a": object()}))
    for index in range(1, 20):
        recorder.record(made.frame(index))
    status = recorder.close()
    assert (status.frames, status.drops, status.failure) == (19, 2, "")
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert [one.index for one in tape.frames()] == list(range(1, 20))


def test_an_unforeseen_error_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)

    def picture() -> bytes:
        raise KeyError("picture")

    recorder = Recorder(tmp_path / "t.mcap", made.header())
    recorder.record(made.frame(0))
    recorder.record(made.frame(1), picture)
    status = recorder.close()
    assert "error of the program" in status.failure
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.header.source == "demo"


@pytest.fixture
def small_files() -> Iterator[int]:
    """Let files be no larger than 200 KB, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    yield 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_stops_the_recording_and_the_tape_is_valid(tmp_path: Path, small_files: int) -> None:
    recorder = Recorder(tmp_path / "t.mcap", made.header())
    for index in range(400):
        recorder.record(made.frame(index), noise(index) if index > 100 else None)
    status = recorder.close()
    assert status.closed
    assert status.failure.startswith("Recording has stopped. The tape ")
    assert "files may not be larger here" in status.failure
    assert status.remedy
    assert (tmp_path / "t.mcap").stat().st_size == status.bytes <= small_files
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert [one.index for one in tape.frames()] == list(range(len(tape)))
        # There was room for the poses and the index, where there was none for the pictures.
        assert len(tape) > 100
        assert tape.damage is None
    assert check(tmp_path / "t.mcap").problems == ()


def test_a_disk_without_room_for_the_index_has_a_valid_tape(tmp_path: Path, small_files: int) -> None:
    status = record(Recorder(tmp_path / "t.mcap", made.header(), most=10_000), 2000)
    assert "files may not be larger here" in status.failure
    assert small_files - 20_000 < status.bytes <= small_files
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert [one.index for one in tape.frames()] == list(range(len(tape)))
        assert len(tape) > 300
        assert tape.damage is None or tape.damage.bytes_lost == 0


_TINY_DISK = """
import errno, sys
from pathlib import Path
from posetui.tapes.reader import Tape
from posetui.tapes.recorder import Recorder
from tests.tapes import made
from tests.tapes.test_tape_recorder import noise
path = Path(sys.argv[1]) / "t.mcap"
recorder = Recorder(path, made.header())
for index in range(200):
    recorder.record(made.frame(index), noise(index))
status = recorder.close()
assert "the disk is full" in status.failure, status
with Tape.open(path) as tape:
    assert [one.index for one in tape.frames()] == list(range(len(tape)))
    print("frames", len(tape))
"""


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may mount a small disk; the one before needs no root"
)
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    script = tmp_path / "record.py"
    script.write_text(_TINY_DISK)
    disk = tmp_path / "disk"
    disk.mkdir()
    run = f"mount -t tmpfs -o size=1m none {disk} && {sys.executable} {script} {disk}"
    # In a mount namespace of its own, which goes with the process.
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", run],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("frames")


def test_a_tape_that_vanishes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    recorder = Recorder(path, made.header())
    path.unlink()
    recorder.record(made.frame(0))
    deadline = threading.Event()
    for _ in range(100):
        if recorder.status.closed:
            break
        deadline.wait(0.1)
    status = recorder.close()
    assert "folder is not there" in status.failure or "gone" in status.failure
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="folder is not there"):
        Recorder(tmp_path / "none" / "t.mcap", made.header())
    with pytest.raises(TapeError, match="cannot be written"):
        Recorder(Path("/proc/t.mcap"), made.header())  # read-only, even for root
    made.tape(tmp_path / "t.mcap", 1)
    with pytest.raises(TapeError, match="already"):
        Recorder(tmp_path / "t.mcap", made.header())
    assert threading.active_count() == len(threading.enumerate())
    assert not [one for one in threading.enumerate() if one.name == "posetui-recorder"]


def test_frames_reach_the_disk_without_being_asked(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "t.mcap", made.header())
    recorder.record(made.frame(0))
    recorder.event(made.event(0))
    waiting = threading.Event()
    for _ in range(100):
        with Tape.open(tmp_path / "t.mcap") as tape:
            if len(tape) and tape.events:
                break
        waiting.wait(0.05)
    else:
        pytest.fail("nothing was flushed within five seconds")
    recorder.close()
