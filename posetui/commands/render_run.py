"""What `posetui render` does."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.backends.opening import check_backend
from posetui.commands.headless import interrupts
from posetui.commands.progress import meter
from posetui.commands.quiet import quiet_stderr
from posetui.engine.messages import ALL_JOINTS
from posetui.engine.options import EngineOptions
from posetui.engine.showing import Showing
from posetui.errors import PosetuiError, RenderError, SettingsError
from posetui.settings import Settings
from posetui.sources import opening
from posetui.sources.opening import check_source
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.engine.pipeline import Pipeline
    from posetui.engine.replaying import Replay
    from posetui.rendering.film import Plan

_CELL = 4
"""Pixels of the picture to a cell of its heat map."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be rendered besides what the settings say; see `posetui render --help`."""

    output: Path
    truth: str | None = None
    heat: str | None = None
    black: bool = False
    names: bool = False
    boxes: bool = False
    size: tuple[int, int] | None = None
    fps: float | None = None
    duration: float | None = None
    force: bool = False


def run_render(settings: Settings, request: Request, *, as_json: bool) -> str:
    """Write the file; return what to say of it.

    Raises:
        PosetuiError: something cannot be used, or the file cannot be written.

    """
    from posetui.rendering.outputs import check_output

    settings = replace(settings, every_frame=True)
    options = replace(EngineOptions.of(settings), truth=request.truth)
    check_source(options.source)
    taped = opening.kind_of(options.source) == "tape"
    if not taped:
        for name in filter(None, (options.backend, options.compare)):
            check_backend(name)
    _check_request(options, taped=taped)
    check_output(request.output, force=request.force)
    said = _render(settings, options, request)
    return json.dumps(said) if as_json else _sentence(said)


def _check_request(options: EngineOptions, *, taped: bool) -> None:
    for flag, value, wants in (
        ("--video", options.video, True),
        ("--truth", options.truth, True),
        ("--compare", options.compare, False),
    ):
        if value is not None and taped != wants:
            raise SettingsError(
                f"{flag} is for {'tapes' if wants else 'what is no tape'}", f"Leave out {flag}"
            )


def _opened(options: EngineOptions, *, black: bool) -> Pipeline | Replay:
    if opening.kind_of(options.source) == "tape":
        from posetui.engine.replaying import Replay

        return Replay(options, pictures=not black, numbering=True)
    from posetui.engine.pipeline import Pipeline

    return Pipeline(options)


def _render(settings: Settings, options: EngineOptions, request: Request) -> dict[str, object]:
    from posetui.engine.freed import keep_pictures
    from posetui.rendering.encoder import Encoder
    from posetui.rendering.film import film

    keep_pictures()
    note = ""
    with (
        interrupts(),
        quiet_stderr() as stderr,
        meter(stderr, options.source, shown=True, color=settings.color, endless=settings.loop) as progress,
        _opened(options, black=request.black) as pipeline,
    ):
        progress.opened(pipeline.info)
        plan = _plan(settings, request, pipeline)
        _want_heat(pipeline, request.heat)
        usual = 1 / min(plan.fps or 1e9, pipeline.info.fps or 25.0)
        with Encoder(request.output, usual) as encoder:
            try:
                film(pipeline.seen(), pipeline.info, plan, encoder, progress.show)
            except KeyboardInterrupt:
                note = "stopped: what was rendered up to there is finished"
            except RenderError:
                raise
            except PosetuiError as error:
                if not encoder.frames:
                    raise
                note = f"posetui: {error} What was rendered up to there is finished."
    if note:
        click.echo(note, err=True)
    if not encoder.frames:
        raise RenderError("Nothing was rendered: no frame came")
    return {
        "output": str(request.output),
        "frames": encoder.frames,
        "seconds": round(encoder.seconds, 3),
        "bytes": _size(request.output),
        "complete": not note,
    }


def _plan(settings: Settings, request: Request, pipeline: Pipeline | Replay) -> Plan:
    from posetui.engine.replaying import Replay
    from posetui.rendering.film import Plan
    from posetui.rendering.outputs import FASTEST_GIF, kind_of

    truth = pipeline.tape.truth if isinstance(pipeline, Replay) else None
    second = pipeline.compared
    return Plan(
        Showing(
            skeleton=settings.skeleton,
            threshold=settings.threshold,
            picture=not request.black,
            labels=settings.labels,
            boxes=request.boxes,
            names=request.names,
            heat=request.heat is not None,
        ),
        (pipeline.backend.chosen, second.chosen) if second else (),
        (truth.skeleton, safe_text(truth.name, 40)) if truth else None,
        request.size,
        min(request.fps or FASTEST_GIF, FASTEST_GIF) if kind_of(request.output) == "gif" else request.fps,
        request.duration,
    )


def _want_heat(pipeline: Pipeline | Replay, heat: str | None) -> None:
    """Ask for heat maps; raise SettingsError where there are none."""
    if heat is None:
        return
    backend = pipeline.backend
    joint = heat.strip().lower().replace(" ", "_").replace("-", "_")
    if not backend.has_heat_maps:
        raise SettingsError(f"{safe_text(backend.name)} has no heat maps", "Leave out --heat")
    if joint != ALL_JOINTS and joint not in backend.skeleton.joints:
        known = ", ".join(backend.skeleton.joints)
        raise SettingsError(f"There is no heat map of {safe_text(heat, 40)!r}", f"There are: all, {known}.")
    width, height = pipeline.info.size
    pipeline.heat, pipeline.heat_size = joint, (max(1, width // _CELL), max(1, height // _CELL))


def _size(path: Path) -> int:
    files = path.glob("*.png") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in files)


def _sentence(said: dict[str, object]) -> str:
    frames, size = said["frames"], said["bytes"]
    assert isinstance(size, int)  # noqa: S101 - made above
    return f"{safe_text(said['output'])}: {frames} frames, {said['seconds']:.1f} s, {size / 1e6:.2f} MB"
