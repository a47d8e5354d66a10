"""The last minute, always held in memory: poses of every frame, and small pictures within a budget."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

from posetui.pose.frame import Image, PoseFrame
from posetui.sources.pictures import packed, unpacked
from posetui.tapes.model import Event

SECONDS = 60.0
MAX_POSES_BYTES = 64 << 20
"""A crowd at a high rate is held for less than a minute."""
PICTURE_WIDTH = 256
"""Pixels: more than most terminals show."""
PICTURE_S = 0.1
"""One picture is made in this time; the frames between are shown over the one before."""

_FRAME_BYTES = 1500  # what a frame and a person take beside their joints, roughly
_PERSON_BYTES = 400
_QUALITY = 70


@dataclass(slots=True, eq=False)
class Moment:
    """A frame that is held.

    Attributes:
        frame: its people, as the backend saw them.
        shown: the same, smoothed.
        jpeg: its picture, small, or None.

    """

    frame: PoseFrame
    shown: PoseFrame
    jpeg: bytes | None = None

    @property
    def cost(self) -> int:
        """Return roughly how many bytes of memory its poses take."""
        kept = (*self.frame.poses, *(self.shown.poses if self.shown is not self.frame else ()))
        return _FRAME_BYTES + sum(_PERSON_BYTES + pose.keypoints.nbytes for pose in kept)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A moment that was gone back to.

    Attributes:
        moment: the frame.
        image: its picture, or that of a frame next to it: small, uint8 [h, w, 3], BGR.
        behind: seconds to the newest frame.

    """

    moment: Moment
    image: Image | None
    behind: float


class LastMinute:
    """Holds frames by their capture time. May be used from any thread.

    A few pictures a second are made small at once: a full frame that waits for it would take as much
    memory as seconds of small ones.

    Args:
        budget: bytes of pictures that are held; 0 for none.
        seconds: how much is held.

    """

    def __init__(self, budget: int, seconds: float = SECONDS) -> None:
        self._budget = budget
        self._seconds = seconds
        self._lock = threading.Lock()
        self._moments: deque[Moment] = deque()
        self._pictured: deque[Moment] = deque()
        self._events: deque[Event] = deque(maxlen=1000)
        self._bytes = self._picture_bytes = 0
        self._back: int | None = None
        self._due = -math.inf

    def add(self, frame: PoseFrame, shown: PoseFrame, image: Image) -> None:
        """Hold a frame; its image is uint8 [H, W, 3], BGR."""
        moment = Moment(frame, shown)
        if self._budget > 0 and frame.captured >= self._due:
            self._due = frame.captured + PICTURE_S
            moment.jpeg = encode_small(image)
        with self._lock:
            if self._back is not None:  # a frame that was under way when it was paused
                self._back += 1
            self._moments.append(moment)
            self._bytes += moment.cost
            self._forget(frame.captured - self._seconds)
            if moment.jpeg:
                self._pictured.append(moment)
                self._picture_bytes += len(moment.jpeg)
            while self._picture_bytes > self._budget:
                self._drop_picture()

    def note(self, event: Event) -> None:
        """Hold what happened."""
        with self._lock:
            self._events.append(event)

    def held(self) -> tuple[list[Moment], list[Event]]:
        """Return what is held now, and what happened in that time."""
        with self._lock:
            return list(self._moments), list(self._events)

    @property
    def memory(self) -> tuple[int, int]:
        """Return bytes of poses, roughly, and of pictures."""
        return self._bytes, self._picture_bytes

    # ---- rewinding

    def step(self, frames: int) -> bool:
        """Go back (-1) or forward (1) in what is held, or stay (0); False where there is nothing to show."""
        with self._lock:
            if not self._moments or (frames == 0 and self._back is None):
                return False
            if frames > 0 and not self._back:
                self._back = None
                return False
            self._back = min(max(0, (self._back or 0) - frames), len(self._moments) - 1)
            return True

    def now(self) -> None:
        """Return to now."""
        self._back = None

    @property
    def rewinding(self) -> bool:
        """Return whether something else than now is looked at."""
        return self._back is not None

    def rewound(self) -> Past | None:
        """Return what was gone to; None for now."""
        with self._lock:
            if self._back is None:
                return None
            at = max(0, len(self._moments) - 1 - self._back)
            moment = self._moments[at]
            jpeg = next((one.jpeg for one in self._around(at) if one.jpeg), None)
            behind = self._moments[-1].frame.captured - moment.frame.captured
        return Past(moment, unpacked(jpeg) if jpeg else None, behind)

    def _around(self, at: int) -> list[Moment]:
        """Return the moments that a picture could come from, nearest first."""
        reach = 2 * PICTURE_S
        here = self._moments[at].frame.captured
        near = (self._moments[one] for one in range(max(0, at - 30), min(len(self._moments), at + 31)))
        close = [moment for moment in near if abs(moment.frame.captured - here) <= reach]
        return sorted(close, key=lambda moment: abs(moment.frame.captured - here))

    # ---- forgetting, and pictures

    def _forget(self, before: float) -> None:
        while self._moments[0].frame.captured < before or self._bytes > MAX_POSES_BYTES:
            self._bytes -= self._moments.popleft().cost
        oldest = self._moments[0].frame.captured
        while self._events and self._events[0].captured < oldest:
            self._events.popleft()
        while self._pictured and self._pictured[0].frame.captured < oldest:
            self._drop_picture()

    def _drop_picture(self) -> None:
        oldest = self._pictured.popleft()
        self._picture_bytes -= len(oldest.jpeg or b"")
        oldest.jpeg = None


def encode_small(image: Image) -> bytes:
    """Return a JPEG at most PICTURE_WIDTH pixels wide or high."""
    import cv2
    import numpy as np

    height, width, _ = image.shape
    scale = min(1.0, PICTURE_WIDTH / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Looking at every pixel of a large picture would cost ten times as much.
    small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return packed(np.asarray(small, dtype=np.uint8), _QUALITY)
