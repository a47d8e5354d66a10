"""The app in a browser: it shows the skeleton and takes keys, and only who may sees it."""

from __future__ import annotations

import asyncio
import base64
import http.client
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from posetui.serving.guard import guard
from tests.outputs.receiving import free_port
from tests.reports.browser import Page, chromium, opened
from tests.tapes import made
from tests.tui.terminal import COMMAND, environment

TOKEN = "let-me-in"
SECONDS = 60.0


def asked(token: str | None, requests: list[tuple[str, dict[str, str]]]) -> list[tuple[int, str]]:
    """Return status and text of requests, one after the other, by a client that keeps cookies."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello {request.query_string}")

    async def ask() -> list[tuple[int, str]]:
        app = web.Application(middlewares=[guard(token)])
        app.router.add_get("/{any:.*}", hello)
        async with TestClient(TestServer(app)) as client:
            answers = []
            for path, headers in requests:
                answer = await client.get(path, headers=headers)
                answers.append((answer.status, await answer.text()))
            return answers

    return asyncio.run(ask())


def test_a_token_is_taken_from_the_link_and_then_from_the_cookie() -> None:
    answers = asked(
        TOKEN,
        [
            ("/", {}),
            ("/ws", {}),
            ("/?token=wrong", {}),
            (f"/?token={TOKEN}&a=b", {}),
            ("/ws", {}),
            ("/ws", {"Origin": "http://evil"}),
        ],
    )
    assert [status for status, _ in answers] == [401, 401, 401, 200, 200, 403]
    assert answers[3] == (200, "hello ")  # sent on to a link without the token


def test_without_a_token_only_pages_of_our_own_may_ask() -> None:
    answers = asked(
        None,
        [
            ("/", {}),
            ("/ws", {"Origin": "http://evil.example"}),
            ("/", {"Host": "evil.example"}),
            ("/", {"Host": "localhost:1"}),
        ],
    )
    assert [status for status, _ in answers] == [200, 403, 403, 200]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """Serve a tape; give the port."""
    tape = made.tape(tmp_path / "a.mcap", 300)
    port = free_port()
    arguments = ("--background", "none", "serve", str(tape), "--port", str(port), "--token", TOKEN)
    process = subprocess.Popen(
        [*COMMAND, *arguments], env=environment(tmp_path, {}), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == f"http://127.0.0.1:{port}/?token={TOKEN}\n"
        assert "a.mcap" in process.stderr.readline()
        yield port
    finally:
        process.terminate()
        assert process.wait(20) == 0


def status(port: int, path: str) -> int:
    deadline = time.monotonic() + SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        finally:
            connection.close()


def picture(page: Page) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    data = base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"])
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.int16)


def wait(ready: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"never {what}"
        time.sleep(0.1)


def press(page: Page, key: str) -> None:
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, text=key if kind == "keyDown" else "")


def colored(page: Page) -> int:
    """How many pixels of the left half have the colours of limbs; names and borders are nearly grey."""
    image = picture(page)
    left = image[40:-40, : image.shape[1] // 2]
    return int((left.max(axis=2) - left.min(axis=2) > 120).sum())


@pytest.mark.skipif(chromium() is None, reason="there is no Chromium")
def test_a_browser_shows_the_skeleton_and_its_keys_work(served: int, tmp_path: Path) -> None:
    assert [status(served, path) for path in ("/", "/ws", "/static/js/textual.js")] == [401] * 3
    with opened(f"http://127.0.0.1:{served}/?token={TOKEN}", tmp_path / "profile") as page:
        assert page.evaluate("location.search") == ""
        wait(lambda: colored(page) > 200, "a skeleton")
        press(page, " ")
        shown = [picture(page)]

        def still() -> bool:
            shown.append(picture(page))
            return bool((shown[-1] == shown[-2])[40:300, :400].all())

        wait(still, "a picture that stands still")
        wait(lambda: colored(page) > 200, "the skeleton still")
        press(page, "q")
        wait(lambda: page.evaluate("document.body.classList.contains('-closed')"), "left")
        outside = [
            url for url in page.requests if not re.match(rf"(http|ws)://127\.0\.0\.1:{served}/|data:", url)
        ]
        assert not outside
