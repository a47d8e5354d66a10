"""`posetui record`: every frame of a source through a backend onto a tape."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.errors import PosetuiError
from posetui.settings import Settings, resolve, seconds

if TYPE_CHECKING:
    from posetui.commands.progress import Meter
    from posetui.engine.pipeline import Pipeline
    from posetui.tapes.writer import TapeWriter

_PATH = click.Path(path_type=Path)


def _time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


@click.command(short_help="Record a source to a tape, every frame of it.")
@click.argument("source")
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="The tape; not given: one in --tapes-dir.")
@click.option("--duration", metavar="TIME", callback=_time, help="Stop after so much of the source.")
@click.option("--frames", "pictures", is_flag=True, help="Put the pictures on the tape as well.")
@click.option(
    "--quality", type=click.IntRange(1, 100), default=80, show_default=True, help="Of the pictures."
)
@click.option("--lossless", is_flag=True, help="Pictures as PNG, with the source's own pixels; large.")
@click.option("--backend", metavar="NAME", help="What estimates the poses.")
@click.option("--force", is_flag=True, help="Replace a tape that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
@click.pass_context
def record(
    ctx: click.Context,
    *,
    source: str,
    output: Path | None,
    duration: float | None,
    pictures: bool,
    quality: int,
    lossless: bool,
    backend: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Estimate every frame of SOURCE and write the poses, as the backend saw them, to a tape.

    Ctrl-C ends a recording well: the tape is finished. Other settings stand before the command or in the
    config file.

    \b
    Examples:
      posetui record run.mp4 -o run.mcap
      posetui --max-people 4 record 0 --duration 10:00
      posetui record demo --backend topdown --frames -o demo.mcap
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.sources.pictures import LOSSLESS
    from posetui.tapes.naming import new_path

    flags = {**(ctx.obj or {}), "source": source, **({"backend": backend} if backend else {})}
    settings = replace(resolve(flags).values, every_frame=True)
    path = output or new_path(settings.tapes_dir, source)
    kept = LOSSLESS if lossless else quality if pictures else None
    taken = _record(settings, path, duration, kept, force=force)
    if as_json:
        click.echo(json.dumps({"tape": str(path), **taken}))
    else:
        people = "person" if taken["people_max"] == 1 else "people"
        click.echo(
            f"{path}: {taken['frames']} frames, {taken['seconds']:.1f} s, "
            f"at most {taken['people_max']} {people}, {taken['bytes'] / 1e6:.2f} MB"
        )


def _record(
    settings: Settings, path: Path, duration: float | None, quality: int | None, *, force: bool
) -> dict[str, float]:
    """Write the tape; return what is on it."""
    from posetui.backends.opening import check_backend
    from posetui.commands.headless import interrupts
    from posetui.commands.progress import meter
    from posetui.commands.quiet import quiet_stderr
    from posetui.engine.options import EngineOptions
    from posetui.engine.pipeline import Pipeline
    from posetui.engine.recording import tape_header
    from posetui.sources.opening import check_source
    from posetui.tapes.writer import TapeWriter, failure

    options = replace(EngineOptions.of(settings), pictures=quality)
    check_backend(options.backend)
    check_source(options.source)
    with (
        interrupts(),
        quiet_stderr() as stderr,
        meter(stderr, options.source, shown=True, color=settings.color, endless=settings.loop) as progress,
        Pipeline(options) as pipeline,
    ):
        progress.opened(pipeline.info)
        header = tape_header(pipeline.info, pipeline.backend, options)
        with TapeWriter(path, header, force=force) as writer:
            try:
                people = _follow(pipeline, writer, progress, duration)
            except OSError as error:
                writer.abandon()
                raise failure(path, error) from error
        return {
            "frames": writer.frames,
            "seconds": round(writer.seconds, 3),
            "people_max": people,
            "bytes": path.stat().st_size,
        }


def _follow(pipeline: Pipeline, writer: TapeWriter, progress: Meter, duration: float | None) -> int:
    """Write frame after frame, to the end, the duration or Ctrl-C; return the most people in a frame."""
    people, began = 0, None
    try:
        for seen in pipeline.seen():
            frame = seen.frame
            now = frame.captured if pipeline.info.live else frame.pts
            began = now if began is None else began
            if duration is not None and now - began >= duration:
                break
            writer.write(frame, seen.picture)
            writer.tick()
            people = max(people, len(frame.poses))
            progress.show(frame)
    except KeyboardInterrupt:
        click.echo("stopped: the tape is finished", err=True)
    except PosetuiError as error:
        if not writer.frames:
            raise
        click.echo(f"posetui: {error} The tape up to there is finished.", err=True)
    return people
