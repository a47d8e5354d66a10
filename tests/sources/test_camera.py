"""Cameras that cannot be opened: what the system says, and what OpenCV says."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.camera import camera_title, check_camera, is_camera, open_camera, open_device
from posetui.sources.probe import list_cameras
from posetui.sources.v4l2 import check_device, device_error, parse_capability

linux = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is of Linux")
ABSENT = "97"  # an index that no machine reaches


def test_what_is_a_camera() -> None:
    for spec in ("0", "12", "/dev/video0", "/dev/v4l/by-id/usb-cam"):
        assert is_camera(spec)
    for spec in ("-1", "0.5", "video0", "./0", "", "²", "٣"):
        assert not is_camera(spec)
    assert camera_title("007") == "camera 7"
    assert camera_title("/dev/vi\x1b[2Jdeo") == "/dev/vi\N{REPLACEMENT CHARACTER}[2Jdeo"


@linux
@pytest.mark.parametrize("spec", [ABSENT, "/dev/video97", "/dev/nonsense/video0"])
def test_a_camera_that_is_not_there(spec: str) -> None:
    with pytest.raises(SourceError, match="no such camera: /dev/"):
        check_camera(spec)
    with pytest.raises(SourceError, match="no such camera: /dev/"):
        open_camera(spec, SourceOptions())


def test_a_number_that_is_no_index() -> None:
    with pytest.raises(SourceError, match="no such camera: 9999"):
        check_camera("9" * 40)


def test_opencv_itself_refuses_a_camera_that_is_not_there() -> None:
    with pytest.raises(SourceError, match="no such camera"):
        open_device(ABSENT, SourceOptions())
    if sys.platform == "linux":
        with pytest.raises(SourceError, match="no such camera: /dev/video97"):
            open_device("/dev/video97", SourceOptions())


@linux
def test_a_device_that_opencv_cannot_use_though_it_is_there_is_busy(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the camera /dev/null is busy") as caught:
        open_device("/dev/null", SourceOptions())
    assert "fuser" in caught.value.remedy


@linux
def test_a_device_of_another_kind() -> None:
    with pytest.raises(SourceError, match="/dev/null is not a camera"):
        check_device(Path("/dev/null"))


@linux
@pytest.mark.parametrize(
    ("code", "title", "remedy"),
    [
        (errno.ENOENT, "no such camera", "Plug it in"),
        (errno.ENODEV, "no such camera", "Plug it in"),
        (errno.EACCES, "permission denied", "usermod -aG video"),
        (errno.EBUSY, "is busy", "fuser"),
        (errno.EIO, "cannot be opened: Input/output error", "Unplug"),
    ],
)
def test_each_refusal_of_the_system_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, code: int, title: str, remedy: str
) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match=title) as caught:
        check_device(Path("/dev/video0"))
    assert remedy in caught.value.remedy
    assert title in device_error(Path("/dev/video0"), code).title


@pytest.mark.parametrize(
    ("capabilities", "device", "name"),
    [
        (0x1, 0, "HD \N{REPLACEMENT CHARACTER}[31mWebcam"),
        (0x80000001, 0x1, "HD \N{REPLACEMENT CHARACTER}[31mWebcam"),
        (0x80001000, 0x1000, "HD \N{REPLACEMENT CHARACTER}[31mWebcam"),
        (0x80000001, 0x00800000, None),  # the metadata node beside a camera
        (0x2, 0, None),
    ],
)
def test_only_what_captures_video_is_a_camera(capabilities: int, device: int, name: str | None) -> None:
    card = b"HD \x1b[31mWebcam"
    answer = struct.pack("=16s32s32sIII12x", b"uvcvideo", card, b"usb", 0x60000, capabilities, device)
    assert parse_capability(answer) == name


@linux
def test_the_list_holds_only_what_answers(tmp_path: Path) -> None:
    for name in ("video0", "video10", "video2", "videotape"):
        (tmp_path / name).write_bytes(b"not a device")
    assert list_cameras(tmp_path) == []
    for camera in list_cameras():
        check_camera(camera.spec)
