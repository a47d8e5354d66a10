"""A tape's own pictures, as frames of a source: with the numbers and times that they were recorded with."""

from __future__ import annotations

from pathlib import Path

from posetui.errors import SourceError, TapeError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, SourceInfo, SourceOptions
from posetui.sources.checks import check_range, quoted
from posetui.sources.pictures import unpacked
from posetui.sources.transform import check_transform, shaped
from posetui.tapes.formats.exchange import facts_of
from posetui.tapes.reader import Tape

_REMEDY = "Record with `posetui record --frames`, or use the video that it was made from."


class TapeSource:
    """The pictures of a tape, in their order. Frames that have none are left out.

    Args:
        path: the tape.
        options: `start` and `end` are seconds since the tape's first frame.
        title: what the user may see.

    Attributes:
        skipped: frames without a picture, or with one that cannot be decoded, among those gone over.

    Raises:
        SourceError: it cannot be read, has no pictures, or none in this range.

    """

    def __init__(self, path: Path, options: SourceOptions, title: str) -> None:
        check_range(options)
        check_transform(options)
        self.skipped = 0
        self._closed = False
        self._options = options
        self._index_shift = self._next_index = 0
        try:
            self._tape = Tape.open(path)
        except TapeError as error:
            raise SourceError(error.title, error.remedy) from error
        try:
            self._open(path, title)
        except TapeError as error:
            self._tape.close()
            raise SourceError(error.title, error.remedy) from error
        except SourceError:
            self._tape.close()
            raise

    def _open(self, path: Path, title: str) -> None:
        tape, options = self._tape, self._options
        if not tape.images:
            raise SourceError(f"the tape {quoted(path)} has no pictures", _REMEDY)
        times = tape.times
        self._first = int((times < options.start - 1e-6).sum())
        self._end = len(tape) if options.end is None else int((times < options.end - 1e-6).sum())
        self._next = self._first
        found = self._find()
        if found is None:
            raise SourceError(f"the tape {quoted(path)} has no picture there", "Choose another start.")
        self._next = found[0]
        self.skipped = 0
        self._pts = tape.frame(0).pts
        self._names = {index: facts.file_name for index, facts in facts_of(tape.events).items()}
        height, width = found[1].shape[:2]
        self._info = SourceInfo(
            title=title,
            kind="tape",
            live=False,
            fps=options.fps or tape.header.fps,
            size=(width, height),
            frames=min(tape.images, self._end - self._first),
        )

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the pictures."""
        return self._info

    def read(self) -> Frame | None:
        """Return the next frame that has a picture; None after the last, or after `close`.

        Raises:
            SourceError: the tape is damaged here.

        """
        try:
            found = self._find()
            if found is None and self._options.loop:
                self._next = self._first
                found = self._find()
                if found is not None:
                    self._index_shift = self._next_index - self._tape.frame(found[0]).index
            if found is None or self._closed:
                return None
            number, image = found
            frame = self._tape.frame(number)
        except TapeError as error:
            raise SourceError(error.title, error.remedy) from error
        except ValueError:  # closed by another thread
            return None
        self._next = number + 1
        self._next_index = frame.index + self._index_shift + 1
        name = frame.image_name or self._names.get(frame.index, "")
        return Frame(frame.index + self._index_shift, image, frame.captured, frame.pts, name)

    def seek(self, seconds: float) -> bool:
        """Go to a position of what was recorded (`pts`)."""
        self._next = max(self._first, self._tape.index_at(seconds - self._pts))
        return self._next < self._end

    def close(self) -> None:
        """Close the tape."""
        self._closed = True
        self._tape.close()

    def _find(self) -> tuple[int, Image] | None:
        """Return number and picture of the next frame that has one."""
        for number in range(self._next, self._end):
            data = self._tape.image(number)
            image = None if data is None else unpacked(data)
            if image is not None:
                return number, shaped(image, self._options.rotate, self._options.size)
            self.skipped += 1
        return None
