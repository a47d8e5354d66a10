"""`posetui heatmap`: what a network sees, as a figure and as numbers."""

from __future__ import annotations

from pathlib import Path

import click

from posetui.commands.heatmap_figure import SUFFIXES
from posetui.commands.heatmap_run import WITH_HEAT_MAPS, Request, run_heatmap
from posetui.readers import seconds
from posetui.settings import DETAILS, resolve

_DEFAULT = WITH_HEAT_MAPS[0]
_PATH = click.Path(path_type=Path)


def _time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


@click.command(short_help="Draw what a network sees, joint by joint.")
@click.argument("source")
@click.option("-o", "--output", type=_PATH, metavar="FILE", help=f"The figure: {', '.join(SUFFIXES)}.")
@click.option("--npz", type=_PATH, metavar="FILE", help="Save the raw maps as NumPy arrays.")
@click.option(
    "--joint",
    metavar="NAMES",
    default="all",
    show_default=True,
    help="All joints, or maps by name with commas between; limbs are OpenPose's.",
)
@click.option("--frame", metavar="N", type=click.IntRange(min=0), help="The frame of this number, from 0.")
@click.option("--at", metavar="TIME", callback=_time, help="The frame at a time: 12.5 or 1:23.5.")
@click.option(
    "--backend",
    metavar="NAME",
    default=_DEFAULT,
    show_default=True,
    help=f"One with heat maps: {', '.join(WITH_HEAT_MAPS)}.",
)
@click.option("--detail", type=click.Choice(DETAILS), help="Size of the picture that the network sees.")
@click.option("--dpi", type=click.IntRange(50, 1200), default=300, show_default=True, help="Pixels an inch.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.pass_context
def heatmap(
    ctx: click.Context,
    *,
    source: str,
    output: Path | None,
    npz: Path | None,
    joint: str,
    frame: int | None,
    at: float | None,
    backend: str,
    detail: str | None,
    dpi: int,
    force: bool,
) -> None:
    """Draw where a network sees each joint in one frame: a panel a joint, the picture beneath.

    SOURCE is an image, a video, a clip (demo), a camera or a stream. Without --frame and --at it is the
    first frame in which a person is found. Rings mark the joints of the people found.

    \b
    Examples:
      posetui heatmap demo -o maps.png
      posetui heatmap run.mp4 --at 1:23.5 --joint left_wrist,right_wrist -o wrists.pdf
      posetui heatmap photo.jpg --backend openpose --joint all,limbs -o maps.svg
      posetui heatmap run.mp4 --frame 250 --npz maps.npz
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    if output is None and npz is None:
        raise click.UsageError("Name a file to write: -o maps.png, or --npz maps.npz")
    if frame is not None and at is not None:
        raise click.UsageError("--frame and --at exclude each other")
    settings = resolve({**(ctx.obj or {}), "source": source, "detail": detail}).values
    request = Request(output, npz, tuple(joint.split(",")), frame, at, backend, dpi, force)
    for line in run_heatmap(settings, request):
        click.echo(line)
