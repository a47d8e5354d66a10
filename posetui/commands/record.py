"""`posetui record`: every frame of a source through a backend onto a tape."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.errors import BackendError, PosetuiError, SettingsError
from posetui.readers import seconds
from posetui.settings import Settings, resolve
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.commands.progress import Meter
    from posetui.engine.options import EngineOptions
    from posetui.engine.pipeline import Pipeline
    from posetui.tapes.model import TapeHeader
    from posetui.tapes.splitting import Limit, Parts
    from posetui.tapes.writer import TapeWriter

_PATH = click.Path(path_type=Path)


def _time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


def _limit(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Limit | None:
    """Return when a part is full: `10:00` or `90` (a time), `500MB` or `2GB` (a size)."""
    from posetui.tapes.splitting import LEAST_BYTES, Limit

    if value is None:
        return None
    amount, unit = value.strip().upper().rstrip("B"), 1
    for letter, factor in (("K", 10**3), ("M", 10**6), ("G", 10**9)):
        if amount.endswith(letter):
            amount, unit = amount[:-1].strip(), factor
    try:
        limit = Limit(bytes=round(float(amount) * unit)) if unit > 1 else Limit(seconds=seconds(value))
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{value!r} is neither a time such as 10:00 nor a size such as 500MB"
        ) from None
    if limit.bytes is not None and limit.bytes < LEAST_BYTES:
        raise click.BadParameter(f"a part has at least {LEAST_BYTES // 10**6} MB")
    if limit.seconds is not None and limit.seconds <= 0:
        raise click.BadParameter("a part has to last")
    return limit


def _size(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from posetui.errors import SettingsError

    try:
        resolve({"size": value} if value else {})
    except SettingsError as error:
        raise click.BadParameter(error.title) from None
    return value


@click.command(short_help="Record a source to a tape, every frame of it.")
@click.argument("source")
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="The tape; not given: one in --tapes-dir.")
@click.option("--duration", metavar="TIME", callback=_time, help="Stop after so much of the source.")
@click.option("--frames", "pictures", is_flag=True, help="Put the pictures on the tape as well.")
@click.option(
    "--quality", type=click.IntRange(1, 100), default=80, show_default=True, help="Of the pictures."
)
@click.option("--heat", metavar="all|JOINT", help="Put the heat maps of all joints, or of one, on the tape.")
@click.option("--lossless", is_flag=True, help="Pictures as PNG, with the source's own pixels; large.")
@click.option("--size", metavar="WxH", callback=_size, help="Scale the source down to fit; see below.")
@click.option(
    "--split", "limit", metavar="LIMIT", callback=_limit, help="A new tape after so much: 10:00, 500MB."
)
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
    heat: str | None,
    quality: int,
    lossless: bool,
    size: str | None,
    limit: Limit | None,
    backend: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Estimate every frame of SOURCE and write the poses, as the backend saw them, to a tape.

    Ctrl-C ends a recording well: the tape is finished. Poses are estimated on the very pictures that are
    recorded, so that `posetui tape rerun` finds the same ones: of the size that --size asks for, and
    after they were compressed. With --split the tapes are called FILE-001.mcap, FILE-002.mcap, and no
    frame is lost between them. With --heat each frame has what the network saw before poses were made of
    it, for backends that have heat maps; `h` shows them in the replay. Other settings stand before the
    command or in the config file.

    \b
    Examples:
      posetui record run.mp4 -o run.mcap
      posetui --max-people 4 record 0 --duration 10:00
      posetui record demo --backend topdown --frames --size 640x640 -o demo.mcap
      posetui record rtsp://camera/live --split 500MB -o day.mcap
      posetui record demo --backend movenet --heat all -o seen.mcap
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.engine.options import EngineOptions
    from posetui.sources.pictures import LOSSLESS
    from posetui.tapes.naming import new_path
    from posetui.tapes.splitting import Parts
    from posetui.tapes.writer import TapeWriter

    chosen = {"source": source, "backend": backend, "size": size}
    flags = {**(ctx.obj or {}), **{name: value for name, value in chosen.items() if value}}
    settings = replace(resolve(flags).values, every_frame=True)
    path = output or new_path(settings.tapes_dir, source)
    kept = LOSSLESS if lossless else quality if pictures else None
    options = replace(EngineOptions.of(settings), pictures=kept)

    def make(header: TapeHeader) -> TapeWriter | Parts:
        return Parts(path, header, limit, force=force) if limit else TapeWriter(path, header, force=force)

    _tell(_record(settings, options, make, _Wanted(duration, heat)), as_json=as_json)


@dataclass(frozen=True)
class _Wanted:
    """For how many seconds of the source is recorded, and whose heat maps: `all`, one joint's, or none."""

    duration: float | None
    heat: str | None


@dataclass(frozen=True)
class _Taken:
    """What was recorded."""

    paths: tuple[str, ...]
    frames: int
    seconds: float
    people_max: int
    bytes: int
    heat_maps: int


def _tell(taken: _Taken, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"tape": taken.paths[0], **asdict(taken)}))
        return
    people = "person" if taken.people_max == 1 else "people"
    parts = f" to {taken.paths[-1]}" if len(taken.paths) > 1 else ""
    heat = f", {taken.heat_maps} with heat maps" if taken.heat_maps else ""
    click.echo(
        f"{taken.paths[0]}{parts}: {taken.frames} frames{heat}, {taken.seconds:.1f} s, "
        f"at most {taken.people_max} {people}, {taken.bytes / 1e6:.2f} MB"
    )


def _record(
    settings: Settings,
    options: EngineOptions,
    make: Callable[[TapeHeader], TapeWriter | Parts],
    wanted: _Wanted,
) -> _Taken:
    """Write the tape; return what is on it."""
    from posetui.backends.opening import check_backend
    from posetui.commands.headless import interrupts
    from posetui.commands.progress import meter
    from posetui.commands.quiet import quiet_stderr
    from posetui.engine.pipeline import Pipeline
    from posetui.engine.recording import tape_header
    from posetui.sources.opening import check_source
    from posetui.tapes.writer import failure

    check_backend(options.backend)
    check_source(options.source)
    with (
        interrupts(),
        quiet_stderr() as stderr,
        meter(stderr, options.source, shown=True, color=settings.color, endless=settings.loop) as progress,
        Pipeline(options) as pipeline,
    ):
        progress.opened(pipeline.info)
        joints = _heated(pipeline, wanted.heat)
        with make(tape_header(pipeline.info, pipeline.backend, options)) as writer:
            try:
                people = _follow(pipeline, writer, progress, wanted.duration, joints)
            except OSError as error:
                writer.abandon()
                raise failure(writer.paths[-1], error) from error
        size = sum(path.stat().st_size for path in writer.paths)
        paths = tuple(map(str, writer.paths))
        return _Taken(paths, writer.frames, round(writer.seconds, 3), people, size, writer.heat_maps)


def _heated(pipeline: Pipeline, heat: str | None) -> tuple[str, ...]:
    """Let the pipeline give heat maps, if they are wanted; return whose, or what cannot be as an error."""
    if heat is None:
        return ()
    from posetui.commands.heatmap_run import WITH_HEAT_MAPS

    backend = pipeline.backend
    if not backend.has_heat_maps:
        raise BackendError(
            f"The backend {backend.name} has no heat maps", f"These have: {', '.join(WITH_HEAT_MAPS)}."
        )
    joints, name = backend.skeleton.joints, heat.strip().lower().replace(" ", "_").replace("-", "_")
    if name != "all" and name not in joints:
        raise SettingsError(
            f"There is no heat map of {safe_text(heat.strip())!r}", f"There are: all, {', '.join(joints)}."
        )
    pipeline.maps = True
    return joints if name == "all" else (name,)


def _follow(
    pipeline: Pipeline,
    writer: TapeWriter | Parts,
    progress: Meter,
    duration: float | None,
    joints: tuple[str, ...],
) -> int:
    """Write frame after frame, to the end, the duration or Ctrl-C; return the most people in a frame."""
    people, began = 0, None
    try:
        for seen in pipeline.seen():
            frame = seen.frame
            now = frame.captured if pipeline.info.live else frame.pts
            began = now if began is None else began
            if duration is not None and now - began >= duration:
                break
            maps = seen.maps.only(joints) if seen.maps else None
            writer.write(frame, seen.picture, maps if maps and maps.names else None)
            people = max(people, len(frame.poses))
            progress.show(frame)
    except KeyboardInterrupt:
        click.echo("stopped: the tape is finished", err=True)
    except PosetuiError as error:
        if not writer.frames:
            raise
        click.echo(f"posetui: {error} The tape up to there is finished.", err=True)
    return people
