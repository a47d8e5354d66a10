"""Killing recordings at random moments."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from posetui.tapes.reader import Tape

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Killed:
    """A recording that was killed: when frames were given to it, and how many are on its tape."""

    given: list[float]
    saved: int

    @property
    def lost_seconds(self) -> float:
        """Return the time between the last frame on the tape and the last that was given."""
        return self.given[-1] - self.given[max(self.saved - 1, 0)] if self.given else 0.0


def kill_all(paths: list[Path], chance: random.Random, longest: float) -> list[Killed]:
    """Record these tapes at once, kill each at a random moment, and read what is on them."""
    children = {}
    for path in paths:
        command = [sys.executable, "-m", "tests.tapes.recording_child", str(path)]
        children[path] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    moments = []
    for path, child in children.items():
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        moments.append((time.monotonic() + chance.uniform(0, longest), path))
    given: dict[Path, list[float]] = {}
    for moment, path in sorted(moments):
        time.sleep(max(0.0, moment - time.monotonic()))
        children[path].kill()
    for path, child in children.items():
        lines = child.communicate()[0].splitlines(keepends=True)
        given[path] = [float(line) for line in lines if line.endswith("\n")]
    return [Killed(given[path], saved(path)) for path in paths]


def saved(path: Path) -> int:
    """Return how many frames are on a tape; they are the first ones, in order, and whole."""
    with Tape.open(path) as tape:
        assert [one.index for one in tape.frames()] == list(range(len(tape)))
        assert tape.damage is not None
        assert tape.damage.unfinished
        return len(tape)
