"""Every frame of a stream of pose frames, drawn and handed on to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from posetui.engine.pipeline import Seen
from posetui.engine.rising import RisingClock
from posetui.engine.scenes import Scenes
from posetui.engine.showing import Showing
from posetui.pose.frame import Image, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.rendering.encoder import Encoder
from posetui.sources.base import SourceInfo
from posetui.sources.opencv import load_cv2

_SLACK = 1e-3
"""Seconds by which a frame may come early and still count as on time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rendered.

    Attributes:
        showing: what is to be seen.
        names: of the backend, or of both; with two, one stands beside the other.
        truth: the skeleton of the truth, and its name, drawn dashed.
        size: width, height that the pictures are made smaller to fit in, or None.
        fps: so many pictures a second at most, or None for all.
        duration: seconds after which it ends, or None.

    """

    showing: Showing
    names: tuple[str, ...] = ()
    truth: tuple[Skeleton, str] | None = None
    size: tuple[int, int] | None = None
    fps: float | None = None
    duration: float | None = None


def film(
    seen: Iterable[Seen],
    info: SourceInfo,
    plan: Plan,
    encoder: Encoder,
    progress: Callable[[PoseFrame], None] = lambda frame: None,
) -> None:
    """Draw frame after frame up to the end of the source, or of the plan's duration.

    A picture is shown as long as its frame was: by the position in a file, by capture times of what is live.

    Args:
        seen: the frames.
        info: of their source.
        plan: what is rendered.
        encoder: takes the pictures.
        progress: told of each frame.

    Raises:
        RenderError: they cannot be written.
        SourceError: the source is lost.

    """
    clock, drawing = RisingClock(), _Drawing(plan)
    began: float | None = None
    due = 0.0
    for one in seen:
        frame = one.frame
        position = frame.captured if info.live else frame.pts
        now = clock.rising(position, info.fps)
        began = now if began is None else began
        seconds = now - began
        if plan.duration is not None and seconds >= plan.duration:
            break
        progress(frame)
        if plan.fps is None or seconds >= due - _SLACK:
            due = seconds + 1 / plan.fps if plan.fps else 0.0
            encoder.add(drawing.picture(one), seconds)


class _Drawing:
    """Draws pictures of one size, that of the first."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._scenes = Scenes(plan.truth[0] if plan.truth else None)
        self._size: tuple[int, int] | None = None

    def picture(self, seen: Seen) -> Image:
        """Return uint8 [H, W, 3], BGR."""
        plan, image = self._plan, None if seen.blank else seen.image
        (width, height), beside = seen.frame.size, len(plan.names) > 1
        whole = 2 * width if beside else width, height
        if self._size is None:
            self._size = _within(whole, plan.size)
        showing = replace(plan.showing, shrink=max(1.0, whole[0] / self._size[0], whole[1] / self._size[1]))
        if beside:
            parts = [
                self._scenes.draw_one(seen, image, showing, plan.names[:1], second=False),
                self._scenes.draw_one(seen, image, showing, plan.names[1:2], second=True),
            ]
            return _framed(np.hstack(parts), self._size)
        notes = (f"dashed: {plan.truth[1]}",) if plan.truth else ()
        return _framed(self._scenes.draw(seen, image, showing, notes), self._size)


def _within(size: tuple[int, int], room: tuple[int, int] | None) -> tuple[int, int]:
    if room is None:
        return size
    scale = min(room[0] / size[0], room[1] / size[1], 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _framed(picture: Image, size: tuple[int, int]) -> Image:
    """Return a picture scaled to fit a size, with black beside it where its shape is another."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    cv2 = load_cv2()
    scale = min(size[0] / width, size[1] / height)
    inner = min(size[0], max(1, round(width * scale))), min(size[1], max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(picture, inner, interpolation=way)
    if inner == size:
        return np.asarray(scaled, dtype=np.uint8)
    framed = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    framed[top : top + inner[1], left : left + inner[0]] = scaled
    return framed
