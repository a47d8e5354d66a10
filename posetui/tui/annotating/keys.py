"""The keys of an annotator, and how the footer and the help name them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from posetui.tui.keys import Key

_DIRECTIONS = (("left", "h", -1, 0), ("down", "j", 0, 1), ("up", "k", 0, -1), ("right", "l", 1, 0))

GOING = (
    Key("tab", "tab", "tab", "joint", "the next joint"),
    Key("shift+tab", "joint(-1)", "⇧tab", "", "the joint before"),
    Key("p", "person(1)", "p", "person", "the next person"),
    Key("P", "person(-1)", "P", "", "the person before"),
    Key("full_stop", "frame(1)", ".", "frame", "the next frame"),
    Key("comma", "frame(-1)", ",", "", "the frame before"),
    Key("pagedown", "frame(10)", "pgdn", "", "ten frames on"),
    Key("pageup", "frame(-10)", "pgup", "", "ten frames back"),
    Key("home", "edge(-1)", "home", "", "the first frame"),
    Key("end", "edge(1)", "end", "", "the last frame"),
    Key("n", "doubt(1)", "n", "doubt", "the next doubtful joint: unsure, another backend elsewhere, a jump"),
    Key("N", "doubt(-1)", "N", "", "the doubtful joint before"),
)
"""Where to look."""

CORRECTING = (
    Key("", "", "←↓↑→", "", "move the joint by a pixel of the picture; so do h j k l"),
    Key("", "", "⇧←→", "", "by five; so do H J K L"),
    Key("", "", "^←→", "", "by fifty"),
    Key("s", "step", "s", "step", "what plain arrows do: 1, 5, 50 pixels, or move the view"),
    Key("space", "right", "space", "right", "the joint is right as it is; then the next one"),
    Key("v", "see(2)", "v", "visible", "the joint is visible"),
    Key("o", "see(1)", "o", "occluded", "the joint is occluded, but its place is known"),
    Key("a", "see(0)", "a", "absent", "the joint is not there"),
    Key("T", "take", "T", "", "take the joint of the second backend, or of the other annotator"),
    Key("y", "confirm", "y", "", "all joints of the person are right: a key frame"),
    Key("enter", "check", "enter", "check", "the frame is right as it is; then the next one"),
    Key("c", "copy", "c", "copy", "the person as in the frame before"),
    Key("C", "copy_all", "C", "", "everybody as in the frame before"),
    Key("i", "interpolate", "i", "", "the person between the key frames before and after"),
    Key("x", "swap_sides", "x", "", "exchange left and right of the person"),
    Key(
        "X",
        "swap_ids",
        "X",
        "",
        "exchange two people's numbers from here on: choose one, X, choose the other, X",
    ),
    Key("A", "add", "A", "", "add a person, in the middle of the view"),
    Key("D", "delete", "D", "", "delete the person"),
    Key("u,ctrl+z", "undo", "u", "undo", "undo, without limit"),
    Key("U,ctrl+y", "redo", "U", "", "redo"),
    Key("E", "export", "E", "", "write the checked frames as COCO ground truth beside the truth"),
    Key("w,ctrl+s", "save", "w", "save", "write the truth (every edit is kept in a journal at once, anyway)"),
)
"""What to do."""

LOOKING = (
    Key("z", "zoom", "z", "zoom", "close to the joint, then all of the person, then the whole picture"),
    Key("plus,equals_sign", "nearer(1)", "+", "", "closer to the joint; so does the wheel, about the mouse"),
    Key("minus", "nearer(-1)", "-", "", "farther from the joint"),
    Key("", "", "^⇧←→", "", "move the view; so do arrows after s, and the right mouse button"),
    Key("b", "bones", "b", "", "bones and joints, joints only, nothing"),
    Key(
        "g",
        "ghost",
        "g",
        "",
        "show, dotted, where the person was proposed, or where the other annotator has it",
    ),
    Key("t", "theme", "t", "", "theme: dark, light, high contrast"),
    Key("question_mark", "help", "?", "help", "this page"),
    Key("q,ctrl+c", "leave", "q", "quit", "leave; nothing is lost"),
)
"""How it looks."""

PARTS = (("go to", GOING), ("correct", CORRECTING), ("look", LOOKING))

_FOOTER = ("q", "?", "tab", "space", ".", "enter", "z", "n", "p", "v", "o", "a", "s", "u", "w", "c")


def footer_keys() -> list[tuple[str, str]]:
    """Return the keys of the footer with their words, the most needed first."""
    words = {key.shown: key.word for _, keys in PARTS for key in keys if key.word}
    words |= {"v": "seen", "o": "hidden"}
    return [(shown, words[shown]) for shown in _FOOTER]


def bindings() -> list[BindingType]:
    """Return what Textual needs to know of all of them."""
    made: list[BindingType] = []
    for _, keys in PARTS:
        for key in keys:
            made += [
                Binding(name, key.action, key.word or key.sentence, show=False, priority=name == "ctrl+c")
                for name in key.keys.split(",")
                if name
            ]
    for arrow, letter, dx, dy in _DIRECTIONS:
        keys_of = (
            (f"{arrow},{letter}", f"move({dx}, {dy}, 0)"),
            (f"shift+{arrow},{letter.upper()}", f"move({dx}, {dy}, 5)"),
            (f"ctrl+{arrow}", f"move({dx}, {dy}, 50)"),
            (f"ctrl+shift+{arrow}", f"pan({dx}, {dy})"),
        )
        made += [
            Binding(name, action, "move", show=False)
            for names, action in keys_of
            for name in names.split(",")
        ]
    return made
