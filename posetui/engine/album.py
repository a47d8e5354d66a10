"""An album, seen from the app: pictures by number, at full size, without OpenCV in the app's process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from posetui.drawing.pyramid import Pyramid, levels_of
from posetui.engine.albums import ROOMS, Page, Pages, Wanted
from posetui.engine.process import WorkerProcess
from posetui.engine.shared import SharedRoom
from posetui.engine.trials import Broke, error_of
from posetui.errors import PosetuiError


class Album:
    """Reads pictures in a process of its own, which is started when the first one is asked for.

    Args:
        pages: where they are.
        log: file that takes what native libraries say.
        on_change: called, from a thread, when there is another picture or none will come.

    Attributes:
        error: why none will come.
        pages: where they are.

    """

    def __init__(self, pages: Pages, log: Path, on_change: Callable[[], None]) -> None:
        self.error: PosetuiError | None = None
        self.pages = pages
        self._log = log
        self._on_change = on_change
        self._rooms = tuple(SharedRoom() for _ in range(ROOMS))
        self._process: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._pages: dict[int, Page] = {}  # by room
        self._lost: set[int] = set()
        self._wanted: tuple[int, ...] = ()
        self._shown: Page | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Return the id of the process that reads."""
        return self._process.pid if self._process else None

    def want(self, number: int, then: int | None = None) -> None:
        """Ask for the picture of a frame, and for one that will be wanted next."""
        wanted = tuple(dict.fromkeys(one for one in (number, then) if one is not None))
        if wanted != self._wanted:
            self._wanted = wanted
            self._ask()

    def missing(self, number: int) -> bool:
        """Tell whether a picture was asked for and cannot be read."""
        page = self._page(number)
        return number in self._lost or (page is not None and not page.width)

    def picture(self, number: int) -> Pyramid | None:
        """Return the picture of a frame; None while it is not there.

        It lies in shared memory, and is there until another one is taken.
        """
        page = self._page(number)
        if page is None or not page.width:
            return None
        if page is not self._shown:
            self._shown = page
            self._ask()  # the room of the one that was shown before is free now
        room = self._rooms[page.room]
        return Pyramid.within(room.view(levels_of(page.width, page.height)[-1].end), page.width, page.height)

    def _page(self, number: int) -> Page | None:
        with self._lock:
            return next((page for page in self._pages.values() if page.number == number), None)

    def _ask(self) -> None:
        numbers = tuple(number for number in self._wanted if number not in self._lost)
        if self.error or self._closed or not numbers:
            return
        keep = self._shown.room if self._shown else None
        with self._lock:
            # What is neither looked at nor asked for may be written over from now on.
            self._pages = {
                room: page
                for room, page in self._pages.items()
                if room == keep or page.number in self._wanted
            }
        if self._process is None:
            self._process = WorkerProcess(
                self.pages,
                memories=self._rooms,
                log=self._log,
                on_event=self._told,
                on_exit=self._died,
                module="posetui.engine.albumworker",
            )
        self._process.send(Wanted(numbers, keep))

    def close(self) -> None:
        """End the process, and give the memory back."""
        self._closed = True
        if self._process:
            self._process.close()
        for room in self._rooms:
            room.close()

    def _told(self, event: object) -> None:
        if isinstance(event, Page):
            with self._lock:
                self._pages[event.room] = event
        elif isinstance(event, Broke):
            self.error = error_of(event)
        self._on_change()

    def _died(self, code: int) -> None:
        """Do without the picture that the process died of; the next one is read by another process."""
        if self._closed or self.error:
            return
        self._lost.update([number for number in self._wanted if self._page(number) is None][:1])
        self._process = None
        self._on_change()
