"""The OpenCV window, from the screen: opened and closed by a key, fed by the engine, its keys obeyed."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS

from posetui.drawing.heat import HeatGrid
from posetui.engine.messages import Result
from posetui.engine.shared import SharedPictures
from posetui.engine.showing import Showing
from posetui.engine.supervisor import Supervisor
from posetui.errors import PosetuiError
from posetui.paths import log_file
from posetui.pose.frame import PoseFrame
from posetui.text import safe_text
from posetui.tui.casting import Casting
from posetui.tui.comparison import compared_name, truth_of
from posetui.window.link import Window


class Windowing(Casting):
    """The part of the app that has a window.

    Attributes:
        whole: the shared memory for whole pictures, made before the app runs.
        wants_window: open it as soon as the source is open.
        window: it, while it is open.

    """

    whole: SharedPictures | None = None
    wants_window = False
    window: Window | None = None

    def action_window(self) -> None:
        """Open the window, or close it."""
        if self.window is None:
            self._open_window()
        else:
            self.close_window()

    def action_names(self) -> None:
        """Name the joints in the window and in snapshots, or not."""
        self.view = replace(self.view, names=not self.view.names)
        self.redraw()
        where = "in the window and in snapshots"
        self.notify(f"names of joints {where}: {'on' if self.view.names else 'off'}", timeout=2, markup=False)

    def showing(self) -> Showing:
        """Return what is to be seen on whole pictures, as the screen has it."""
        view = self.view
        return Showing(
            skeleton=view.skeleton,
            threshold=view.threshold,
            picture=view.background != "none",
            labels=view.labels,
            boxes=view.labels,
            names=view.names,
            heat=view.heat != "off",
            selected=view.selected if len(self.shown) > 1 else None,
            pinned=view.pinned,
        )

    def on_unmount(self) -> None:
        """Close the window with the app."""
        self.close_window()

    def close_window(self) -> None:
        """Close the window, if it is open."""
        window, self.window = self.window, None
        if window is None:
            return
        self._feed()
        window.close()

    def attach(self) -> None:
        """Listen to the engine that runs now, the window as well."""
        super().attach()
        self._feed()

    def detach(self) -> None:
        """Listen to the engine no longer, nor the window."""
        super().detach()
        if self.supervisor:
            self.supervisor.on_result = lambda _: None

    def news(self, supervisor: Supervisor) -> None:
        """Open the window that was asked for at the start, once there is something to show."""
        super().news(supervisor)
        if self.wants_window and supervisor.result():
            self.wants_window = False
            self._open_window()

    def redraw(self) -> None:
        """Paint again, in the window as well."""
        super().redraw()
        self._tell_window()

    def _draw_canvas(self, supervisor: Supervisor, frame: PoseFrame, heat: HeatGrid | None) -> None:
        super()._draw_canvas(supervisor, frame, heat)
        self._tell_window()

    def _open_window(self) -> None:
        if self.whole is None:
            return
        try:
            self.window = Window(
                self.whole,
                log_file(),
                title=self._window_title(),
                showing=self.showing(),
                on_key=lambda key: self._later(lambda: self._typed(key)),
                on_close=lambda why: self._later(lambda: self._window_gone(why)),
            )
        except PosetuiError as error:
            self.notify(safe_text(error, 400), severity="warning", timeout=10, markup=False)
            return
        self._feed()

    def _feed(self) -> None:
        """Have the engine's thread give the window each result, however slow the terminal is."""
        supervisor, window = self.supervisor, self.window
        if supervisor is None:
            return

        def show(result: Result) -> None:
            status = supervisor.status
            name, truth = compared_name(status), truth_of(status)
            skeleton = truth.skeleton if truth else None
            used = status.backend.name if status.backend else ""
            notes = (f"{used}, dashed: {name}",) if name else (used,)
            if window is not None:
                window.show(result, tuple(safe_text(one, 60) for one in notes), skeleton)

        supervisor.on_result = show if window is not None else lambda _: None
        supervisor.whole(window is not None)

    def _tell_window(self) -> None:
        if self.window is not None:
            self.window.change(self.showing(), self._window_title())

    def _window_title(self) -> str:
        return f"posetui: {self.source_title}" if self.source_title else "posetui"

    def _typed(self, key: str) -> None:
        """Do what a key does that was typed in the window."""
        if len(key) > 1:
            self.post_message(events.Key(key, None))
            return
        name = key if key.isalnum() else unicodedata.name(key).lower().replace("-", "_").replace(" ", "_")
        self.post_message(events.Key(KEY_NAME_REPLACEMENTS.get(name, name), key))

    def _window_gone(self, why: PosetuiError | None) -> None:
        if why is not None:
            self.notify(safe_text(why, 400), severity="warning", timeout=10, markup=False)
        self.close_window()

    def _later(self, action: Callable[[], None]) -> None:
        """Run something in the app's own thread."""
        with contextlib.suppress(RuntimeError):  # the app has been left meanwhile
            self._event_loop.call_soon_threadsafe(action)
