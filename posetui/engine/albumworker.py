"""The process that reads an album: `python -m posetui.engine.albumworker ROOM...`, started by `album`.

Commands come on standard input, what was read is told on standard output. It ends when standard input does.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Protocol

from posetui.drawing.pyramid import Pyramid, levels_of
from posetui.engine.albums import Page, Pages, Wanted
from posetui.engine.shared import SharedRoom
from posetui.engine.trials import Broke
from posetui.engine.underlay import OwnPictures, Underlay, VideoPictures
from posetui.engine.wire import Sender, receive, take_pipes
from posetui.errors import PosetuiError
from posetui.pose.frame import Image
from posetui.sources.images import read_image
from posetui.sources.opencv import load_cv2
from posetui.tapes.reader import Tape


class Reader(Protocol):
    """What gives pictures by number."""

    def picture(self, number: int) -> Image | None:
        """Return the picture of a frame (uint8 [H, W, 3], BGR), or None where there is none."""


class Files:
    """Images in files."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths

    def picture(self, number: int) -> Image | None:
        """Return an image, or None when it cannot be read."""
        try:
            return read_image(Path(self._paths[number]), load_cv2())
        except (OSError, IndexError):
            return None


class OfTape:
    """What lies beneath the frames of a tape.

    Raises:
        PosetuiError: the tape or its video cannot be read.

    """

    def __init__(self, tape: str, video: str | None) -> None:
        self._tape = Tape.open(Path(tape))
        self._beneath: Underlay = OwnPictures(self._tape)
        if video is not None:
            self._beneath = VideoPictures(video, self._tape)

    def picture(self, number: int) -> Image | None:
        """Return the picture of a frame of the tape, in the size that its poses are in."""
        if not 0 <= number < len(self._tape):
            return None
        try:
            frame = self._tape.frame(number)
            return self._beneath.picture(number, frame, float(self._tape.times[number]))
        except PosetuiError:  # damaged here
            return None


def open_reader(pages: Pages) -> Reader:
    """Open an album; raises PosetuiError."""
    return Files(pages.images) if pages.tape is None else OfTape(pages.tape, pages.video)


class Shelf:
    """Puts pictures into rooms, and knows which is where.

    Args:
        reader: gives them.
        rooms: where they go.

    """

    def __init__(self, reader: Reader, rooms: tuple[SharedRoom, ...]) -> None:
        self._reader = reader
        self._rooms = rooms
        self._pages: list[Page | None] = [None] * len(rooms)

    def fetch(self, number: int, wanted: Wanted) -> Page | None:
        """Return a picture in a room; None while no room is free."""
        for page in self._pages:
            if page is not None and page.number == number:
                return page
        earlier = wanted.numbers[: wanted.numbers.index(number)]
        for place, page in enumerate(self._pages):
            if place != wanted.keep and not (page and page.number in earlier):
                self._pages[place] = None
                read = self._pages[place] = self._read(number, place)
                return read
        return None

    def _read(self, number: int, place: int) -> Page:
        image = self._reader.picture(number)
        if image is None:
            return Page(number, place, 0, 0)
        height, width = image.shape[:2]
        try:
            fill(self._rooms[place], image)
        except OSError:
            return Page(number, place, 0, 0)
        return Page(number, place, width, height)


def fill(room: SharedRoom, image: Image) -> None:
    """Lay a picture (uint8 [H, W, 3], BGR) into memory, as a pyramid; OSError where there is no room."""
    cv2 = load_cv2()
    height, width = image.shape[:2]
    pyramid = Pyramid.within(room.view(levels_of(width, height)[-1].end), width, height)
    pyramid.levels[0][:] = image
    for larger, smaller in zip(pyramid.levels, pyramid.levels[1:], strict=False):
        size = smaller.shape[1], smaller.shape[0]
        cv2.resize(larger, size, dst=smaller, interpolation=cv2.INTER_AREA)


class Inbox:
    """Keeps the newest command, and tells when there is another."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self._changed = threading.Condition()
        self._newest: Wanted | None = None
        self._over = False

    def listen(self) -> None:
        """Take commands until standard input ends."""
        try:
            while True:
                command = receive(self.file)
                assert isinstance(command, Wanted)  # noqa: S101 - our own parent sends nothing else
                with self._changed:
                    self._newest = command
                    self._changed.notify()
        except EOFError:
            with self._changed:
                self._over = True
                self._changed.notify()

    def overtaken(self) -> bool:
        """Tell whether there is a newer command."""
        return self._newest is not None or self._over

    def next(self) -> Wanted | None:
        """Wait for a command; None at the end."""
        with self._changed:
            self._changed.wait_for(self.overtaken)
            newest, self._newest = self._newest, None
            return None if self._over else newest


def _serve(shelf: Shelf, inbox: Inbox, sender: Sender) -> None:
    while (wanted := inbox.next()) is not None:
        for number in wanted.numbers:
            page = shelf.fetch(number, wanted)
            if page is None or not sender.send(page) or inbox.overtaken():
                break


def main() -> None:
    """Take over the pipes, and read until the app has gone."""
    pipes = take_pipes()
    inbox, sender = Inbox(pipes[0]), Sender(pipes[1])
    rooms = tuple(SharedRoom(handle) for handle in sys.argv[1:])
    pages = receive(inbox.file)
    assert isinstance(pages, Pages)  # noqa: S101 - the app always sends it first
    threading.Thread(target=inbox.listen, name="inbox", daemon=True).start()
    try:
        _serve(Shelf(open_reader(pages), rooms), inbox, sender)
    except PosetuiError as error:
        sender.send(Broke(type(error).__name__, error.title, error.remedy))
    sender.close()
    # Native threads (decoders) may block a normal exit.
    os._exit(0)


if __name__ == "__main__":
    main()
