from __future__ import annotations

import pytest

from posetui.drawing.modes import MODES
from posetui.settings import CELLS
from posetui.tui.abilities import abilities, question
from posetui.tui.imaging import PROTOCOLS


@pytest.mark.parametrize(
    ("answer", "best"),
    [
        (b"\x1bP>|kitty(0.42.1)\x1b\\\x1b[?62;c", "octant"),
        (b"\x1bP>|kitty(0.26.5)\x1b\\\x1b[?62;c", "sextant"),
        (b"\x1bP>|ghostty 1.2.0\x1b\\", "octant"),
        (b"\x1bP>|foot(1.13.1)\x1b\\", "sextant"),
        (b"\x1bP>|foot(1.20.2)\x1b\\", "octant"),
        (b"\x1bP>|VTE(7802)\x1b\\", "octant"),
        (b"\x1bP>|VTE(7006)\x1b\\", "sextant"),
        (b"\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\", "sextant"),
        (b"\x1bP>|XTerm(390)\x1b\\", "half"),
        (b"\x1bP>|tmux 3.4\x1b\\", "half"),
        (b"\x1bP>|\xff;\x07 no version\x1b\\", "half"),
        (b"", "half"),
    ],
)
def test_the_answer_says_what_can_be_drawn(answer: bytes, best: str) -> None:
    # What a terminal answers counts more than what the environment says, which tmux and ssh carry along.
    able = abilities({"TERM": "xterm-256color", "VTE_VERSION": ""}, answer)
    assert able.best == best
    assert set(able.cells) <= {*MODES, *PROTOCOLS}
    assert abilities({}, answer, ascii_only=True).cells == ("ascii",)


def test_without_an_answer_the_environment_is_asked() -> None:
    assert abilities({"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.3.1-arch2"}).best == "octant"
    assert abilities({"TERM": "xterm-256color", "VTE_VERSION": "7802"}).best == "octant"
    assert abilities({"TERM": "xterm-kitty"}).best == "half"
    assert abilities({"TERM": "tmux-256color", "TMUX": "1", "VTE_VERSION": "7802"}).best == "half"


def test_nothing_is_asked_where_it_would_be_printed() -> None:
    assert question({"TERM": "linux"}) == b""
    assert b"\x1b_G" in question({"TERM": "xterm-256color"})
    assert b"\x1b_G" not in question({"TERM": "tmux-256color", "TMUX": "/tmp/tmux"})


def test_pixels_are_offered_where_the_terminal_says_so() -> None:
    able = abilities({}, b"\x1bP>|kitty(0.42.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;52;c")
    assert able.cells[-1] == "kitty"
    assert able.cell == (10, 20)
    assert abilities({}, b"\x1b[6;16;8t\x1b[?62;4;22c").cells[-1] == "sixel"
    assert "sixel" not in abilities({}, b"\x1b[?62;4;22c").cells, "the size of a cell must be known"
    assert "sixel" not in abilities({}, b"\x1b[6;16;8t\x1b[?64;22c").cells
    assert abilities({"TERM_PROGRAM": "iTerm.app"}).cells[-1] == "iterm2"


def test_settings_and_drawing_know_the_same_names() -> None:
    assert set(CELLS) - {"auto"} == {*MODES, *PROTOCOLS}
