from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from tests.tui.looking import SINGLE, Open, canvas, wait_picture

_IMAGE = re.compile(rb"\x1b\]1337;File=[^:]*width=(\d+);height=(\d+)[^:]*:([^\x07]+)\x07")


def test_g_goes_through_what_the_terminal_draws(open_app: Open) -> None:
    app = open_app(*SINGLE, environ={"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3"})
    app.wait_for(
        lambda: sum(0x1CD00 <= ord(glyph) < 0x1CE00 for row in canvas(app) for glyph in row) > 20, "octants"
    )
    app.type("g")
    wait_picture(app)
    app.type("g")
    app.wait_for(lambda: "".join(canvas(app)).isascii() and any("|" in row for row in canvas(app)), "ASCII")
    app.type("ggg")
    app.wait_text("cells: sextant")
    app.type("q")
    assert app.wait_exit() == 0


def test_pixels_are_shown_and_make_way_for_dialogs(open_app: Open) -> None:
    chosen = ("--cells", "iterm2", "--background", "full", "--quality", "full")
    app = open_app(*SINGLE, *chosen, size=(80, 24), environ={"TERM_PROGRAM": "iTerm.app"})

    def images() -> int:
        return app.written().count(b"preserveAspectRatio=0")

    app.wait_for(lambda: images() >= 2, "images")
    match = _IMAGE.search(app.written())
    assert match
    image = Image.open(io.BytesIO(base64.standard_b64decode(match[3])))
    columns, rows = int(match[1]), int(match[2])
    assert image.width * 2 * rows == image.height * columns, "a pixel is square"
    assert np.asarray(image).std() > 5, "the person, and by and by the picture"
    app.type("?")
    app.wait_text("esc closes")
    sent = images()
    app.until(lambda: images() > sent + 1, 1)
    assert images() <= sent + 1, "no image over the dialog"
    app.type("\x1b")
    app.wait_for(lambda: images() > sent + 1, "the image again")
    app.type("q")
    assert app.wait_exit() == 0
