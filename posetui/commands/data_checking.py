"""`posetui data check`: what is wrong with a set of labelled images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from posetui.datasets.checking import Checked

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("labels", type=_PATH)
@click.option("--images", type=_PATH, metavar="FOLDER", help="Its images. [default: images/ beside LABELS]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every problem.")
@click.option(
    "--show", type=click.IntRange(0), default=3, show_default=True, help="Examples of each kind of problem."
)
@click.pass_context
def check(context: click.Context, labels: Path, images: Path | None, as_json: bool, show: int) -> None:
    """Say what is wrong with a set; exit code 1 if something is.

    Missing and unreadable images, sizes that differ from the files', joints outside of the picture, boxes
    without area, numbers that come twice, and people whose left and right look exchanged: docs/data.md says
    how each is told.

    \b
    Examples:
      posetui data check person_keypoints.json --images val2017
      posetui data check joints.json --json
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.stepping import steps
    from posetui.datasets.checking import check as check_set
    from posetui.datasets.labels import read_labels
    from posetui.datasets.pictures import folder_of

    folder = folder_of(labels, images)
    with steps("checking images") as tell:
        found = check_set(read_labels(labels), folder, tell)
    if as_json:
        import json

        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        _print(found, show)
    context.exit(1 if found.problems else 0)


def _print(found: Checked, show: int) -> None:
    from posetui.datasets.problems import MEANING

    empty = f", {found.unlabelled:,} images without people" if found.unlabelled else ""
    click.echo(f"{found.kind}: {found.images:,} images, {found.people:,} people{empty}")
    if not found.files:
        click.echo("The image files were not looked at: name their folder with --images.")
    for kind, count in found.counts().items():
        click.echo(f"{count:,} {MEANING[kind]}")
        examples = [problem.text for problem in found.problems if problem.kind == kind]
        for text in examples[:show]:
            click.echo(f"  {text}")
        if count > show > 0:
            click.echo(f"  and {count - show:,} more: --show or --json lists them")
    if not found.problems:
        click.echo("Nothing is wrong.")
