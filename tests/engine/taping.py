"""Tapes for replays, and a replay that runs in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Seen
from posetui.engine.replaying import Replay
from posetui.pose.frame import PoseFrame
from posetui.tapes.reader import Tape

DEADLINE_S = 20.0


def jpeg(value: int, size: tuple[int, int] = (640, 480), left: int | None = None) -> bytes:
    """Return a grey picture of one value, or of another one in its left half."""
    image = np.full((size[1], size[0], 3), value, np.uint8)
    if left is not None:
        image[:, : size[0] // 2] = left
    done, data = cv2.imencode(".jpg", image)
    assert done
    return data.tobytes()


def near(pixel: npt.NDArray[np.uint8], value: int) -> bool:
    """Tell whether a pixel is this grey, as far as JPEG keeps it."""
    return bool(np.abs(pixel.astype(int) - value).max() < 4)


def on_tape(path: Path) -> list[PoseFrame]:
    with Tape.open(path) as tape:
        return list(tape.frames())


def same(first: PoseFrame, second: PoseFrame) -> bool:
    """Tell whether two frames are the same to the bit, but for when they were captured."""
    poses = zip(first.poses, second.poses, strict=True)
    fields = ("index", "pts", "size", "skeleton", "backend", "timings", "dropped")
    return all(getattr(first, name) == getattr(second, name) for name in fields) and all(
        np.array_equal(a.keypoints, b.keypoints)
        and (a.score, a.track_id, a.flipped) == (b.score, b.track_id, b.flipped)
        for a, b in poses
    )


class Watching:
    """A replay, played in a thread, and what it has shown."""

    def __init__(self, replay: Replay, ended: threading.Event) -> None:
        self.replay = replay
        self.ended = ended
        self.shown: list[tuple[float, Seen]] = []
        self._changed = threading.Condition()

    def follow(self) -> None:
        for seen in self.replay.seen():
            with self._changed:
                self.shown.append((time.monotonic(), seen))
                self._changed.notify_all()

    def wait(self, reached: Callable[[Seen], bool], after: int = 0) -> Seen:
        """Return the first frame from the one with number `after` on for which something holds."""
        with self._changed:
            at = self._changed.wait_for(lambda: self._find(reached, after), DEADLINE_S)
            assert at is not None, [seen.frame.index for _, seen in self.shown]
            return at

    def _find(self, reached: Callable[[Seen], bool], after: int) -> Seen | None:
        return next((seen for _, seen in self.shown[after:] if reached(seen)), None)

    def next_after(self, ask: Callable[[], None]) -> Seen:
        """Ask for something, and return the first frame that is shown since."""
        with self._changed:
            before = len(self.shown)
        ask()
        return self.wait(lambda seen: True, before)

    def indexes(self) -> list[int]:
        return [seen.frame.index for _, seen in self.shown]


@contextmanager
def watching(options: EngineOptions, *, paused: bool = False) -> Iterator[Watching]:
    """Play a tape in a thread."""
    ended = threading.Event()
    with Replay(options, on_end=ended.set) as replay:
        replay.pause(paused)
        watched = Watching(replay, ended)
        thread = threading.Thread(target=watched.follow, daemon=True)
        thread.start()
        try:
            yield watched
        finally:
            replay.stop()
            thread.join(DEADLINE_S)
            assert not thread.is_alive()
