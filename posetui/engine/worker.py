"""The inference process: `python -m posetui.engine.worker HANDLE...`, started by `process.WorkerProcess`.

Commands come on standard input, events go out on standard output; whatever native libraries print on
either output ends in the log file. When the app is gone, standard input ends, and so does the process.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO

from posetui.engine import messages
from posetui.engine.estimating import Listener
from posetui.engine.freed import EVERY_S, give_back
from posetui.engine.hotswap import BackendInfo
from posetui.engine.pipeline import Pipeline, Seen
from posetui.engine.recording import Deck
from posetui.engine.reducing import for_cells, smaller
from posetui.engine.sending import sending
from posetui.engine.shared import WHOLE_CAPACITY, SharedPictures
from posetui.engine.wire import Sender, receive, take_pipes
from posetui.errors import PosetuiError
from posetui.pose.frame import Image
from posetui.sources.opening import kind_of

if TYPE_CHECKING:
    from posetui.engine.replaying import Replay

NICE = 10
BEAT_S = 0.25


class Worker:
    """Runs one pipeline, or replays one tape, and answers commands.

    Args:
        inbox: where commands are read.
        sender: where events go.
        pictures: the shared memory for previews.
        whole: the shared memory for pictures in the source's own size, if there is any.

    """

    def __init__(
        self, inbox: BinaryIO, sender: Sender, pictures: SharedPictures, whole: SharedPictures | None = None
    ) -> None:
        self._inbox = inbox
        self._sender = sender
        self._pictures, self._whole = pictures, whole
        self._preview = messages.PreviewSize(0, 0, 1, 2)
        self._wants_whole = False
        self._latest: Seen | None = None
        self._watched: int | None = None
        self._sharing = threading.Lock()
        self._pipeline: Pipeline | Replay | None = None
        self._deck: Deck | None = None

    def run(self) -> None:
        """Open what the first command names, then deliver results until the end."""
        start = receive(self._inbox)
        assert isinstance(start, messages.Start)  # noqa: S101 - the app always sends it first
        self._deck = deck = Deck(start.options, self._send)

        def swapped(info: BackendInfo) -> None:
            deck.swapped(info)
            self._send(messages.Swapped(info))

        kind: type[Pipeline | Replay] = Pipeline
        if kind_of(start.options.source) == "tape":
            # All that tapes need takes a tenth of a second, which nobody else should wait for.
            from posetui.engine.replaying import Replay

            kind = Replay
        self._pipeline = pipeline = kind(
            start.options,
            start.resume,
            on_end=lambda: self._send(messages.Ended()),
            listener=Listener(
                swapped=swapped,
                compared=lambda info: self._send(messages.Compared(info)),
                refused=lambda name, error: self._send(messages.Refused(name, error.title, error.remedy)),
            ),
        )
        for target in (self._obey, self._beat):
            threading.Thread(target=target, name=target.__name__, daemon=True).start()
        try:
            with sending(start.options.outputs) as outlets, pipeline:
                tape = None if isinstance(pipeline, Pipeline) else pipeline.tape
                self._send(messages.Opened(pipeline.info, pipeline.backend, pipeline.compared, tape))
                if tape is None:
                    deck.opened(pipeline.info, pipeline.backend)
                for seen in pipeline.seen():
                    self._latest = seen
                    outlets.add(seen)
                    if not deck.rewinding:
                        self._send(self._result(pipeline, seen))
                    if tape is None:
                        deck.add(seen)
                deck.close()
                self._send(messages.Ended())
        except PosetuiError as error:
            deck.lost(error)
            deck.close()
            self._send(messages.Failed(error.title, error.remedy, error.exit_code))

    def _result(self, pipeline: Pipeline | Replay, seen: Seen) -> messages.Result:
        track = self._watched
        reliability = pipeline.reliability((track,)).get(track) if track is not None else None
        return messages.Result(
            frame=seen.frame,
            preview=None if seen.blank else self._share(seen.image),
            sent=time.monotonic(),
            shown=seen.shown,
            tracks=seen.tracks,
            reliability=reliability,
            other=seen.other,
            heat=seen.heat,
            position=seen.position,
            number=seen.number,
            truth=seen.truth,
            whole=None if seen.blank else self._share_whole(seen.image),
            blank=seen.blank,
        )

    def _send(self, event: object) -> None:
        self._sender.send(event)

    def _share(self, image: Image) -> messages.Preview | None:
        wanted = self._preview
        if wanted.cols < 1 or wanted.rows < 1:
            return None
        small = for_cells(image, wanted)
        with self._sharing:
            return self._pictures.write(small)

    def _share_whole(self, image: Image) -> messages.Preview | None:
        if self._whole is None or not self._wants_whole:
            return None
        if image.nbytes > self._whole.capacity:  # more than a screen shows
            image = smaller(image, 0.999 * (self._whole.capacity / image.nbytes) ** 0.5)
        with self._sharing:
            return self._whole.write(image)

    def _obey(self) -> None:
        try:
            while True:
                self._do(receive(self._inbox))
        except EOFError:
            # The app closed the pipe or died. Native code may be busy for long, so only a tape is waited for:
            # nothing we hold has a name that could be left behind.
            if self._deck:
                self._deck.close()
            os._exit(0)

    def _do(self, command: object) -> None:
        pipeline, deck = self._pipeline, self._deck
        if pipeline is None or deck is None:
            return
        if isinstance(pipeline, Pipeline):
            done = deck.obey(command) or self._estimate(deck, pipeline, command)
        else:
            from posetui.engine.moving import move

            done = move(pipeline, command, self._send)
        if done or self._look(deck, pipeline, command):
            return
        match command:
            case messages.Pause(paused):
                deck.now()
                pipeline.pause(paused)
            case messages.Step(frames):
                if not self._rewind(deck, frames):
                    pipeline.step(frames)
            case messages.Reliability(track):
                self._watched = track
            case messages.Snapshot():
                self._snapshot(command)

    def _look(self, deck: Deck, pipeline: Pipeline | Replay, command: object) -> bool:
        """Send pictures in another way; False for what is something else."""
        match command:
            case messages.Flip(flip):
                pipeline.flip = flip
            case messages.PreviewSize():
                self._preview = command
            case messages.WholePictures(wanted):
                self._wants_whole = wanted
                if not wanted and self._whole is not None:
                    with self._sharing:
                        self._whole.empty()
                    return True
            case _:
                return False
        self._again(deck, pipeline)
        return True

    def _estimate(self, deck: Deck, pipeline: Pipeline, command: object) -> bool:
        """Do what only backends can; False for what is something else."""
        match command:
            case messages.Heat(joint, width, height):
                pipeline.heat, pipeline.heat_size = joint, (width, height)
                self._again(deck, pipeline)
            case messages.Switch(backend):
                pipeline.switch(backend)
            case messages.Compare(backend):
                pipeline.compare(backend)
            case messages.Swap(first, second):
                pipeline.swap(first, second)
                self._again(deck, pipeline)
            case _:
                return False
        return True

    def _snapshot(self, command: messages.Snapshot) -> None:
        if self._latest is None:
            self._send(messages.SnapshotDone(command.path, "there is no picture yet"))
            return
        from posetui.engine.snapshot import write_snapshot

        pipeline = self._pipeline
        tape = pipeline.tape if pipeline and not isinstance(pipeline, Pipeline) else None
        truth = tape.truth.skeleton if tape and tape.truth else None
        try:
            write_snapshot(command, self._latest, truth)
        except (OSError, PosetuiError) as error:
            self._send(messages.SnapshotDone(command.path, str(error)))
        else:
            self._send(messages.SnapshotDone(command.path))

    def _again(self, deck: Deck, pipeline: Pipeline | Replay) -> None:
        """While it stands still, show the same frame again, as it is to be shown from now on."""
        if not self._rewind(deck, 0):
            pipeline.step(0)

    def _rewind(self, deck: Deck, frames: int) -> bool:
        """Go back or forward in the last minute of what is live; False where that is not possible."""
        if not deck.rewind(frames):
            return False
        past = deck.rewound()
        if past is not None:
            self._send(
                messages.Result(
                    frame=past.moment.frame,
                    preview=self._share(past.image) if past.image is not None else None,
                    sent=time.monotonic(),
                    shown=past.moment.shown,
                    behind=past.behind,
                    whole=self._share_whole(past.image) if past.image is not None else None,
                    blank=past.image is None,
                )
            )
        return True

    def _beat(self) -> None:
        pipeline, deck, gave = self._pipeline, self._deck, time.monotonic()
        while pipeline is not None and deck is not None:
            deck.tell()
            if time.monotonic() - gave > EVERY_S:
                give_back()
                gave = time.monotonic()
            self._send(messages.Beat(pipeline.stage, pipeline.since, pipeline.captured, pipeline.measured))
            time.sleep(BEAT_S)


def main() -> None:
    """Take over the pipes, lower the priority, run."""
    inbox, outbox = take_pipes()
    if hasattr(os, "nice"):
        os.nice(NICE)
    memories = [SharedPictures(handle) for handle in sys.argv[1:2]]
    memories += [SharedPictures(handle, WHOLE_CAPACITY) for handle in sys.argv[2:3]]
    Worker(inbox, Sender(outbox), *memories).run()
    outbox.close()
    # Native threads (decoders, delegates) may block a normal exit.
    os._exit(0)


if __name__ == "__main__":
    main()
