"""`posetui tape export`: a tape in other people's formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from posetui.errors import TapeError
from posetui.readers import seconds
from posetui.settings import SMOOTH
from posetui.tapes.formats.names import EXPORTS
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.pose.frame import PoseFrame
    from posetui.pose.skeleton import Skeleton
    from posetui.tapes.reader import Tape
    from posetui.tracking.smoothing import Strength

Curve = Literal["linear", "cubic"]

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        tape: the tape's file.
        output: the file or folder to write.
        kind: name of the format.
        skeleton: name of the skeleton wanted, or None for what suits tape and format.
        start: seconds of the tape from which frames are taken, as replay counts them.
        end: seconds up to which they are taken; None for all.
        only: number of the only person wanted.
        threshold: confidence below which joints are left out.
        smooth: how much joints are smoothed.
        fill: the longest gap in seconds that is filled.
        curve: how gaps are filled.
        force: overwrite what is there.
        corrected: take what people corrected, where they did.

    """

    tape: Path
    output: Path
    kind: str
    skeleton: str | None = None
    start: float = 0.0
    end: float | None = None
    only: int | None = None
    threshold: float = 0.0
    smooth: Strength = "off"
    fill: float = 0.0
    curve: Curve = "cubic"
    force: bool = False
    corrected: bool = False


def parse_time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Return seconds of a time such as 12.5 or 1:23.5; click's BadParameter for anything else."""
    try:
        return None if value is None else seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


@click.command(name="export", short_help="Write a tape in another format.")
@click.argument("tape", type=_PATH)
@click.option("--format", "kind", type=click.Choice(list(EXPORTS)), required=True, help="What to write.")
@click.option(
    "-o", "--output", type=_PATH, metavar="PATH", required=True, help="The file or folder to write."
)
@click.option("--skeleton", metavar="NAME", help="Joints to write, e.g. coco-17. [default: suits the format]")
@click.option("--start", metavar="TIME", callback=parse_time, help="Begin there: 12.5 or 1:23.5.")
@click.option("--end", metavar="TIME", callback=parse_time, help="End there.")
@click.option("--only", metavar="ID", type=int, help="Only the person of this number.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.0, help="Leave joints of less confidence out."
)
@click.option(
    "--smooth",
    type=click.Choice(SMOOTH),
    default="off",
    show_default=True,
    help="How much joints are smoothed.",
)
@click.option(
    "--fill", type=click.FloatRange(0, 60), default=0.0, metavar="SECONDS", help="Fill gaps up to so long."
)
@click.option(
    "--curve",
    type=click.Choice(get_args(Curve)),
    default="cubic",
    show_default=True,
    help="What gaps are filled with.",
)
@click.option("--corrected", is_flag=True, help="Poses as people corrected them, where they did.")
@click.option("--force", is_flag=True, help="Overwrite what exists.")
def export(
    *,
    tape: Path,
    output: Path,
    kind: str,
    skeleton: str | None,
    start: float | None,
    end: float | None,
    only: int | None,
    threshold: float,
    smooth: Strength,
    fill: float,
    curve: Curve,
    corrected: bool,
    force: bool,
) -> None:
    """Write a tape in a format that other programs read. docs/exchange.md says what each holds and loses.

    Joints are as they were recorded, but for --smooth and --corrected. Filled joints have confidence 0.1.

    \b
    Examples:
      posetui tape export run.mcap --format coco-results -o results.json
      posetui tape export run.mcap --format openpose --skeleton openpose-18 -o run
      posetui tape export run.mcap --format trc --only 1 --smooth light --fill 0.5 -o run.trc
      posetui tape export run.mcap --format csv --start 1:00 --end 1:30 --threshold 0.3 -o run.csv
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    request = ExportRequest(
        tape,
        output,
        kind,
        skeleton,
        start or 0.0,
        end,
        only,
        threshold,
        smooth,
        fill,
        curve,
        force,
        corrected,
    )
    click.echo(run_export(request))


def run_export(request: ExportRequest) -> str:
    """Export a tape and return a line that says what was written.

    Raises:
        TapeError: the tape cannot be read, nothing of it is wanted, the format cannot hold it, or the output
            exists or cannot be written.

    """
    from posetui.tapes.formats.catalogue import EXPORTERS
    from posetui.tapes.formats.exchange import Export, facts_of
    from posetui.tapes.formats.files import refuse_existing
    from posetui.tapes.formats.gaps import fill_gaps
    from posetui.tapes.formats.selecting import Selection, converted, definition, select
    from posetui.tapes.reader import Tape

    refuse_existing(request.output, force=request.force)
    exporter = EXPORTERS[request.kind]
    with Tape.open(request.tape, corrected=request.corrected) as tape:
        view = _View(tape, request)
        header = tape.header
        first = definition(view.skeleton, header.skeletons)
        target = exporter.skeleton(request.skeleton, first, header.skeletons)
        facts = facts_of(tape.events)
        if request.corrected:
            # Areas and boxes of people who are others now are worked out anew.
            facts |= {one: facts[one].of(()) for one in _corrected_frames(tape) if one in facts}
        wanted = Export(header, target, facts, view.image, request.force)
        frames = select(view.frames(), Selection(request.only, request.threshold))
        if request.smooth != "off":
            frames = smoothed(frames, header.skeletons, request.smooth)
        if request.fill > 0:
            frames = fill_gaps(frames, request.fill, request.curve)
        counted = _Counted(converted(frames, header.skeletons, target), request.only)
        exporter.write(counted, wanted, request.output)
    return f"wrote {safe_text(request.output)}: {counted.said()}, {target.name}"


def _corrected_frames(tape: Tape) -> Iterator[int]:
    return (tape.frame(number).index for number in tape.corrected)


def smoothed(
    frames: Iterable[PoseFrame], defined: Mapping[str, Skeleton], strength: Strength
) -> Iterator[PoseFrame]:
    """Yield the frames with the joints of people who are tracked smoothed, as the screen shows them."""
    from posetui.tapes.formats.selecting import definition
    from posetui.tracking.smoothing import Smoother

    smoother: Smoother | None = None
    for frame in frames:
        skeleton = definition(frame.skeleton, defined)
        if smoother is None:
            smoother = Smoother(skeleton, strength)
        smoother.switch(skeleton)
        yield replace(frame, poses=smoother.apply(frame.poses, frame.pts))


class _View:
    """The frames of a tape within the times wanted.

    Frames that are damaged are left out. A frame's `pts` goes on rising where a clip looped, as the tape's
    own time does; else it is what it was.

    Raises:
        TapeError: there are none.

    Attributes:
        skeleton: name of the skeleton of the first.

    """

    def __init__(self, tape: Tape, request: ExportRequest) -> None:
        import numpy as np

        from posetui.tapes.model import LIVE_KINDS

        self._tape = tape
        slack = 1e-6  # times are stored in microseconds
        self._first = int(np.searchsorted(tape.times, request.start - slack))
        end = np.inf if request.end is None else request.end + slack
        self._end = int(np.searchsorted(tape.times, end, side="right"))
        first = next(self._read(self._first), None)
        if first is None:
            if not len(tape):
                raise TapeError(f"{safe_text(tape.path)} holds no frames")
            raise TapeError(
                f"{safe_text(tape.path)} has no frames within these times",
                f"It lasts {tape.duration:.2f} s; choose other --start and --end.",
            )
        self.skeleton = first[1].skeleton
        live = tape.header.source_kind in LIVE_KINDS
        self._begin = 0.0 if live else next((frame.pts - time for time, frame in self._read(0)), 0.0)

    def frames(self) -> Iterator[PoseFrame]:
        """Yield the frames."""
        for time, frame in self._read(self._first):
            yield replace(frame, pts=self._begin + time)

    def _read(self, first: int) -> Iterator[tuple[float, PoseFrame]]:
        """Yield each frame with its time, in seconds since the tape's first."""
        times = self._tape.times
        for number in range(first, self._end):
            # One by one: where some are damaged the others still have their own time and picture.
            for frame in self._tape.frames(number, number + 1):
                yield float(times[number]), frame

    def image(self, frame: PoseFrame) -> bytes | None:
        """Return the JPEG of one of these frames, if the tape has it."""
        return self._tape.image(self._tape.index_at(frame.pts - self._begin))


class _Counted:
    """Frames that are counted as they pass; nobody at all is an error when somebody was asked for."""

    def __init__(self, frames: Iterator[PoseFrame], only: int | None) -> None:
        self._frames = frames
        self._only = only
        self.frames = 0
        self.poses = 0

    def __iter__(self) -> Iterator[PoseFrame]:
        for frame in self._frames:
            self.frames += 1
            self.poses += len(frame.poses)
            yield frame
        if self._only is not None and not self.poses:
            raise TapeError(
                f"Nobody on this part of the tape has the number {self._only}",
                "Leave --only out, or choose another number.",
            )

    def said(self) -> str:
        """Return how many there were, in words."""
        return f"{self.frames:,} frames, {self.poses:,} poses"
