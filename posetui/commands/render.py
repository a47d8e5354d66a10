"""`posetui render`: a source or a tape as a video, an animation or pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from posetui.readers import seconds
from posetui.settings import resolve

_PATH = click.Path(path_type=Path)


def _time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


def _size(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    from posetui.errors import SettingsError

    try:
        return resolve({"size": value}).values.size if value else None
    except SettingsError as error:
        raise click.BadParameter(error.title) from None


@click.command(short_help="Draw a source or a tape to a video.")
@click.argument("source")
@click.option(
    "-o",
    "--output",
    type=_PATH,
    required=True,
    metavar="FILE",
    help="A video (.mp4), an animation (.gif, .webp), or a folder for PNG pictures.",
)
@click.option("--backend", metavar="NAME", help="What estimates the poses.")
@click.option("--compare", metavar="NAME", help="A second backend, side by side with the first.")
@click.option("--video", metavar="FILE", help="The video beneath the poses of a tape.")
@click.option("--truth", metavar="FILE", help="Draw this dashed on a tape: what posetui evaluate takes.")
@click.option("--heat", metavar="all|JOINT", help="Draw the heat maps of all joints, or of one.")
@click.option("--black", is_flag=True, help="Black instead of the picture.")
@click.option("--names", is_flag=True, help="Name the joints.")
@click.option("--boxes/--no-boxes", default=False, help="Draw a box around each person.")
@click.option("--labels/--no-labels", default=None, help="Number and score of each person.  [default: on]")
@click.option("--size", metavar="WxH", callback=_size, help="Make the pictures smaller to fit.")
@click.option("--fps", type=click.FloatRange(0.01, 240), help="So many pictures a second at most.")
@click.option("--duration", metavar="TIME", callback=_time, help="Stop after so much of the source.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
@click.pass_context
def render(ctx: click.Context, /, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Draw the people of SOURCE, every frame of it, on its pictures, and write them to a file.

    A video is H.264 without sound; each picture is shown as long as the frame was, also where that varies. A
    tape is drawn with its own poses, on its own pictures, on those of --video, or on black. Ctrl-C ends the
    file well, and what a full disk or a kill leaves plays up to there. Threshold, skeleton, smoothing, start
    and end stand before the command or in the config file.

    \b
    Examples:
      posetui render run.mp4 -o poses.mp4
      posetui --max-people 4 --start 1:20 --end 1:35 render run.mp4 -o part.mp4
      posetui render demo --backend topdown --boxes --size 480x480 --fps 12 -o people.gif
      posetui render demo --backend movenet --compare openpose -o both.mp4
      posetui render run.mcap --video run.mp4 -o poses.mp4
      posetui render run.mcap --black -o frames/
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.render_run import Request, run_render

    chosen = {name: given.pop(name) for name in ("source", "backend", "compare", "video", "labels")}
    flags = {**(ctx.obj or {}), **{name: value for name, value in chosen.items() if value is not None}}
    click.echo(run_render(resolve(flags).values, Request(**given), as_json=as_json))
