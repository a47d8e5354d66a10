"""Every key, what it does, and how the footer and the help name it."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding, BindingType


class Key(NamedTuple):
    """A key: Textual's names for it, the action, how it is shown, the footer's word, the help's sentence."""

    keys: str
    action: str
    shown: str
    word: str
    sentence: str


KEYS = (
    Key("q,ctrl+c", "quit_app", "q", "quit", "leave"),
    Key("space", "pause", "space", "pause", "pause and go on; after the end, start again"),
    Key("full_stop", "step(1)", ".", "", "while paused, one frame forward"),
    Key("comma", "step(-1)", ",", "", "while paused, one frame back; live, through the last minute"),
    Key("v", "background", "v", "view", "background: none, dim picture, full picture"),
    Key("g", "cells", "g", "", "what fills the cells: half-blocks to octants, braille, ASCII, pixels"),
    Key("k", "skeleton", "k", "", "skeleton: OpenPose-18, COCO-17, the backend's own"),
    Key("l", "labels", "l", "", "labels of people on or off"),
    Key("plus,equals_sign", "threshold(1)", "+", "", "raise the threshold by 0.05"),
    Key("minus", "threshold(-1)", "-", "", "lower the threshold by 0.05"),
    Key("up", "select(-1)", "↑", "", "select the person before"),
    Key("down", "select(1)", "↓", "", "select the next person"),
    Key("p", "pin", "p", "", "pin the selected person: stay with them; again: let go"),
    Key(
        "x",
        "swap",
        "x",
        "",
        "exchange two people's numbers: choose one, x, choose the other, x",
    ),
    Key("r", "reliability", "r", "", "how far joints can be relied upon: off, last 10 s, since first seen"),
    Key("b", "backend(1)", "b", "backend", "the next backend; the one in use goes on until it has loaded"),
    Key("B", "backend(-1)", "B", "", "the backend before"),
    Key("1,2,3,4,5,6,7,8,9", "number", "1–9", "", "a backend by its number"),
    Key(
        "c", "compare", "c", "compare", "compare with a second backend on the same frames: the next one, off"
    ),
    Key("h", "heat", "h", "heat", "heat maps: off, all joints, the chosen joint"),
    Key("left", "joint(-1)", "←", "", "choose the joint before"),
    Key("right", "joint(1)", "→", "", "choose the next joint"),
    Key("f", "flip", "f", "", "mirror left and right"),
    Key("R", "record", "R", "record", "record to a tape, or end that"),
    Key("ctrl+r", "keep", "^r", "", "save the last minute to a tape, after the fact"),
    Key("m", "mark", "m", "", "set a mark on the tape, and in the last minute"),
    Key("s", "snapshot", "s", "snap", "save the picture (PNG) and the screen (SVG) in this folder"),
    Key("C", "cast", "C", "", "cast the screen to a file in this folder (asciicast), or end that"),
    Key("t", "theme", "t", "", "theme: dark, light, high contrast"),
    Key("tab", "page", "tab", "panels", "on a small terminal: canvas or panels"),
    Key("o", "window", "o", "window", "a window with the whole picture: open, close"),
    Key("j", "names", "j", "", "names of joints in the window and in snapshots"),
    Key("O", "pick", "O", "open", "choose another source"),
    Key("question_mark", "help", "?", "help", "this page"),
    Key("ctrl+z", "suspend_process", "^z", "", "back to the shell; fg returns"),
    Key("ctrl+p", "command_palette", "^p", "", "command palette"),
)

REPLAY_KEYS = (
    Key("shift+left,left_square_bracket", "seek(-1)", "[", "", "one second back (so does shift+←)"),
    Key("shift+right,right_square_bracket", "seek(1)", "]", "", "one second on (so does shift+→)"),
    Key("pageup", "seek(-10)", "pgup", "", "ten seconds back"),
    Key("pagedown", "seek(10)", "pgdn", "", "ten seconds on"),
    Key("home", "home", "home", "", "the first frame"),
    Key("end", "end", "end", "", "the last frame"),
    Key("0,1,2,3,4,5,6,7,8,9", "number", "0–9", "", "that many tenths of the tape"),
    Key("less_than_sign", "speed(-1)", "<", "", "slower, down to a tenth of the speed"),
    Key("greater_than_sign", "speed(1)", ">", "", "faster, up to sixteen times the speed"),
    Key("L", "loop", "L", "loop", "begin again at the end, or not"),
    Key("a", "repeat", "a", "A-B", "repeat a part: set where it begins, set where it ends, off"),
    Key("m", "mark", "m", "mark", "mark this place while the app runs; at such a mark: take it away"),
    Key("left_curly_bracket", "jump(-1)", "{", "", "the mark or event before"),
    Key("right_curly_bracket", "jump(1)", "}", "", "the next mark or event"),
    Key(
        "e",
        "correct",
        "e",
        "correct",
        "correct this frame's joints by hand; x exchanges numbers from here on",
    ),
    Key("n", "worst(1)", "n", "", "beside truth: the worst frame, then the next worst"),
    Key("N", "worst(-1)", "N", "", "beside truth: back to the frame that is worse"),
)
"""Keys of a tape, besides the others; `space`, `.` and `,` are those of every source."""

_REPLAY_FOOTER = (
    ("q", "quit"),
    ("space", "play"),
    (".,", "step"),
    ("[]", "seek"),
    ("<>", "speed"),
    ("{}", "jump"),
    ("m", "mark"),
    ("a", "A-B"),
    ("e", "correct"),
    ("L", "loop"),
    ("v", "view"),
    ("o", "window"),
    ("O", "open"),
    ("?", "help"),
)

_ALWAYS = ("tab", "ctrl+c")
"""Keys that mean the same whatever lies on top of the screen, and whatever has the focus."""

_BOUND = {name: (key, name) for key in reversed((*KEYS, *REPLAY_KEYS)) for name in key.keys.split(",")}
"""By Textual's name; what stands in both lists has one action for both."""

BINDINGS: list[BindingType] = [
    Binding(
        name,
        f"number({name})" if key.action == "number" else key.action,
        key.word or key.sentence,
        show=False,
        priority=name in _ALWAYS,
    )
    for key, name in _BOUND.values()
]


def footer_keys(*, compact: bool, replay: bool = False, truth: bool = False) -> list[tuple[str, str]]:
    """Return the keys of the footer with their words."""
    if replay:
        first = ("q", "tab", "?") if compact else ()
        own = [("nN", "worst") if truth and key == "{}" else (key, word) for key, word in _REPLAY_FOOTER]
        own += [("tab", "panels")] if compact else []
        return sorted(own, key=lambda item: first.index(item[0]) if item[0] in first else len(first))
    first = ("q", "tab", "?") if compact else ("q", "space", "?")
    ordered = sorted(KEYS, key=lambda key: first.index(key.shown) if key.shown in first else len(first))
    return [(key.shown, key.word) for key in ordered if key.word and (compact or key.shown != "tab")]
