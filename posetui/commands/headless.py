"""Run without a screen: a table, one JSON object, or one pose frame a line.

Ctrl-C ends a run cleanly: the summary of what was seen is printed, and the exit code is 130, as of any
program ended so; SIGTERM (`timeout 10 posetui ...`) does the same with 143. A source that is lost midway
is summed up, too, before its error is told.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from posetui.backends.opening import check_backend
from posetui.commands.beside import Beside, beside
from posetui.commands.progress import Meter, meter
from posetui.commands.quiet import quiet_stderr
from posetui.commands.summary import Summary
from posetui.commands.tables import print_table
from posetui.engine.options import EngineOptions
from posetui.errors import PosetuiError
from posetui.outputs.opening import check_outputs
from posetui.settings import Settings
from posetui.sources.opening import check_source, kind_of
from posetui.text import redact, safe_text

if TYPE_CHECKING:
    from posetui.engine.pipeline import Pipeline
    from posetui.engine.replaying import Replay
    from posetui.engine.sending import Sending

Output = Literal["table", "json", "jsonl"]


@dataclass(frozen=True, slots=True)
class _Outcome:
    report: dict[str, Any]
    note: str = ""
    error: PosetuiError | None = None
    interrupted: bool = False
    beside: tuple[str, ...] = ()


def run_headless(
    settings: Settings, output: Output, record: Path | None = None, *, force: bool = False
) -> int:
    """Run the source to its end, print what was asked for, and return the exit code.

    Args:
        settings: what to run and how.
        output: what is printed.
        record: the tape that it is recorded to.
        force: replace a tape that is there.

    Raises:
        SettingsError: no source is named.
        PosetuiError: source or backend cannot be used; or the source was lost, after the summary of
            what was seen.

    """
    options = EngineOptions.of(settings)
    if kind_of(options.source) != "tape":
        check_backend(options.backend)
    check_outputs(options.outputs)
    check_source(options.source)  # what can only fail does so before anything heavy is loaded
    with interrupts() as received:
        try:
            with quiet_stderr() as stderr:
                outcome = _run(options, settings, output, stderr, (record, force))
        except KeyboardInterrupt:
            return 128 + received[0] if received else 130
        for text in outcome.beside:
            click.echo(safe_text(text), err=True)
        if output != "jsonl":
            _print_report(outcome, output, color=settings.color)
        if outcome.error is not None:
            raise outcome.error
        return 128 + received[0] if outcome.interrupted and received else 0


@contextmanager
def interrupts() -> Iterator[list[int]]:
    """Let the first SIGINT or SIGTERM raise KeyboardInterrupt and tell which it was; the next one kills.

    Also where whoever started us has them ignored, as shells do for what runs in the background.
    """
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _run(
    options: EngineOptions,
    settings: Settings,
    output: Output,
    stderr: TextIO,
    record: tuple[Path | None, bool],
) -> _Outcome:
    from posetui.engine.sending import sending

    shown = output != "jsonl" or _is_file(sys.stdout)
    error: PosetuiError | None = None
    interrupted = False
    with (
        meter(stderr, options.source, shown=shown, color=settings.color, endless=settings.loop) as progress,
        _opened(options) as pipeline,
        beside(pipeline, options, record[0], force=record[1]) as tape,
        sending(options.outputs) as outlets,
    ):
        progress.opened(pipeline.info)
        summary = Summary(settings.threshold)
        try:
            _follow(pipeline, summary, progress, tape, outlets, lines=output == "jsonl")
        except PosetuiError as failure:
            if not summary.frames:
                raise
            error = failure
        except KeyboardInterrupt:
            interrupted = True
        backend, compared, info = pipeline.backend, pipeline.compared, pipeline.info
        report = summary.report(
            source=safe_text(redact(info.title)), backend=backend, compared=compared, dropped=pipeline.dropped
        )
        report["tracks"] = summary.tracks(pipeline.reliability(summary.ids), backend.skeleton)
    notes = (info.note, backend.note, compared.note if compared else "")
    note = safe_text(". ".join(note for note in notes if note))
    told = tuple(text for text in (tape.text, *(feed.told() for feed in outlets.feeds)) if text)
    return _Outcome(report, note, error or tape.error, interrupted, told)


def _opened(options: EngineOptions) -> Pipeline | Replay:
    """Return what runs the source, to be opened; a tape needs no backend, nor are its pictures looked at."""
    if kind_of(options.source) == "tape":
        from posetui.engine.replaying import Replay
        from posetui.sources.checks import check_file

        if options.video is not None:
            check_file(Path(options.video))  # it is not looked at, but a wrong name should not go unnoticed
        sent = options.outputs.named()
        # Who receives it live gets it as it was recorded, not as fast as it can be read.
        paced = bool(sent) and not options.every_frame

        def ended() -> None:
            replay.stop()

        replay = Replay(options, on_end=ended if paced else None, pictures="foxglove" in sent)
        return replay
    from posetui.engine.pipeline import Pipeline

    return Pipeline(options)


def _follow(
    pipeline: Pipeline | Replay,
    summary: Summary,
    progress: Meter,
    tape: Beside,
    outlets: Sending,
    *,
    lines: bool,
) -> None:
    for seen in pipeline.seen():
        frame = seen.shown
        summary.add(frame, seen.other)
        tape.add(seen)
        outlets.add(seen)
        if lines:
            sys.stdout.write(json.dumps(frame.to_dict(), separators=(",", ":")) + "\n")
            sys.stdout.flush()
        progress.show(frame)


def _is_file(stream: TextIO) -> bool:
    """Whether it ends in a file: a bar on the same terminal would stand in the way of what a pipe shows."""
    return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)


def _print_report(outcome: _Outcome, output: Output, *, color: bool) -> None:
    report = outcome.report
    if output == "json":
        if outcome.error is not None:
            report = {**report, "error": safe_text(redact(str(outcome.error)), 600)}
        click.echo(json.dumps(report))
        return
    rows = [*_rows(report), *([["note", outcome.note]] if outcome.note else [])]
    print_table(["summary", ""], rows, color=color)
    stages = {**report["stages"], "age": report["age_ms"]}
    rows = [[name, _digits(value["p50"]), _digits(value["p95"])] for name, value in stages.items()]
    click.echo()
    print_table(["stage", "p50 ms", "p95 ms"], rows, color=color, numbers=True)


def _rows(report: dict[str, Any]) -> list[list[str]]:
    frames, posed = report["frames"], report["frames_with_pose"]
    share = f" ({100 * posed / frames:.1f}%)" if frames else ""
    people = ", ".join(f"{count} in {number}" for count, number in report["people"].items())
    return [
        ["source", report["source"]],
        ["backend", f"{report['backend']}, {report['model']} on {report['device']}"],
        ["size", "x".join(str(side) for side in report["size"] or ())],
        ["frames", f"{frames} in {report['seconds']:.1f} s"],
        ["rate", f"{report['fps']:.1f} FPS"],
        ["dropped", str(report["dropped"])],
        ["with a pose", f"{posed}{share}"],
        ["people", f"at most {report['people_max']} (frames by people: {people})"],
        *(_comparison_rows(report["compare"]) if "compare" in report else []),
    ]


def _comparison_rows(compare: dict[str, Any]) -> list[list[str]]:
    oks, apart = compare["oks"]["p50"], compare["distance_percent_of_torso"]
    return [
        ["compared with", f"{compare['backend']}, {compare['model']} on {compare['device']}"],
        ["agreement", "-" if oks is None else f"OKS {oks:.2f} in the median"],
        ["joints apart", f"p50 {_digits(apart['p50'])}, p95 {_digits(apart['p95'])} percent of the torso"],
    ]


def _digits(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
