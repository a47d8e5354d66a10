"""The page in a real browser, where there is one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner

from posetui.commands.evaluate import evaluate
from tests.reports.browser import chromium, opened
from tests.reports.made import cut, shaken

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium is installed")


def decoded(png: bytes) -> npt.NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, dtype=np.uint8)


def test_it_opens_without_network_and_without_complaint(tmp_path: Path) -> None:
    real, worse = cut(tmp_path / "real.mcap"), shaken(tmp_path / "worse<b>.mcap", 12, seed=1)
    truth = shaken(tmp_path / "truth.mcap", 2, seed=2)
    words = [real, worse, "--truth", truth, "--samples", 20, "--report", tmp_path / "out"]
    done = CliRunner().invoke(evaluate, [str(one) for one in words])
    assert done.exit_code == 0, done.output
    with opened(tmp_path / "out" / "index.html", tmp_path / "profile") as page:
        light, dark = decoded(page.look(dark=False)), decoded(page.look(dark=True))
        small = decoded(page.look(dark=False, width=400))
        images = page.evaluate("[...document.images].map(one => one.naturalWidth)")
        wide = page.evaluate("document.documentElement.scrollWidth")
        outside = [one for one in page.requests if not one.startswith("data:")]
        assert outside == [(tmp_path / "out" / "index.html").as_uri()]
        assert page.complaints == []
        # The same net of checks does see a request and a complaint.
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
        page.evaluate("console.error('seen')")
        assert any("seen" in one for one in page.complaints)
        assert any("Content Security Policy" in one for one in page.complaints)
    assert len(images) == 6 + len(list((tmp_path / "out" / "worst").iterdir()))
    assert min(images) > 100
    assert wide == 400  # nothing sticks out of a narrow screen
    assert light.mean() > 200
    assert dark.mean() < 80
    assert small.shape[1] == 400
