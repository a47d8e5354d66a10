"""The progress bar of a run without a screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from posetui.engine.quantiles import Window
from posetui.pose.frame import PoseFrame
from posetui.sources.base import SourceInfo
from posetui.sources.opening import display_title
from posetui.text import safe_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Meter(Protocol):
    """What follows a run."""

    def opened(self, info: SourceInfo) -> None:
        """Take note of the source; called once."""

    def show(self, frame: PoseFrame) -> None:
        """Take note of a pose frame."""


class NoMeter:
    """Shows nothing: stderr is not a terminal."""

    def opened(self, info: SourceInfo) -> None:
        """Do nothing."""

    def show(self, frame: PoseFrame) -> None:
        """Do nothing."""


class Bar:
    """A bar with people and FPS; without a known end, a spinner with a count."""

    def __init__(self, progress: Progress, task: TaskID, *, endless: bool) -> None:
        self._progress = progress
        self._task = task
        self._endless = endless
        self._rate = Window(2.0, time.monotonic)
        self._first: int | None = None

    def opened(self, info: SourceInfo) -> None:
        """Show the source's name and, when known, how far there is to go."""
        total = None if self._endless else info.frames
        self._progress.update(self._task, description=safe_text(info.title, 40), total=total)

    def show(self, frame: PoseFrame) -> None:
        """Show how far it is, how many people there are, and the rate."""
        self._rate.add()
        if self._first is None:
            self._first = frame.index
        people = len(frame.poses)
        status = f"{people} {'person' if people == 1 else 'people'}  {self._rate.rate():5.1f} FPS"
        self._progress.update(self._task, completed=frame.index - self._first + 1, status=status)


@contextmanager
def meter(stderr: TextIO, source: str, *, shown: bool, color: bool, endless: bool) -> Iterator[Meter]:
    """Show progress on a terminal; elsewhere, or when not `shown`, nothing.

    Args:
        stderr: where it is drawn.
        source: what the user named, shown until the source is open.
        shown: whether a bar is wanted.
        color: whether colours are wanted.
        endless: the source starts again at its end.

    """
    if not (shown and stderr.isatty()):
        yield NoMeter()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[status]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=Console(file=stderr, no_color=not color),
        refresh_per_second=5,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with progress:
        task = progress.add_task(f"opening {safe_text(display_title(source), 40)}", total=None, status="")
        yield Bar(progress, task, endless=endless)
