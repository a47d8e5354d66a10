"""The window, seen from the app: open it, feed it, hear what is typed in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from posetui.engine.messages import Result
from posetui.engine.process import WorkerProcess
from posetui.engine.shared import SharedPictures
from posetui.engine.showing import Showing
from posetui.errors import PosetuiError, WindowError
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import get
from posetui.window import messages
from posetui.window.display import check_display


class Window:
    """A window in a process of its own. Frames go to it as fast as it draws them, always the newest.

    Args:
        pictures: the shared memory that whole pictures are in.
        log: file for what its libraries print.
        title: of the window; safe text.
        showing: what is to be seen at first.
        on_key: called with each key that is typed in it, from any thread.
        on_close: called once when it is gone by itself, from any thread: with None when its user closed it,
            else with the reason.

    Raises:
        WindowError: there is no display.

    """

    def __init__(
        self,
        pictures: SharedPictures,
        log: Path,
        *,
        title: str,
        showing: Showing,
        on_key: Callable[[str], None],
        on_close: Callable[[PosetuiError | None], None],
    ) -> None:
        check_display()
        self._log = log
        self._on_key, self._on_close = on_key, on_close
        self._lock = threading.Lock()
        self._open, self._free = True, False
        self._waiting: messages.Show | None = None
        self._change = messages.Change(showing, title)
        self._process = WorkerProcess(
            messages.Open(title, showing),
            memories=(pictures,),
            log=log,
            on_event=self._on_event,
            on_exit=self._on_exit,
            module="posetui.window.child",
        )

    @property
    def pid(self) -> int:
        """Return the id of its process."""
        return self._process.pid

    def show(self, result: Result, notes: tuple[str, ...] = (), truth: Skeleton | None = None) -> None:
        """Show a frame as soon as the one before is drawn; from any thread."""
        seen = (result.frame, result.other)
        skeletons = tuple({one.skeleton: get(one.skeleton) for one in seen if one is not None}.values())
        show = messages.Show(result, notes, skeletons, truth)
        with self._lock:
            if not self._free:
                self._waiting = show
                return
            self._free = False
        self._process.send(show)

    def change(self, showing: Showing, title: str) -> None:
        """Show frames in another way, if it is another."""
        change = messages.Change(showing, title)
        if change != self._change:
            self._change = change
            self._process.send(change)

    def close(self) -> None:
        """Close it; nothing is called any more."""
        with self._lock:
            self._open = False
        self._process.close(timeout=0.5)

    def _on_event(self, event: object) -> None:
        match event:
            case messages.Opened() | messages.Drawn():
                with self._lock:
                    show, self._waiting = self._waiting, None
                    self._free = show is None
                if show:
                    self._process.send(show)
            case messages.Typed(key):
                if self._open:
                    self._on_key(key)
            case messages.Closed():
                self._gone(None)
            case messages.Refused(title, remedy):
                self._gone(WindowError(title, remedy))

    def _on_exit(self, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self._gone(WindowError(f"The window's process died ({how})", f"What it said is in {self._log}."))

    def _gone(self, why: PosetuiError | None) -> None:
        with self._lock:
            was_open, self._open = self._open, False
        if was_open:
            self._on_close(why)
