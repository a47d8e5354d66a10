"""`posetui data resize`, `convert` and `split`: sets made of others."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.datasets.labels import SetFormat
    from posetui.datasets.splitting import Together

_PATH = click.Path(path_type=Path)
_FORMATS = ("coco-truth", "posetrack18", "lsp", "mpii")
_IMAGES = click.option(
    "--images", type=_PATH, metavar="FOLDER", help="The images. [default: images/ beside LABELS]"
)
_FORCE = click.option("--force", is_flag=True, help="Write over what is there.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def parse_size(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Return width, height of a text such as 640x480; click's BadParameter for anything else."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", value)
    if match is None or not all(16 <= int(side) <= 65535 for side in match.groups()):
        raise click.BadParameter(f"{value!r} is not a size such as 640x480")
    return int(match[1]), int(match[2])


def parse_parts(ctx: click.Context, parameter: click.Parameter, value: str) -> dict[str, float]:
    """Return shares by name of a text such as train=8,val=2; click's BadParameter for anything else."""
    shares: dict[str, float] = {}
    for part in value.split(","):
        name, _, share = part.strip().partition("=")
        try:
            number = float(share)
        except ValueError:
            number = math.nan
        if not re.fullmatch(r"\w[\w.-]{0,63}", name) or not 0 < number < math.inf or name in shares:
            raise click.BadParameter(f"{value!r} is not a list such as train=8,val=2, each name once")
        shares[name] = number
    return shares


@click.command()
@click.argument("labels", type=_PATH)
@_IMAGES
@click.option(
    "--size", metavar="WxH", callback=parse_size, required=True, help="Images are scaled down to fit within."
)
@click.option("-o", "--output", type=_PATH, metavar="FOLDER", required=True, help="The folder to write.")
@_FORCE
@_JSON
def resize(
    *, labels: Path, images: Path | None, size: tuple[int, int], output: Path, force: bool, as_json: bool
) -> None:
    """Write a set with smaller images, and labels that belong to them. Images that fit are copied.

    \b
    Examples:
      posetui data resize person_keypoints.json --images val2017 --size 640x640 -o small
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.stepping import steps
    from posetui.datasets.labels import read_labels
    from posetui.datasets.pictures import folder_of
    from posetui.datasets.resizing import resize as resize_set
    from posetui.errors import DatasetError

    folder = folder_of(labels, images)
    if folder is None:
        raise DatasetError(f"There is no folder images beside {safe_text(labels)}", "Name it with --images.")
    with steps("making images smaller") as tell:
        done = resize_set(read_labels(labels), folder, output, size, force=force, tell=tell)
    if as_json:
        plain = {
            "labels": str(done.labels),
            "images": done.images,
            "smaller": done.smaller,
            "masks_left_out": done.masks,
        }
        click.echo(json.dumps(plain))
        return
    click.echo(
        f"wrote {safe_text(done.labels)}: {done.images:,} images, {done.smaller:,} of them made smaller"
    )
    if done.masks:
        click.echo(f"{done.masks:,} segmentations are left out: run-length masks cannot be made smaller")


@click.command()
@click.argument("labels", type=_PATH)
@click.option("--to", "kind", type=click.Choice(_FORMATS), required=True, help="The format wanted.")
@click.option("-o", "--output", type=_PATH, metavar="FILE", required=True, help="The file to write.")
@click.option("--images", type=_PATH, metavar="FOLDER", help="The images, to look up how large they are.")
@click.option("--size", metavar="WxH", callback=parse_size, help="How large all images are.")
@click.option("--skeleton", metavar="NAME", help="Joints to write, e.g. coco-17. [default: suits the format]")
@_FORCE
@_JSON
def convert(
    *,
    labels: Path,
    kind: str,
    output: Path,
    images: Path | None,
    size: tuple[int, int] | None,
    skeleton: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the labels of a set in another format. docs/data.md says what each loses.

    LSP and MPII do not say how large their images are, and COCO does: name their folder with --images.

    \b
    Examples:
      posetui data convert joints.json --to coco-truth --images images -o truth.json
      posetui data convert person_keypoints.json --to mpii -o mpii.json
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.datasets.converting import convert as convert_set

    done = convert_set(
        labels, output, cast("SetFormat", kind), images=images, size=size, skeleton=skeleton, force=force
    )
    if as_json:
        plain = {"labels": str(output), "images": done.images, "people": done.people, "lost": done.lost}
        click.echo(json.dumps(plain | {"skeleton": done.skeleton, "never_there": list(done.never)}))
        return
    click.echo(f"wrote {safe_text(output)}: {done.images:,} images, {done.people:,} people, {done.skeleton}")
    if done.lost:
        click.echo(f"{done.lost:,} people are left out: they have none of these joints")
    if done.never:
        click.echo(f"nobody has: {', '.join(map(safe_text, done.never))}")


@click.command()
@click.argument("labels", type=_PATH)
@click.option(
    "--parts", metavar="NAME=SHARE,...", callback=parse_parts, required=True, help="What to split it into."
)
@click.option("-o", "--output", type=_PATH, metavar="FOLDER", required=True, help="Where NAME.json go.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same parts.")
@click.option(
    "--together",
    type=click.Choice(["scene", "folder", "image"]),
    default="scene",
    show_default=True,
    help="What stays in one part.",
)
@_FORCE
@_JSON
def split(
    *,
    labels: Path,
    parts: dict[str, float],
    output: Path,
    seed: int,
    together: str,
    force: bool,
    as_json: bool,
) -> None:
    """Split the labels of a set by chance; the same seed gives the same parts. Images are not copied.

    A scene is a video, or images with the same tracked person; without either, each image is one. All people
    of an image stay together.

    \b
    Examples:
      posetui data split person_keypoints.json --parts train=8,val=1,test=1 --seed 7 -o parts
      posetui data split joints.json --parts a=1,b=1 --together folder -o parts
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.datasets.labels import read_labels
    from posetui.datasets.splitting import split as split_set

    kept = cast("Together", together)
    done = split_set(read_labels(labels), output, parts, seed=seed, together=kept, force=force)
    if as_json:
        click.echo(json.dumps({"seed": seed, "parts": [part.to_dict() for part in done]}))
        return
    for part in done:
        click.echo(f"wrote {safe_text(part.path)}: {part.images:,} images, {part.people:,} people")
