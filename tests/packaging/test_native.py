"""OpenCV and MediaPipe must load where no display library is installed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import subprocess
import sys

import pytest

from posetui import native, paths

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the loader of Linux")

# Every display library counts as missing, so the empty ones are loaded first and answer for their names.
BARE_MACHINE = """
import sys
from posetui import native, paths
native._loads = lambda name: False
assert native.prepare() == tuple(native.LIBRARIES), "not all were replaced"
import cv2
capture = cv2.VideoCapture(str(paths.clips_dir() / "demo.mp4"))
found, frame = capture.read()
assert found and frame.any()
import mediapipe
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions
model = BaseOptions(model_asset_path=str(paths.models_dir() / "pose_landmarker_lite.task"))
options = vision.PoseLandmarkerOptions(base_options=model)
with vision.PoseLandmarker.create_from_options(options) as landmarker:
    rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    result = landmarker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb))
loaded = open("/proc/self/maps").read()
print("people", len(result.pose_landmarks))
print("real", [name for name in native.LIBRARIES if "/" + name in loaded])
"""


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_people_are_found_without_any_display_library() -> None:
    done = _python(BARE_MACHINE)
    assert done.returncode == 0, done.stderr
    assert re.search(r"people [1-9]", done.stdout)
    assert "real []" in done.stdout  # nothing of the real libraries came in by another way


def test_prepare_makes_the_real_machine_ready_and_repeats_harmlessly() -> None:
    done = _python(
        "from posetui import native; native.prepare(); print(native.prepare()); import cv2, mediapipe"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "()"


def test_a_library_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_kept", [])
    monkeypatch.setattr(native, "LIBRARIES", {"libc.so.6": re.compile("x")})
    assert native.prepare() == ()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_file_is_for_its_machine(machine: str) -> None:
    image = native.empty_library("libabsent-one.so.1", ("first",), machine)
    assert image[:4] == b"\x7fELF"
    assert int.from_bytes(image[18:20], "little") == {"x86_64": 62, "aarch64": 183}[machine]


def test_every_function_answers_zero_and_the_name_is_taken() -> None:
    with contextlib.ExitStack() as files:  # all stay open: the loader knows a library by its path
        for count in (0, 1, 7, 300):
            name = f"libabsent-{count}.so.1"
            functions = tuple(f"function_{index}" for index in range(count))
            with pytest.raises(OSError, match="cannot open shared object"):
                ctypes.CDLL(name)
            file = files.enter_context(os.fdopen(os.memfd_create(name), "wb"))
            file.write(native.empty_library(name, functions, os.uname().machine))
            file.flush()
            library = ctypes.CDLL(f"/proc/{os.getpid()}/fd/{file.fileno()}")  # no path that prepare() used
            assert [library[function](1, 2, 3) for function in functions] == [0] * count
            with pytest.raises(AttributeError):
                _ = library.another
            assert ctypes.CDLL(name)._handle == library._handle  # who asks for the name now gets this one


def test_what_the_modules_want_is_read_from_their_files() -> None:
    wanted = native._wanted()
    for expected in ("xcb_send_request", "eglGetDisplay", "glCreateShader", "g_main_context_default"):
        assert expected in wanted
    assert "xcb_shm_attach" not in wanted  # comes along with OpenCV


def test_clips_ship() -> None:
    assert {"demo.mp4", "demo_single.mp4", "NOTICE"} <= {path.name for path in paths.clips_dir().iterdir()}
