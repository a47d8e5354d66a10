"""A tape's own poses as the stream of pose frames: played, stepped, sought, without any network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from posetui.engine.estimating import Listener
from posetui.engine.heating import taped_heat
from posetui.engine.hotswap import BackendInfo
from posetui.engine.messages import TapeInfo
from posetui.engine.mirroring import mirrored
from posetui.engine.options import EngineOptions
from posetui.engine.people import FORGET_S
from posetui.engine.pipeline import Seen
from posetui.engine.playhead import Move, Playhead
from posetui.engine.recorded import Recorded
from posetui.engine.taped import backend_of, ignored, numbered, rate, source_info, tape_info
from posetui.engine.underlay import NoPictures, OwnPictures, Underlay, VideoPictures, black
from posetui.errors import SourceError, TapeError
from posetui.pose import skeletons
from posetui.pose.frame import Image, Pose, PoseFrame
from posetui.sources.base import SourceInfo
from posetui.sources.checks import check_range
from posetui.tapes.reader import Tape
from posetui.tracking.reliability import JointReliability
from posetui.tracking.tracker import TrackState

if TYPE_CHECKING:
    from posetui.engine.measuring import Measured

_SEARCHED = 5000
"""So many damaged frames are passed over to find one that can be read."""

_REPAIR = "`posetui tape repair` saves what is left of it"


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A frame of the tape with all that belongs to it, not mirrored."""

    number: int
    frame: PoseFrame
    smoothed: tuple[Pose, ...]
    tracks: tuple[TrackState, ...]
    image: Image | None
    seconds: float
    clock: float


class Replay:
    """A tape that is played, open between `with`.

    With `on_end`, frames come at the rate they were recorded at times the speed, and late ones are left out
    unless every frame was asked for; at the end the tape stands still, and can be stepped back and sought.
    Without, all frames come in order, as fast as they are taken, and the end ends it.

    Args:
        options: what to play; its backend is not opened.
        resume: seconds since the tape's first frame to begin at.
        on_end: called when the tape has come to its end and stands there.
        listener: told when another backend had taken over.
        pictures: whether pictures are wanted; False saves decoding them.
        numbering: people get numbers where the tape has none; None for whenever it is played.

    Attributes:
        info: what is known of the source.
        tape: what is known of the tape.
        backend: the one that saw the poses, of the frame that is shown.
        compared: None: there is no second one.
        flip: mirror left and right; may be changed at any time.
        heat: the joint whose heat map is shown, `all` for all joints, None for none; may be changed.
        heat_size: width, height of the heat in cells; nothing is shown at (0, 0).
        stage: what is being done: `loading`, `waiting` for the time of a frame, or `reading`.
        since: `time.monotonic()` when that began.
        looking: pictures are read; may be changed at any time. Without them all are black.
        captured: frames read so far.
        measured: the share of the tape that is measured against truth, while it is opened.
        dropped: frames that were dropped when the tape was recorded, up to the one that is shown.

    """

    info: SourceInfo
    tape: TapeInfo
    backend: BackendInfo
    compared: BackendInfo | None = None
    _tape: Tape
    _head: Playhead
    _pictures: Underlay

    def __init__(
        self,
        options: EngineOptions,
        resume: float = 0.0,
        on_end: Callable[[], None] | None = None,
        listener: Listener | None = None,
        *,
        pictures: bool = True,
        numbering: bool | None = None,
    ) -> None:
        self._options = options
        self._resume, self._on_end = resume, on_end
        self._listener = listener or Listener()
        self._wants_pictures = pictures
        self._numbering = on_end is not None if numbering is None else numbering
        self._changed = threading.Condition()
        self._early: list[Callable[[], None]] = []  # asked before the tape was open
        self._opened = False
        self._stopped = False
        self._recorded = Recorded(options.smooth)
        self._latest: _Read | None = None
        self._measured: Measured | None = None
        self.flip = options.source_options.flip
        self.heat: str | None = None
        self.heat_size = (0, 0)
        self.looking = pictures
        self.stage = "loading"
        self.since = time.monotonic()
        self.captured = 0
        self.measured = 0.0
        self.dropped = 0

    def __enter__(self) -> Replay:
        """Open the tape; raises TapeError, SourceError for range or video, EvaluationError for truth."""
        options = self._options.source_options
        check_range(options)
        self._tape = tape = Tape.open(Path(self._options.source), corrected=self._options.corrected)
        self._pictures = NoPictures()
        try:
            if not len(tape):
                raise TapeError(
                    f"{self._options.source} has no frames that can be read", "It may be a new one"
                )
            if options.start > tape.duration:
                raise SourceError(
                    f"The tape has no frame at {options.start:g} s: it is {tape.duration:g} s long",
                    "Use an earlier start.",
                )
            skeletons.register_all(tape.header.skeletons.values())
            self._open_pictures(tape)
            self._head = self._playhead(tape)
            self._measure(tape)
            self.tape = tape_info(tape, self._head, self._measured.info if self._measured else None)
            self._recorded.numbering = self._numbering and not numbered(tape)
            self.backend = backend_of(tape, self._frame(self._head.first))
            self.info = self._source_info()
        except BaseException:
            self._close()
            raise
        with self._changed:
            self._opened = True
            for command in self._early:
                command()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the tape."""
        self.stop()
        self._close()

    def _close(self) -> None:
        self._pictures.close()
        self._tape.close()

    @property
    def has_pictures(self) -> bool:
        """Return whether there are pictures to be looked at."""
        return not isinstance(self._pictures, NoPictures)

    # ---- what it is asked, from any thread

    def pause(self, paused: bool) -> None:
        """Stand still or go on; at the end, going on is beginning again."""
        self._ask(lambda: self._head.pause(paused, time.monotonic()))

    def step(self, frames: int) -> None:
        """Pause, and go on (1) or back (-1); 0 gives the same frame again."""
        self._ask(lambda: self._head.step(frames))

    def seek(self, seconds: float) -> None:
        """Go to the frame that is seen so many seconds after the first."""
        self._ask(lambda: self._head.seek(seconds))

    def speed(self, factor: float) -> None:
        """Play so many times as fast as it was recorded."""
        self._ask(lambda: self._head.set_speed(factor, time.monotonic()))

    def loop(self, loop: bool) -> None:
        """Begin again at the end, or not."""
        self._ask(lambda: self._head.set_loop(loop))

    def repeat(self, start: float | None, end: float | None) -> None:
        """Play between two seconds again and again; None for start or end, both for no more."""
        self._ask(lambda: self._head.repeat(start, end))

    def stop(self) -> None:
        """Let `seen` end."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def reliability(self, tracks: tuple[int, ...]) -> dict[int, JointReliability]:
        """Return how far the joints of these people can be relied upon, from the frames that were shown."""
        return self._recorded.reliability(tracks)

    def _ask(self, command: Callable[[], None]) -> None:
        with self._changed:
            if self._opened:
                command()
            else:
                self._early.append(command)
            self._changed.notify_all()

    # ---- the stream

    def frames(self) -> Iterator[PoseFrame]:
        """Yield pose frames as they are on the tape, captured when they were read."""
        for seen in self.seen():
            yield seen.frame

    def seen(self) -> Iterator[Seen]:
        """Yield pose frames, each with its image and all that is known of it."""
        moves = self._all() if self._on_end is None else self._played()
        for move in moves:
            read = self._latest if move.again else self._read(move)
            if read is not None:
                self._latest = read
                yield self._seen(read)

    def _all(self) -> Iterator[Move]:
        head = self._head
        while True:
            for number in range(head.first, head.last + 1):
                if self._stopped:
                    return
                yield Move(number, jumped=number == head.first)
            if not head.loop:
                return

    def _played(self) -> Iterator[Move]:
        while (move := self._due()) is not None:
            self._enter("reading")
            yield move
            self._enter("waiting")

    def _due(self) -> Move | None:
        """Wait until a frame is due; None once stopped."""
        while True:
            with self._changed:
                if self._stopped:
                    return None
                due = self._head.due(time.monotonic())
                if isinstance(due, Move):
                    return due
                ended = due is None and self._head.takes_note_of_end()
                if not ended:
                    self._changed.wait(due)
            if ended and self._on_end is not None:
                self._on_end()  # without the lock: it may take its time

    def _read(self, move: Move) -> _Read | None:
        """Return the frame of a move, or None where it cannot be read."""
        found = self._find(move)
        if found is None:
            return None
        number, frame = found
        self.captured += 1
        self.dropped = frame.dropped
        seconds = float(self._tape.times[number])
        self._note_backend(frame)
        followed = self._recorded.follow(
            skeletons.get(frame.skeleton), frame.poses, seconds, jumped=move.jumped
        )
        picture = self._pictures.picture(number, frame, seconds) if self.looking else None
        return _Read(number, frame, *followed, picture, seconds, self._clock(seconds, jumped=move.jumped))

    def _clock(self, seconds: float, *, jumped: bool) -> float:
        """Return a time that runs as the tape does, and after a jump is so late that all is forgotten."""
        latest = self._latest
        if latest is None:
            return time.monotonic()
        return latest.clock + (2 * FORGET_S if jumped else max(0.0, seconds - latest.seconds))

    def _find(self, move: Move) -> tuple[int, PoseFrame] | None:
        """Return the frame of a move; for one that was asked for, where it is damaged, the nearest one."""
        number = move.number
        if (frame := self._frame(number)) is not None:
            return number, frame
        self._note_damage()
        if self._on_end is None or not (move.jumped or self._head.paused):
            return None  # playing goes on with the next
        for direction in (move.direction, -1) if move.jumped else (move.direction,):
            for number in range(move.number + direction, move.number + direction * _SEARCHED, direction):
                if self._stopped or not self._head.first <= number <= self._head.last:
                    break
                if (frame := self._frame(number)) is not None:
                    self._stand(move.number, number)
                    return number, frame
        if self._latest is not None:
            self._stand(move.number, self._latest.number)
        return None

    def _stand(self, wanted: int, found: int) -> None:
        with self._changed:
            self._head.moved(wanted, found)

    def _frame(self, number: int) -> PoseFrame | None:
        """Return a frame of the tape with a size that can be shown, or None when it is damaged."""
        try:
            frame = self._tape.frame(number)
        except TapeError as error:
            if isinstance(error.__cause__, OSError):
                raise  # the file is gone: nothing of it can be read any more
            return None
        width, height = frame.size
        return frame if width and height else replace(frame, size=(max(width, 1), max(height, 1)))

    def _note_backend(self, frame: PoseFrame) -> None:
        if frame.backend != self.backend.name or frame.skeleton != self.backend.skeleton.name:
            self.backend = backend_of(self._tape, frame)
            self._listener.swapped(self.backend)

    def _seen(self, read: _Read) -> Seen:
        only = self._options.only
        smoothed = tuple(pose for pose in read.smoothed if only is None or pose.track_id == only)
        # Captured now: ages are those of the screen, and the clock of the recording machine is not ours.
        frame = replace(read.frame, captured=time.monotonic())
        # What is shown is looked at through time, and that is the tape's, at whatever speed it is played.
        shown = replace(frame, poses=smoothed, captured=read.clock if self._on_end else frame.captured)
        image = read.image
        truth = self._measured.frame(read.number, read.smoothed) if self._measured else None
        seen = Seen(
            frame,
            shown,
            black(frame.size) if image is None else image,
            read.tracks,
            heat=taped_heat(self._tape, read.number, read.frame, self.heat, self.heat_size),
            position=read.seconds,
            number=read.number,
            blank=image is None,
            truth=truth,
        )
        return mirrored(seen) if self.flip else seen

    def _measure(self, tape: Tape) -> None:
        if self._options.truth is not None:
            from posetui.engine.measuring import measured

            self._measured = measured(Path(self._options.truth), tape, self._head, self._tell)

    def _tell(self, share: float) -> None:
        self.measured = share

    def _open_pictures(self, tape: Tape) -> None:
        if not self._wants_pictures:
            return
        if self._options.video is not None:
            self._pictures = VideoPictures(self._options.video, tape)
        elif tape.images:
            self._pictures = OwnPictures(tape)

    def _source_info(self) -> SourceInfo:
        said = self._measured.notes if self._measured else ()
        notes = (self.tape.damage, self._pictures.note, ignored(self._options), *said)
        frames = self._head.last - self._head.first + 1
        return source_info(self._options.source, self._tape, frames, notes)

    def _note_damage(self) -> None:
        """Tell of what turned out to be damaged only when it was read."""
        damage, known = self._tape.damage, self.tape.damage
        if damage is None or damage.text in known:
            return
        self.tape = tape_info(self._tape, self._head, self._measured.info if self._measured else None)
        self.info = self._source_info()
        if not known:
            self._listener.refused("", TapeError(damage.text, _REPAIR))

    def _playhead(self, tape: Tape) -> Playhead:
        options = self._options.source_options
        head = Playhead(tape.times, options.start, options.end, 1.0 / (rate(tape) or 25.0))
        head.loop = options.loop
        head.skipping = not self._options.every_frame
        if self._resume > 0:
            head.seek(self._resume)
        return head

    def _enter(self, stage: str) -> None:
        self.stage, self.since = stage, time.monotonic()
