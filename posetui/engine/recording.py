"""Recording beside a run, in the process that estimates: to a tape when asked, and always the last minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from posetui.engine.heading import model_sum, setup_of
from posetui.engine.hotswap import BackendInfo
from posetui.engine.lastminute import LastMinute, Moment, Past
from posetui.engine.messages import Keep, Kept, Mark, Record, Recording
from posetui.engine.noticing import Noticing
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Seen
from posetui.errors import PosetuiError, SourceError, TapeError
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.base import SourceInfo
from posetui.sources.pictures import packed
from posetui.tapes.model import Event, EventKind, Pictures, RecorderStatus, TapeHeader
from posetui.tapes.recorder import MAX_FRAMES, Picture, Recorder
from posetui.tapes.writer import TapeWriter, failure
from posetui.text import redact, safe_text
from posetui.version import __version__

_MAX_PICTURES = 8
"""Whole pictures that may wait to be made smaller; a frame beyond that goes on the tape without one."""
_PATIENT_FRAMES = 100_000
_CLOSE_S = 10.0


def tape_header(
    info: SourceInfo,
    backend: BackendInfo,
    options: EngineOptions,
    *,
    age_s: float = 0.0,
    warm: bool = False,
    pictures: Pictures = "",
    note: str = "",
) -> TapeHeader:
    """Return the header of a tape.

    Args:
        info: of the source.
        backend: in use at its beginning.
        options: how it runs.
        age_s: seconds since its first frame.
        warm: the backend has seen frames before that one.
        pictures: see `TapeHeader`; `seen` where `options` asks for them, if not given.
        note: see `TapeHeader`.

    """
    chosen = options.backend_options
    created = datetime.now(UTC) - timedelta(seconds=age_s)
    return TapeHeader(
        version=__version__,
        created=created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        source=safe_text(redact(info.title)),
        source_kind=info.kind,
        size=info.size,
        backend=backend.name,
        skeletons={backend.skeleton.name: backend.skeleton},
        fps=info.fps,
        model=backend.model,
        model_sha256=model_sum(backend),
        device=backend.device,
        detail=f"detail {chosen.detail}, refine {chosen.refine}",
        threshold=options.taping.threshold,
        note=note,
        pictures=pictures or ("" if options.pictures is None else "seen"),
        setup=setup_of(options, backend, warm=warm),
    )


@dataclass(slots=True)
class _Running:
    """A recording that runs, and the room for its pictures."""

    recorder: Recorder
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_MAX_PICTURES))


class Deck:
    """Takes all that is seen, and writes it where it is asked to. May be used from any thread.

    Args:
        options: what runs.
        send: takes `Recording` and `Kept`, from any thread.
        patient: wait for the disk rather than leave out frames or pictures.

    Attributes:
        minute: the last minute; None where nobody asks for it.

    """

    def __init__(
        self, options: EngineOptions, send: Callable[[Recording | Kept], object], *, patient: bool = False
    ) -> None:
        self._options = options
        self._send = send
        self._patient = patient
        self.minute = None if patient else LastMinute(options.taping.memory)
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._asked: Record | None = None
        self._info: SourceInfo | None = None
        self._backends: list[tuple[float, BackendInfo]] = []
        self._noticing = Noticing()
        self._latest: PoseFrame | None = None
        self._threads: list[threading.Thread] = []

    def opened(self, info: SourceInfo, backend: BackendInfo) -> None:
        """Take note of source and backend; begin the recording that was asked for before."""
        with self._lock:
            self._info = info
            self._backends = [(0.0, backend)]
            asked, self._asked = self._asked, None
            if asked is not None:
                self._begin(asked)

    def swapped(self, backend: BackendInfo) -> None:
        """Take note of another backend, before the first frame that it estimates."""
        with self._lock:
            self._backends.append((time.monotonic(), backend))
            if self._running:
                self._running.recorder.add_skeleton(backend.skeleton)
        self._note("backend", f"backend {backend.chosen}", backend=backend.name, model=backend.model)

    def add(self, seen: Seen) -> None:
        """Take a frame."""
        frame = self._latest = seen.frame
        running = self._running
        if running is not None:
            self._record(running, seen)
        if self.minute is not None:
            self.minute.add(frame, seen.shown, seen.image)
        for event in self._noticing.events(frame):
            self._put(event)

    def obey(self, command: object) -> bool:
        """Do what the app asks, if that is about tapes."""
        match command:
            case Record():
                self.record(command)
            case Keep(path):
                self.keep(path)
            case Mark(text):
                self.mark(text)
            case _:
                return False
        return True

    def record(self, asked: Record) -> None:
        """Begin another recording, or end the one that runs."""
        self.stop()
        with self._lock:
            self._asked = asked if asked.path is not None and self._info is None else None
            if asked.path is not None and self._info is not None:
                self._begin(asked)

    def mark(self, text: str) -> None:
        """Set a mark."""
        self._note("mark", text)

    def keep(self, path: str) -> None:
        """Write the last minute to a new tape, in a thread of its own; `Kept` is sent when it is done."""
        self._go(lambda: self._send(self._kept(Path(path))))

    def rewind(self, frames: int) -> bool:
        """Go back (-1) or forward (1) in the last minute of what is live; False where it is not possible."""
        live = self._info is not None and self._info.live
        return live and self.minute is not None and self.minute.step(frames)

    @property
    def rewinding(self) -> bool:
        """Return whether something else than now is looked at."""
        return self.minute is not None and self.minute.rewinding

    def rewound(self) -> Past | None:
        """Return what was gone back to; None for now."""
        return self.minute.rewound() if self.minute else None

    def now(self) -> None:
        """Return to now."""
        if self.minute:
            self.minute.now()

    def lost(self, error: PosetuiError) -> None:
        """Take note that the source was lost."""
        self._note("source-lost", error.title)

    def stop(self) -> None:
        """Finish the recording that runs, in a thread of its own; `Recording` is sent when it is done."""
        with self._lock:
            self._asked = None
            running, self._running = self._running, None
        if running is not None:
            recorder = running.recorder
            self._go(lambda: self._send(Recording(recorder.close())))

    def tell(self) -> None:
        """Send how the recording goes; called now and then."""
        with self._lock:
            running = self._running
            if running is None:
                return
            status = running.recorder.status
            if status.closed:
                self._running = None
        self._send(Recording(status))

    def close(self) -> None:
        """Finish what is being written, and wait for it."""
        self.stop()
        limit = time.monotonic() + _CLOSE_S
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))

    # ---- to the tape

    def _begin(self, asked: Record) -> None:
        assert asked.path is not None and self._info is not None  # noqa: S101 - as the callers have seen to
        path = Path(asked.path)
        beside = self._options.taping.pictures and self._options.pictures is None
        pictures: Pictures = "other" if beside else ""
        header = tape_header(
            self._info,
            self._backends[-1][1],
            self._options,
            warm=self._latest is not None,
            pictures=pictures,
        )
        most = _PATIENT_FRAMES if self._patient else MAX_FRAMES
        try:
            self._running = _Running(Recorder(path, header, force=asked.force, most=most))
        except TapeError as error:
            status = RecorderStatus(path, failure=error.title, remedy=error.remedy, closed=True)
            self._send(Recording(status))
            return
        if asked.resumed:
            text = "the recording of another tape goes on here"
            self._running.recorder.event(Event(0.0, time.monotonic(), "source-back", text))

    def _record(self, running: _Running, seen: Seen) -> None:
        if seen.picture is not None or not self._options.taping.pictures:
            running.recorder.record(seen.frame, seen.picture)
            return
        picture = self._picture(running, seen.image)
        if not running.recorder.record(seen.frame, picture) and picture is not None:
            running.room.release()

    def _picture(self, running: _Running, image: Image) -> Picture | None:
        """Return what makes the picture, in the recorder's thread."""
        if not running.room.acquire(blocking=self._patient):
            return None
        quality, room = self._options.taping.quality, running.room

        def make() -> bytes | None:
            try:
                return packed(image, quality)
            except SourceError:  # larger than a JPEG can be: the frame goes on the tape without it
                return None
            finally:
                room.release()

        return make

    def _note(self, kind: EventKind, text: str, **data: str) -> None:
        latest = self._latest
        shown = safe_text(redact(text), 300)
        self._put(Event(latest.pts if latest else 0.0, time.monotonic(), kind, shown, data))

    def _put(self, event: Event) -> None:
        running = self._running
        if running is not None:
            running.recorder.event(event)
        if self.minute is not None:
            self.minute.note(event)

    # ---- the last minute

    def _kept(self, path: Path) -> Kept:
        moments, events = self.minute.held() if self.minute else ([], [])
        if not moments or self._info is None:
            return Kept(str(path), error="there is nothing to save yet")
        try:
            writer = self._write(path, moments, events)
        except PosetuiError as error:
            return Kept(str(path), error=f"{error.title}. {error.remedy}".rstrip(". "))
        return Kept(str(path), writer.frames, writer.seconds)

    def _write(self, path: Path, moments: list[Moment], events: list[Event]) -> TapeWriter:
        assert self._info is not None  # noqa: S101 - there are frames, so the source is open
        first = moments[0].frame.captured
        backend = [one for since, one in self._backends if since <= first][-1]
        note = "Kept after the fact; its pictures are small"
        age = time.monotonic() - first
        header = tape_header(
            self._info, backend, self._options, age_s=age, warm=True, pictures="other", note=note
        )
        writer = TapeWriter(path, header)
        try:
            for _, other in self._backends:
                writer.add_skeleton(other.skeleton)
            for moment in moments:
                while events and events[0].captured < moment.frame.captured:
                    writer.event(events.pop(0))
                with suppress(ValueError):  # what cannot be stored is left out
                    writer.write(moment.frame, moment.jpeg)
                time.sleep(0)  # the thread of the networks need not wait for this one
            for event in events:
                writer.event(event)
            writer.close()
        except OSError as error:
            writer.abandon()
            raise failure(path, error) from error
        return writer

    def _go(self, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=work, name="tape", daemon=True)
        with self._lock:
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()
