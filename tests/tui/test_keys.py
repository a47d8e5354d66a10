from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import cv2
import numpy as np
import pytest

from posetui.paths import clips_dir
from posetui.tui.keys import KEYS
from tests.tui.looking import (
    DIM,
    SINGLE,
    Open,
    braille,
    canvas,
    is_braille,
    panel,
    picture,
    wait_paused,
    wait_picture,
    wait_state,
)
from tests.tui.terminal import Terminal


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One app for all these tests; each leaves it as it was."""
    terminal = Terminal((*SINGLE, *DIM), tmp_path_factory.mktemp("keys"))
    try:
        wait_picture(terminal)
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def paused(app: Terminal) -> Iterator[Terminal]:
    """The app, standing still on one picture."""
    app.type(" ")
    wait_paused(app)
    yield app
    app.type(" ")
    wait_state(app, "live")


def blocks(app: Terminal) -> int:
    return sum(row.count("▀") for row in canvas(app))


def _ends(app: Terminal, text: str) -> bool:
    return app.rows()[-1].rstrip().endswith(text)


def _grounds(app: Terminal) -> set[object]:
    """The background of the right edge."""
    return {row[-1][2] for row in app.cells()}


def _stands_on(app: Terminal, ground: str) -> bool:
    return _grounds(app) == {ground}


def test_space_stands_still_and_goes_on(app: Terminal) -> None:
    app.type(" ")
    wait_paused(app)
    settled = canvas(app)
    app.type(" ")
    wait_state(app, "live")
    app.wait_for(lambda: canvas(app) != settled, "another picture")


def test_v_cycles_the_background(paused: Terminal) -> None:
    app = paused
    app.wait_for(lambda: blocks(app) > 500, "the dim picture")
    dim = picture(app).mean()
    app.type("v")
    app.wait_for(lambda: picture(app).mean() > 1.5 * dim, "the full picture")
    app.type("v")
    app.wait_for(lambda: blocks(app) == 0 and braille(app) > 20, "no picture, but a skeleton")
    app.type("v")
    app.wait_for(lambda: blocks(app) > 500, "the dim picture again")
    assert picture(app).mean() < 1.2 * dim


def test_k_cycles_the_skeleton(app: Terminal) -> None:
    def names() -> str:
        return "\n".join(panel(app, "joints"))

    app.wait_for(lambda: "neck" in names(), "OpenPose-18")
    app.type("k")
    app.wait_for(lambda: "neck" not in names() and names().count("left") == 8, "COCO-17")
    app.type("k")
    app.wait_for(lambda: "r heel" in names() or "right heel" in names(), "the backend's own skeleton")
    app.type("k")
    app.wait_for(lambda: "neck" in names(), "OpenPose-18 again")


def test_l_turns_the_labels_off_and_on(app: Terminal) -> None:
    def labelled() -> bool:
        return any(re.search(r"\d+ \d+%", row) for row in canvas(app))

    app.wait_for(labelled, "a label")
    app.type("l")
    app.wait_for(lambda: not labelled(), "no label")
    app.type("l")
    app.wait_for(labelled, "a label again")


def test_plus_and_minus_move_the_threshold(app: Terminal) -> None:
    for key, shown in zip("+=--", ("0.55", "0.60", "0.55", "0.50"), strict=True):
        app.type(key)
        app.wait_for(partial(_ends, app, f"threshold {shown}"), f"threshold {shown}")


def test_f_mirrors_the_picture(paused: Terminal) -> None:
    app = paused
    app.wait_for(lambda: blocks(app) > 500, "the dim picture")
    before = picture(app)
    mirrored = before[:, ::-1]
    same = np.abs(before - mirrored).mean() / 2
    app.type("f")
    app.wait_for(lambda: np.abs(picture(app) - mirrored).mean() < same, "the mirrored picture")
    app.type("f")
    app.wait_for(lambda: np.abs(picture(app) - before).mean() < same, "the picture as before")


def test_t_cycles_the_themes(app: Terminal) -> None:
    grounds = ["0c0e12", "fbfbf8", "000000", "0c0e12"]
    for before, after in pairwise(grounds):
        assert _grounds(app) == {before}
        app.type("t")
        app.wait_for(partial(_stands_on, app, after), f"everything on {after}")


def test_stop_and_comma_go_a_frame_forward_and_back(open_app: Open) -> None:
    app = open_app("--source", "demo:single", "--fps", "4", "--background", "full")
    wait_picture(app)
    app.type(".")
    wait_paused(app)
    app.wait_for(lambda: blocks(app) > 500 and braille(app) > 20, "a picture")
    start = picture(app)

    def moved() -> float:
        return float(np.abs(picture(app) - start).mean())

    app.type("." * 15)
    app.wait_for(lambda: moved() > 4, "a later picture")
    wait_paused(app)
    far = moved()
    app.type("," * 15)
    app.wait_for(lambda: moved() < far / 2, "the picture as before")


def test_s_saves_picture_and_screen(app: Terminal) -> None:
    app.type("s")
    app.wait_for(lambda: list(app.folder.glob("posetui-*.png")), "a PNG file")
    app.wait_text("saved")
    (png,), (svg,) = app.folder.glob("*.png"), app.folder.glob("*.svg")
    assert sum(is_braille(character) for character in svg.read_text(encoding="utf-8")) > 20
    shot = cv2.imread(str(png))
    assert shot is not None and shot.shape == (1920, 1080, 3)
    shares = []
    clip = cv2.VideoCapture(str(clips_dir() / "demo_single.mp4"))
    while (read := clip.read())[0]:
        differs = np.abs(shot[::4, ::4].astype(int) - read[1][::4, ::4]).max(axis=2) > 60
        shares.append(float(differs.mean()))
    assert len(shares) > 50
    assert 0.001 < min(shares) < 0.05  # one of its pictures, with lines on it


def test_question_mark_explains_every_key(app: Terminal) -> None:
    app.type("?")
    app.wait_text("help")
    app.wait_for(lambda: app.shows("esc closes"), "the help")
    for key in KEYS:
        assert app.shows(f"{key.shown}  {key.sentence}"), key
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("esc closes"), "the picture")


def test_O_lists_the_clips_and_escape_goes_on(app: Terminal) -> None:
    app.type("O")
    app.wait_text("choose a source")
    app.wait_text("  demo:single")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("choose a source") and braille(app) > 20, "the picture")


def test_the_palette_runs_commands(app: Terminal) -> None:
    app.type("\x10")
    app.wait_text("Search for commands")
    app.type("raise the")
    app.wait_text("Raise the threshold by 0.05")
    app.type("\r")
    app.wait_for(lambda: "threshold 0.55" in app.rows()[-1], "the command's effect")
    app.type("-")
    app.wait_for(lambda: "threshold 0.50" in app.rows()[-1], "the threshold as before")
