"""Keeps the inference process alive, and holds the newest that it delivered.

opening -> live <-> paused
|        |  ^
|        v  |   died: back-off and start again, at the same position
|     restarting -> stopped   two deaths in a row without a picture between them
|        |
|     reconnecting            a live source was lost
v        v
failed   ended
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from posetui.engine import messages
from posetui.engine.asking import Asking
from posetui.engine.hotswap import BackendInfo
from posetui.engine.options import EngineOptions
from posetui.engine.process import WorkerProcess
from posetui.engine.shared import SharedPictures
from posetui.engine.statistics import Statistics
from posetui.engine.taping import Tapes
from posetui.errors import PosetuiError, WorkerError
from posetui.pose.frame import Image, PoseFrame
from posetui.pose.skeletons import register, register_all
from posetui.text import redact, safe_text

State = Literal["opening", "live", "paused", "restarting", "reconnecting", "ended", "failed", "stopped"]

SILENT_S = 5.0
"""A process that has not said a word for this long hangs."""
STUCK_S = 15.0
"""An image that takes this long to estimate never comes back."""
RESTART_DELAY_S = 0.2
RECONNECT_DELAYS_S = (1.0, 2.0, 4.0, 8.0, 15.0)
TAPE_S = 5.0
"""A process that records is given so long to finish its tape."""
STEADY_S = 2.0
"""A process that delivered pictures for this long has recovered: a later death is a first one again."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the engine does, for people to read.

    Attributes:
        state: see the module's docstring.
        message: a sentence that explains it, or nothing.
        opened: what is known of source and backend, once open.
        error: why it failed or stopped.
        restarts: how often the process was started again.
        backend: the backend in use, once open.
        compared: the second backend, if one runs on the same frames.

    """

    state: State
    message: str = ""
    opened: messages.Opened | None = None
    error: PosetuiError | None = None
    restarts: int = 0
    backend: BackendInfo | None = None
    compared: BackendInfo | None = None


class Supervisor(Asking):
    """Runs a source through a backend in a process of its own.

    Args:
        options: what to run.
        log: file for what native libraries print.
        on_change: called, from any thread, when there is something new to look at.
        pictures: shared memory for previews, made before the app runs.
        whole: shared memory for pictures in the source's own size, the same; without it there are none.

    Attributes:
        on_result: called, from any thread, with each new result; must be quick.
        tapes: recording, and saving the last minute.

    """

    def __init__(
        self,
        options: EngineOptions,
        log: Path,
        on_change: Callable[[], None] = lambda: None,
        pictures: SharedPictures | None = None,
        whole: SharedPictures | None = None,
    ) -> None:
        self.options = options
        self.status = Status("opening")
        self.statistics = Statistics()
        self.on_change = on_change
        self.on_result: Callable[[messages.Result], None] = lambda _: None
        self._log = log
        self._pictures, self._whole = pictures or SharedPictures(), whole
        self._lock = threading.RLock()
        self._process: WorkerProcess | None = None
        self._timer: threading.Timer | None = None
        self._latest: messages.Result | None = None
        self._snapshots: list[messages.SnapshotDone] = []
        self._refused: list[messages.Refused] = []
        self._settings: dict[type, object] = {}
        self._heard = time.monotonic()
        self._beat = None
        self._first_result: float | None = None
        self._deaths = 0
        self._losses = 0
        self._said_goodbye = False
        self._closed = False
        self.tapes = Tapes(self._send)

    # ---- what the app asks

    @property
    def pid(self) -> int | None:
        """Return the id of the process that runs now."""
        process = self._process
        return process.pid if process else None

    def start(self) -> None:
        """Start the process."""
        self._launch(0.0)

    def latest(self) -> PoseFrame | None:
        """Return the newest pose frame."""
        result = self._latest
        return result.frame if result else None

    def result(self) -> messages.Result | None:
        """Return the newest pose frame with all that came with it."""
        return self._latest

    def picture(self) -> Image | None:
        """Return the picture of the newest pose frame, uint8 [h, w, 3] BGR, if one is at hand."""
        result = self._latest
        if result is None or result.preview is None or self._closed:
            return None
        return self._pictures.read(result.preview)

    def waiting_s(self) -> float:
        """Return for how many seconds the process has been waiting for a frame, 0 when it is not."""
        beat = self._beat
        return time.monotonic() - beat.since if beat and beat.stage == "waiting" else 0.0

    def pause(self, paused: bool) -> None:
        """Stop or go on delivering frames."""
        self._keep(messages.Pause(paused))
        with self._lock:  # what the process says meanwhile must not bring the old state back
            if self.status.state in ("live", "paused"):
                self._set(replace(self.status, state="paused" if paused else "live"))

    def step(self, frames: int) -> None:
        """While paused, go a frame forward or back."""
        if self.status.state == "ended" and self._replays():
            self._keep(messages.Pause(True))  # a tape's end is a place like others
        self._send(messages.Step(frames))

    def refusals(self) -> list[messages.Refused]:
        """Return the backends that could not be loaded since the last call."""
        with self._lock:
            refused, self._refused = self._refused, []
        return refused

    def snapshot(self, command: messages.Snapshot) -> None:
        """Have the newest picture written with its overlay; `snapshots` tells when it is done."""
        if not self._send(command):
            self._snapshots.append(messages.SnapshotDone(command.path, "nothing is running"))

    def snapshots(self) -> list[messages.SnapshotDone]:
        """Return the snapshots finished since the last call."""
        with self._lock:
            done, self._snapshots = self._snapshots, []
        return done

    def restart(self) -> None:
        """Start again from the beginning, after the end or a failure."""
        if self.status.state == "ended" and self._replays():
            self.pause(False)
            return
        self._stop_process()
        self._deaths = self._losses = 0
        self._latest = None
        with self._lock:
            self._set(replace(self.status, state="opening", message="", error=None))
        self._launch(0.0)

    def check(self) -> None:
        """Kill a process that hangs; called now and then."""
        process, beat, now = self._process, self._beat, time.monotonic()
        if process is None or self.status.state in ("ended", "failed", "stopped"):
            return
        stuck = beat is not None and beat.stage == "inferring" and now - beat.since > STUCK_S
        if now - self._heard > SILENT_S * (1 if beat else 4) or stuck:
            process.kill()

    def close(self) -> None:
        """End the process and give the memory back."""
        self._closed = True
        self._stop_process()
        self.tapes.closed()
        self._pictures.close()

    # ---- the process

    def _launch(self, resume: float) -> None:
        with self._lock:
            if self._closed:
                return
            self._beat, self._heard, self._first_result = None, time.monotonic(), None
            descriptors = (self.options.source_options.stdin_fd,) if self.options.source == "-" else ()
            self._said_goodbye = False
            self._process = WorkerProcess(
                messages.Start(self.options, resume),
                memories=(self._pictures, self._whole) if self._whole else (self._pictures,),
                log=self._log,
                on_event=self._on_event,
                on_exit=self._on_exit,
                descriptors=descriptors,
            )
            for command in self._settings.values():
                self._process.send(command)
            self.tapes.launched()

    def _stop_process(self) -> None:
        with self._lock:
            if self._timer:
                self._timer.cancel()
            process, self._process = self._process, None
        if process:  # not under the lock: its reader thread may be waiting for that
            process.close(timeout=TAPE_S if self.tapes.busy else 0.5)

    def _send(self, command: object) -> bool:
        process = self._process
        return process is not None and process.send(command)

    def _keep(self, command: object) -> None:
        """Send a setting, now and again to each process that follows."""
        self._settings[type(command)] = command
        self._send(command)

    def _kept(self, kind: type, default: object) -> object:
        return self._settings.get(kind, default)

    def _set(self, status: Status) -> None:
        self.status = status
        self.on_change()

    # ---- what the process says, on its reader thread

    def _on_event(self, event: object) -> None:
        if isinstance(event, messages.Recording | messages.Kept):
            self.tapes.heard(event)  # also when the app is about to leave
            self.on_change()
            return
        with self._lock:
            if self._closed:
                return
            self._heard = time.monotonic()
            match event:
                case messages.Result():
                    self._on_result(event)
                case messages.Beat():
                    self._beat = event
                    self.statistics.captured(event.captured)
                case messages.Opened(_, backend, compared):
                    _learn(backend, compared)
                    register_all(event.tape.skeletons if event.tape else ())
                    running = replace(self.status, state=self._running_state(), message="", opened=event)
                    self._set(replace(running, backend=backend, compared=compared))
                case messages.Swapped(backend):
                    _learn(backend)
                    # A process that has to be started again goes on with the same backends.
                    self.options = replace(self.options, backend=backend.chosen)
                    self._set(replace(self.status, backend=backend))
                case messages.Compared(backend):
                    _learn(backend)
                    self.options = replace(self.options, compare=backend.chosen if backend else None)
                    self._set(replace(self.status, compared=backend))
                case messages.Refused():
                    self._refused.append(event)
                    self.on_change()
                case messages.Ended():
                    self._said_goodbye = True
                    self._set(replace(self.status, state="ended", message=""))
                case messages.Failed():
                    self._said_goodbye = True
                    self._on_failed(event)
                case messages.SnapshotDone():
                    self._snapshots.append(event)
                    self.on_change()

    def _on_result(self, result: messages.Result) -> None:
        before, self._latest = self._latest, result
        if self.status.state == "ended" and self._replays() and before and before.position != result.position:
            # Sought, stepped back or played again.
            self._said_goodbye = False
            self._set(replace(self.status, state=self._running_state()))
        if result.behind is None:
            self.statistics.add(result.frame, self._heard - result.sent)
        if self._first_result is None:
            self._first_result = self._heard
        if self._heard - self._first_result > STEADY_S:
            self._deaths = 0
        self._losses = 0
        if self.status.message:
            self._set(replace(self.status, message=""))
        self.on_result(result)
        self.on_change()

    def _replays(self) -> bool:
        opened, process = self.status.opened, self._process
        return process is not None and opened is not None and opened.tape is not None

    def _running_state(self) -> State:
        pause = self._settings.get(messages.Pause)
        return "paused" if isinstance(pause, messages.Pause) and pause.paused else "live"

    def _on_failed(self, failed: messages.Failed) -> None:
        error = PosetuiError(safe_text(redact(failed.title)), safe_text(redact(failed.remedy)))
        error.exit_code = failed.exit_code
        opened = self.status.opened
        if opened and opened.info.live and self.options.source != "-":
            delay = RECONNECT_DELAYS_S[min(self._losses, len(RECONNECT_DELAYS_S) - 1)]
            self._losses += 1
            message = f"{error.title}: trying again in {delay:.0f} s"
            self._set(replace(self.status, state="reconnecting", message=message, error=error))
            self._later(delay, 0.0)
        else:
            self._set(replace(self.status, state="failed", message=str(error), error=error))

    def _on_exit(self, code: int) -> None:
        self.tapes.exited()
        with self._lock:
            if self._closed or self._process is None or self._said_goodbye:
                return
            self._deaths += 1
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            if self._deaths >= 2:
                error = WorkerError(
                    f"The inference process died twice in a row ({how})", f"What it said is in {self._log}."
                )
                self.tapes.closed()
                self._set(replace(self.status, state="stopped", message=str(error), error=error))
                return
            message = f"the inference process died ({how}): starting it again"
            restarts = self.status.restarts + 1
            self._set(replace(self.status, state="restarting", message=message, restarts=restarts))
            self._later(RESTART_DELAY_S, self._resume_position())

    def _resume_position(self) -> float:
        opened, latest = self.status.opened, self._latest
        if latest and latest.position is not None:
            return latest.position
        return latest.frame.pts if latest and opened and not opened.info.live else 0.0

    def _later(self, delay: float, resume: float) -> None:
        self._timer = threading.Timer(delay, self._launch, (resume,))
        self._timer.daemon = True
        self._timer.start()


def _learn(*backends: BackendInfo | None) -> None:
    """Take note of skeletons that only the backend has: they are known in the other process so far."""
    for backend in backends:
        if backend is not None:
            register(backend.skeleton)
