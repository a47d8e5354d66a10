"""`posetui compare`: several backends on the same frames, beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from posetui.commands.evaluate import SAMPLES

_PATH = click.Path(path_type=Path)
_SETUP = ("detail", "refine", "max_people", "device")


@click.command(short_help="Run several backends on the same frames.")
@click.argument("source")
@click.option(
    "--backends",
    required=True,
    metavar="A,B,...",
    help="What is compared, at least two without truth; see below.",
)
@click.option("--truth", type=_PATH, help="A tape, or a dataset's file, of the people who are there.")
@click.option("--images", type=_PATH, metavar="DIR", help="Where the images of a dataset are.")
@click.option("-o", "--output", type=_PATH, metavar="DIR", help="Keep the tapes, and those it has.")
@click.option("--force", is_flag=True, help="Run again what DIR has, and replace other files in it.")
@click.option("--all-joints", is_flag=True, help="Against truth, all of its joints.")
@click.option("--sequence", is_flag=True, help="Images are the frames of a video; else each is on its own.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="The first N frames only.")
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, help="Frames to look at first.")
@click.option("--detail", metavar="low|medium|high", help="Size of the picture that networks see.")
@click.option("--refine", metavar="auto|...", help="What looks at each person again in topdown.")
@click.option("--max-people", metavar="N", help="The most people looked for; mediapipe: 1 if not given.")
@click.option("--device", metavar="NAME", help="Where networks run.")
@click.option("--report", type=_PATH, metavar="DIR", help="Write a page and Markdown with plots to a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with a row a backend and number.")
@SAMPLES
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    *,
    source: str,
    backends: str,
    truth: Path | None,
    images: Path | None,
    output: Path | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    **more: Any,  # noqa: ANN401 - what click gives by the options above
) -> None:
    """Run backends over every frame of SOURCE, each in a process of its own, and compare what they found.

    SOURCE is a video, a clip, a folder of images, a tape with pictures, or the file of a dataset (COCO
    keypoints, LSP, MPII, PoseTrack18) whose images are beside it or in --images; a dataset is its own truth.
    With truth the table is that of `posetui evaluate`. Without, it says how far backends agree, how still
    they hold joints, how fast they are, and which frames to look at first.

    Behind a backend's name stands what is different for it alone: detail=, refine=, max-people=, device=.

    \b
    Examples:
      posetui compare run.mp4 --backends mediapipe,movenet,openpose
      posetui compare photos --backends topdown,movenet:thunder --truth person_keypoints.json -o tapes
      posetui compare person_keypoints_val2017.json --images val2017 --backends movenet,openpose --json
      posetui compare run.mcap --backends "movenet detail=low, movenet detail=high"
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.compare_run import Request, run

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    form: Literal["table", "json", "csv"] = "json" if as_json else "csv" if as_csv else "table"
    asked = {name: more.pop(name) for name in _SETUP}
    flags = {**(ctx.obj or {}), **{name: value for name, value in asked.items() if value is not None}}
    ctx.exit(run(Request(source, backends, flags, truth, images, output, form, limit, **more)))
