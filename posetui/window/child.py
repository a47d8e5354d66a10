"""The window's process: `python -m posetui.window.child HANDLE`, started by `window.link.Window`.

Commands come on standard input, events go out on standard output, what libraries print ends in the log file,
as in the inference process. When the app is gone, standard input ends, and so does the process.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import BinaryIO

from posetui.engine.quantiles import Window as Rate
from posetui.engine.scenes import Scenes
from posetui.engine.shared import WHOLE_CAPACITY, SharedPictures
from posetui.engine.wire import Sender, receive, take_pipes
from posetui.errors import PosetuiError
from posetui.pose.frame import Image
from posetui.pose.skeletons import register_all
from posetui.sources.opencv import load_cv2
from posetui.window import messages
from posetui.window.display import Screen, check_windows
from posetui.window.keys import key_of

NICE = 15
"""Behind inference, which has 10: what shows frames must not keep them from being made."""
_WAIT_MS, _IDLE_MS = 5, 30
_IDLE_S = 1.0
_NAME = "posetui"
_MARGIN = 0.9
"""Of the screen that a new window takes at most."""


class Mailbox:
    """Takes what the app sends, in a thread; of frames that come faster than they are drawn, the newest."""

    def __init__(self, inbox: BinaryIO) -> None:
        self._inbox = inbox
        self._lock = threading.Lock()
        self._show: messages.Show | None = None
        self._change: messages.Change | None = None
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def take(self) -> tuple[messages.Show | None, messages.Change | None]:
        """Return what has come since the last call."""
        with self._lock:
            taken = self._show, self._change
            self._show = self._change = None
        return taken

    def _read(self) -> None:
        try:
            while True:
                message = receive(self._inbox)
                with self._lock:
                    match message:
                        case messages.Show():
                            self._show = message
                        case messages.Change():
                            self._change = message
        except EOFError:
            os._exit(0)  # the app has closed the pipe, or is gone


class Mirror:
    """The window and what is in it.

    Args:
        first: how it opens.
        screen: where it opens.
        pictures: the shared memory that pictures are in.
        sender: where events go.

    """

    def __init__(
        self, first: messages.Open, screen: Screen, pictures: SharedPictures, sender: Sender
    ) -> None:
        self._cv2 = load_cv2()
        self._screen, self._pictures, self._sender = screen, pictures, sender
        self._showing = first.showing
        self._scenes = Scenes()
        self._shown: messages.Show | None = None
        self._image: Image | None = None
        self._title = first.title
        self._fits: tuple[int, int] | None = None
        self._age = 0.0
        self._rate = Rate(2.0, time.monotonic)

    def run(self, mailbox: Mailbox) -> None:
        """Show what comes until the window is closed."""
        busy = time.monotonic()
        while True:
            show, change = mailbox.take()
            if show or change:
                busy = time.monotonic()
                self._take(show, change)
            idle = time.monotonic() - busy > _IDLE_S
            code = self._cv2.waitKeyEx(_IDLE_MS if idle else _WAIT_MS)
            if self._fits and not self._visible():
                self._sender.send(messages.Closed())
                return
            key = key_of(code, capital=code >= 0 and self._screen.capital())
            if key is not None:
                self._sender.send(messages.Typed(key))

    def _visible(self) -> bool:
        cv2 = self._cv2
        try:
            visible: bool = cv2.getWindowProperty(_NAME, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # Qt's way to say that there is no window any more
            return False
        return visible

    def _take(self, show: messages.Show | None, change: messages.Change | None) -> None:
        if change:
            self._showing, self._title = change.showing, change.title
            if self._fits:
                self._cv2.setWindowTitle(_NAME, change.title)
        if show:
            self._look(show)
        if self._shown:
            self._draw(self._shown)
        if show:
            self._sender.send(messages.Drawn())

    def _look(self, show: messages.Show) -> None:
        """Take over a frame with its picture, unless that is gone already."""
        register_all(show.skeletons)
        whole = show.result.whole
        image = self._pictures.read(whole) if whole else None
        if image is not None or show.result.blank:
            self._shown, self._image = show, image
            self._age = (time.monotonic() - show.result.frame.captured) * 1e3
            self._scenes.truth = show.truth
            self._rate.add()

    def _draw(self, show: messages.Show) -> None:
        result = show.result
        if self._fits != result.frame.size:
            self._fit(result.frame.size)
        rate = f"{self._rate.rate():.0f} FPS   age {self._age:.0f} ms"
        picture = self._scenes.draw(result, self._image, self._showing, (rate, *show.notes))
        self._cv2.imshow(_NAME, picture)

    def _fit(self, size: tuple[int, int]) -> None:
        """Open the window, or make it as large as a picture of another size, where the screen has room."""
        cv2 = self._cv2
        if self._fits is None:
            cv2.namedWindow(_NAME, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.setWindowTitle(_NAME, self._title)
        self._fits = size
        room = self._screen.size or (1600, 900)
        scale = min(_MARGIN * room[0] / size[0], _MARGIN * room[1] / size[1], 1.0)
        cv2.resizeWindow(_NAME, max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))


def main() -> None:
    """Take over the pipes, open the window, run."""
    inbox, outbox = take_pipes()
    sender = Sender(outbox)
    if hasattr(os, "nice"):
        os.nice(NICE)
    first = receive(inbox)
    assert isinstance(first, messages.Open)  # noqa: S101 - the app always sends it first
    try:
        screen = Screen()
        check_windows(load_cv2())
    except PosetuiError as error:
        sender.send(messages.Refused(error.title, error.remedy))
        os._exit(0)
    mirror = Mirror(first, screen, SharedPictures(sys.argv[1], WHOLE_CAPACITY), sender)
    sender.send(messages.Opened())
    mirror.run(Mailbox(inbox))
    # Qt may hang on its way out of a display that is gone.
    os._exit(0)


if __name__ == "__main__":
    main()
