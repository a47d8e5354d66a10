"""Real servers on loopback: HTTP here, RTSP in `rtsp_server` (run by the system's Python)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.sources.source_files import jpeg

BOUNDARY = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n"


class CameraServer(ThreadingHTTPServer):
    """An HTTP camera. Paths: /live gives pictures until stopped, /short 40 and closes, /stall 40 and hangs,
    /silent answers nothing, /words is a web page, /secret wants a password, others are files or missing.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), CameraHandler)
        self.folder = folder
        self.stopping = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients hang up."""


class CameraHandler(BaseHTTPRequestHandler):
    server: CameraServer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        answers: dict[str, Callable[[], object]] = {
            "/live": lambda: self.pictures(1_000_000),
            "/short": lambda: self.pictures(40),
            "/stall": lambda: self.pictures(40, stall=True),
            "/silent": self.server.stopping.wait,
            "/words": lambda: self.document(b"<html>no video</html>" * 500),
            "/secret": lambda: self.send_error(401),
        }
        answers.get(path, self.file)()

    def pictures(self, count: int, *, stall: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for number in range(count):
            picture = jpeg(number % 40)
            self.wfile.write(BOUNDARY % (len(picture), picture))
            if self.server.stopping.wait(0.01):
                return
        if stall:
            self.server.stopping.wait()

    def document(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self) -> None:
        path = self.server.folder / urlsplit(self.path).path.lstrip("/")
        if path.is_file():
            self.document(path.read_bytes())
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def camera_server(folder: Path) -> Iterator[CameraServer]:
    """A server that runs until the end of the block."""
    server = CameraServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
