"""`posetui annotate`: truth made by hand, from proposals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_PATH = click.Path(path_type=Path)


@click.command(short_help="Correct keypoints by hand, and make truth of them.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE")
@click.option("-o", "--output", type=_PATH, metavar="TAPE", help="The truth; not given: SOURCE.truth.mcap.")
@click.option("--backend", metavar="NAME", help="What proposes the joints.  [default: topdown]")
@click.option("--second", metavar="NAME", help="Another backend: where the two disagree is worth a look.")
@click.option("--images", type=_PATH, metavar="DIR", help="Where the images of a dataset are.")
@click.option("--video", metavar="FILE", help="The video that a tape without pictures was made from.")
@click.option("--sequence", is_flag=True, help="Images are the frames of a video; else each is on its own.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="The first N frames only.")
@click.option("--author", metavar="NAME", help="Who corrects.  [default: the name of the user]")
@click.option("--export", type=_PATH, metavar="FILE", help="Write what is checked as COCO truth; no screen.")
@click.option("--compare", is_flag=True, help="How far two annotators agree, by joint; needs two SOURCEs.")
@click.option("--resolve", is_flag=True, help="With --compare: go through the differences, and choose.")
@click.option("--json", "as_json", is_flag=True, help="With --compare: print one JSON object.")
@click.option("--force", is_flag=True, help="Replace what --export writes.")
@click.pass_context
def annotate(
    ctx: click.Context,
    /,
    *,
    sources: tuple[str, ...],
    backend: str | None,
    compare: bool,
    resolve: bool,
    as_json: bool,
    **more: Any,  # noqa: ANN401 - what click gives by the options above
) -> None:
    """Correct the joints of SOURCE by hand. docs/annotating.md takes you from photos to a table of accuracy.

    SOURCE is a folder of images, a video, a clip, a tape, or the file of a dataset (COCO keypoints and
    others). A backend proposes joints, and what you do to them lies beside that on the truth's tape, which
    `posetui evaluate` takes as truth. Every edit is kept at once: the same command goes on where you stopped,
    and nothing is lost when the terminal is.

    \b
    Examples:
      posetui annotate photos
      posetui annotate run.mp4 -o run.truth.mcap --backend movenet --author anna
      posetui annotate person_keypoints.json --images val2017
      posetui annotate photos --export photos.json
      posetui evaluate run.mcap --truth run.truth.mcap
      posetui annotate --compare anna.mcap ben.mcap --resolve
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    if len(sources) != (2 if compare else 1):
        raise click.UsageError("--compare needs two truths" if compare else "name one SOURCE")
    if (as_json or resolve) and not compare:
        raise click.UsageError(f"{'--json' if as_json else '--resolve'} needs --compare")
    if compare:
        from posetui.commands.annotators import print_agreement

        print_agreement(Path(sources[0]), Path(sources[1]), as_json=as_json)
        if not resolve:
            return
    from posetui.commands.annotating import Request, run

    flags = {**(ctx.obj or {}), **({"backend": backend} if backend else {})}
    rival = Path(sources[1]) if compare else None
    ctx.exit(run(Request(sources[0], flags, rival=rival, **more)))
