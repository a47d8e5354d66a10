"""From what the user names to an open source: kinds, titles, and refusals before anything heavy is loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.clips import clip_names
from posetui.sources.opening import check_source, display_title, kind_of, open_source
from tests.sources.source_files import jpeg

HOSTILE = [
    "esc\x1b[2J\x1b]52;c;aGk=\x07.avi",
    "new\nline\r.avi",
    "[bold red]mark[@click=app.quit]up.avi",
    "bidi\u202egpj.avi",
    "c1\x9b31m.avi",
    "x" * 240 + ".avi",
    "emoji 👩\u200d🚀 zalgo" + "\u0301" * 30 + ".avi",
    "%s%n%03d.avi",
    " .avi",
]


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("-", "pipe"),
        ("0", "camera"),
        ("/dev/video0", "camera"),
        ("rtsp://host/x", "stream"),
        ("HTTP://host/x.jpg", "stream"),
        ("demo", "video"),
        ("demo:single", "video"),
        ("./demo", "video"),
        ("film.mp4", "video"),
        ("picture.JPG", "images"),
        ("*.png", "images"),
        (".", "images"),
        ("a\0b", "video"),
        ("x" * 5000, "video"),
    ],
)
def test_kind(spec: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kind_of(spec) == kind


def test_kind_by_content(tmp_path: Path) -> None:
    (tmp_path / "noname").write_bytes(jpeg(1))
    (tmp_path / "series.mjpeg").write_bytes(jpeg(1) * 3)
    assert kind_of(str(tmp_path / "noname")) == "images"
    assert kind_of(str(tmp_path / "series.mjpeg")) == "video"


def test_a_file_that_is_called_like_a_clip_or_a_camera(
    avi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(avi, "demo")
    shutil.copy(avi, "0")
    assert open_source("demo", SourceOptions()).info.frames == 100
    for spec in ("./demo", "./0"):
        assert open_source(spec, SourceOptions()).info.frames == 40


def test_the_clips_that_ship_open() -> None:
    assert clip_names() == ["demo", "demo:single"]
    for name in clip_names():
        source = open_source(name, SourceOptions())
        assert source.info.title == name
        assert source.read() is not None
        source.close()


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_file_names(avi: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    shutil.copy(avi, path)
    check_source(str(path))
    source = open_source(str(path), SourceOptions())
    assert source.read() is not None
    title = source.info.title
    assert title == display_title(str(path))
    assert len(title) <= 200
    assert not [c for c in title if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    source.close()
    path.write_bytes(b"words")
    with pytest.raises(SourceError) as caught:
        open_source(str(path), SourceOptions())
    assert not [c for c in str(caught.value) if unicodedata.category(c) in ("Cc", "Cf")]
    assert len(caught.value.title) < 250


def test_a_name_that_is_not_utf8(avi: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xfe.avi")
    shutil.copy(avi, path)
    with pytest.raises(SourceError, match="is not UTF-8"):
        open_source(str(path), SourceOptions())


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ("", "has no name"),
        ("nothing.mp4", r"no such file: nothing\.mp4"),
        ("a\0b", "no such file"),
        ("x" * 5000, "cannot be opened: File name too long"),
        ("demo:many", "no clip is called demo:many"),
        ("empty", "the folder empty has no images"),
        ("*.png", r"no image matches \*\.png"),
        ("zero.mp4", r"zero\.mp4 is empty \(zero bytes\)"),
        ("zero.jpg", r"zero\.jpg is empty \(zero bytes\)"),
        ("ftp://host/x", "ftp://host/x is no stream that can be opened"),
        ("rtsp://", "is no URL"),
        ("rtsp://host:99999/x", "is no URL"),
        ("rtsp://[::1/x", "is no URL"),
        ("http://a b/", "is no URL"),
        ("fifo", "fifo is not a regular file"),
    ],
)
def test_refused_before_anything_is_opened(
    spec: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("zero.mp4").touch()
    Path("zero.jpg").touch()
    os.mkfifo("fifo")
    for refuse in (check_source, lambda s: open_source(s, SourceOptions())):
        with pytest.raises(SourceError, match=match) as caught:
            refuse(spec)
        assert caught.value.exit_code == 2
        assert not caught.value.title.endswith(".")


def test_standard_input_must_be_a_pipe() -> None:
    master, slave = os.openpty()
    try:
        with pytest.raises(SourceError, match="standard input is a terminal"):
            check_source("-", slave)
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are of POSIX")
def test_a_file_that_may_not_be_read(avi: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.avi"
    shutil.copy(avi, path)
    path.chmod(0)
    script = """
import os, sys
from posetui.sources.opening import check_source
if os.geteuid() == 0:  # who may read everything
    os.setuid(65534)
check_source(sys.argv[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert "SourceError" in done.stderr
    assert "permission denied" in done.stderr


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://user:pass@host:554/live", "rtsp://***@host:554/live"),
        ("rtsp://user:p@ss@host/live?x=1", "rtsp://***@host/live?x=1"),
        ("http://host/a?token=abc&b=c", "http://host/a?token=***&b=c"),
        ("http://host/a@b", "http://host/a@b"),
        ("rtsp://:secret@host", "rtsp://***@host"),
        ("http://user:pass@host?x=@y", "http://***@host?x=@y"),
    ],
)
def test_credentials_never_show(url: str, shown: str) -> None:
    assert display_title(url) == shown


def test_checking_and_naming_load_nothing_heavy() -> None:
    script = """
import sys
from posetui.errors import SourceError
from posetui.sources.opening import check_source, display_title, kind_of
from posetui.sources.probe import list_cameras
for spec in ("demo", "0", "rtsp://host/", "nothing", ".", "-"):
    kind_of(spec), display_title(spec)
    try:
        check_source(spec)
    except SourceError:
        pass
list_cameras()
print(sorted({"cv2", "mediapipe", "onnxruntime", "textual"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert done.stdout.strip() == "[]"


def test_native_libraries_write_nothing(tmp_path: Path, fast_mp4: Path) -> None:
    (tmp_path / "words.mp4").write_text("words" * 100)
    (tmp_path / "cut.mp4").write_bytes(fast_mp4.read_bytes()[:500_000])
    script = """
import sys
from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.camera import open_device
from posetui.sources.opening import open_source
from posetui.sources.probe import list_cameras
list_cameras()
refused = 0
for spec in sys.argv[1:]:
    try:
        source = open_device(spec, SourceOptions()) if spec == "97" else open_source(spec, SourceOptions())
        while source.read():
            pass
    except SourceError:
        refused += 1
print(refused)
"""
    specs = ["97", str(tmp_path / "words.mp4"), str(tmp_path / "cut.mp4"), "rtsp://127.0.0.1:9/"]
    done = subprocess.run([sys.executable, "-c", script, *specs], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("4", "")
