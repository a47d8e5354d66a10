"""Streams by URL, through FFmpeg in OpenCV: RTSP, RTMP, HTTP MJPEG and HLS."""

from __future__ import annotations

import socket
import threading
import urllib.request
from dataclasses import dataclass

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.capture import Capture, CaptureSettings, CaptureSource
from posetui.sources.checks import check_range, check_url, redacted_url
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import check_transform
from posetui.text import safe_text


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a stream may take, in seconds.

    Attributes:
        open: to connect and to give its first picture.
        read: to give any further picture. Longer than the 6 s segments that HLS recommends.
    """

    open: float = 10.0
    read: float = 10.0


def check_reachable(url: str, timeout: float) -> None:
    """Connect to the host of a stream and let go, because FFmpeg does not tell why it could not.

    Raises:
        SourceError: no such host, refused, or no answer within the timeout.
    """
    host, port = check_url(url)
    scheme = url.partition("://")[0].lower()
    if scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host):
        return  # the proxy answers, not the host
    failed: list[OSError | UnicodeError] = []

    def connect() -> None:
        try:
            socket.create_connection((host, port), timeout).close()
        except (OSError, UnicodeError) as error:
            failed.append(error)

    # Looking a name up has no timeout of its own.
    connecting = threading.Thread(target=connect, daemon=True, name="posetui-connect")
    connecting.start()
    connecting.join(timeout)
    if connecting.is_alive() or failed:
        reason = _reason(failed[0] if failed else TimeoutError(), timeout)
        raise SourceError(f"{redacted_url(url)} cannot be reached: {reason}", "Check host, port and network.")


def _reason(error: OSError | UnicodeError, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "no such host"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return safe_text((error.strerror or "no connection").lower(), 80)


def open_url(url: str, timeouts: Timeouts) -> Capture:
    """Open a stream with OpenCV.

    Raises:
        SourceError: FFmpeg finds no video there within the timeout.
    """
    cv2 = load_cv2()
    parameters = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        max(1, round(timeouts.open * 1000)),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        max(1, round(timeouts.read * 1000)),
    ]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, parameters)
    if not capture.isOpened():
        capture.release()
        raise SourceError(
            f"{redacted_url(url)} gives no video",
            "Check path, user name and password; the server answers, but not with a stream that can be read.",
        )
    opened: Capture = capture
    return opened


def _is_recording(url: str, capture: Capture) -> bool:
    """Tell a video that is fetched over HTTP, and has an end, from what happens now."""
    count = capture.get(load_cv2().CAP_PROP_FRAME_COUNT)
    return url.lower().startswith("http") and 1 < count < 1e9


def open_stream(url: str, options: SourceOptions, timeouts: Timeouts | None = None) -> CaptureSource:
    """Open a stream.

    Raises:
        SourceError: bad URL, unreachable, or no video there.
    """
    timeouts = timeouts or Timeouts()
    check_range(options)
    check_transform(options)
    check_reachable(url, timeouts.open)
    shown = redacted_url(url)
    capture = open_url(url, timeouts)
    settings = CaptureSettings(
        title=shown,
        kind="stream",
        lost=SourceError(
            f"lost {shown}: it ended or gave no picture for {timeouts.read:g} s", "Check the network."
        ),
        failures=1,
        rotate=options.rotate,
        size=options.size,
        paced=_is_recording(url, capture),
    )
    return CaptureSource(lambda: capture, settings)
