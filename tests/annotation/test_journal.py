"""The journal: what was done is there again, whatever ended the program."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from posetui.annotation.document import Document
from posetui.annotation.edits import MoveJoint
from posetui.annotation.journal import Journal
from posetui.errors import AnnotationError
from posetui.pose.skeletons import COCO_17 as SKELETON
from tests.annotation.made import document, random_edits

KILLED = """
import os, signal
from pathlib import Path
from posetui.pose.skeletons import COCO_17 as SKELETON
from tests.annotation.made import document, random_edits
from posetui.annotation.journal import Journal
journal = Journal(Path("journal"), SKELETON, {"frames": 10})
made = document(keep=journal.keep)
random_edits(made, 40, seed=1)
made.undo()
os.kill(os.getpid(), signal.SIGKILL)
"""


def reopened(path: Path) -> Document:
    with Journal(path, SKELETON, {"frames": 10}) as journal:
        made = document(keep=journal.keep)
        made.replay(journal.entries)
        return made


def state(made: Document) -> list[object]:
    return [*(made[number] for number in range(len(made))), list(made.done)]


def test_what_was_done_is_there_after_kill_9(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    child = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=tmp_path, env={"PYTHONPATH": str(root)}, check=False
    )
    assert child.returncode == -signal.SIGKILL
    wanted = document()
    random_edits(wanted, 40, seed=1)
    wanted.undo()
    with Journal(tmp_path / "journal", SKELETON, {"frames": 10}) as journal:
        again = document(keep=journal.keep)
        again.replay(journal.entries)
        assert state(again) == state(wanted)
        assert again.redo()


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, SKELETON, {"frames": 10}) as journal:
        made = document(keep=journal.keep)
        random_edits(made, 3, seed=2)
        before = path.stat().st_size
        wanted = state(made)
        made.do(MoveJoint(0, 1, 3, 12.5, 30))
    data = path.read_bytes()
    for end in (*range(before, len(data)), len(data)):
        path.write_bytes(data[:end])
        again = reopened(path)
        assert state(again) == (wanted if end < len(data) else state(made))
        assert path.stat().st_size == (before if end < len(data) else end)
    path.write_bytes(data[:before] + bytes(len(data) - before - 1) + b"\n")  # as a power cut may leave it
    assert state(reopened(path)) == wanted


def test_a_line_says_who_when_old_and_new(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, SKELETON, {"frames": 10}) as journal:
        made = document(keep=journal.keep)
        random_edits(made, 60, seed=4)
        with pytest.raises(AnnotationError, match="being written by another"):
            Journal(path, SKELETON, {})
    heading, *lines = map(json.loads, path.read_text().splitlines())
    assert heading == {"journal": "1", "frames": 10}
    assert len(lines) == 60
    move = next(line for line in lines if line.get("do") == "move")
    step = move["steps"][0]
    assert (move["by"], move["at"]) == ("anna", "2026-03-01T12:00:00.000Z")
    assert step["joint"] in SKELETON.joints
    assert step["old"] != step["new"]
    with path.open("a") as file:
        file.write('{"do": "move", "by": "anna"}\n{"undo": "move", "by": "anna", "at": ""}\n')
    with pytest.raises(AnnotationError, match=r"Line 62 of .* who and when"):
        Journal(path, SKELETON, {})
    for text in ("something else\n", '{"journal": "2"}\n'):
        path.write_text(text)
        with pytest.raises(AnnotationError, match="not a journal"):
            Journal(path, SKELETON, {})
        assert path.read_text() == text
