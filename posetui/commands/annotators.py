"""`posetui annotate --compare`: how far two annotators agree."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posetui.annotation.agreement import Agreement
    from posetui.annotation.agreement import Frame as BothFrame
    from posetui.evaluation.pairing import Images
    from posetui.evaluation.recordings import Recording
    from posetui.pose.skeleton import Skeleton


def print_agreement(first: Path, second: Path, *, as_json: bool) -> None:
    """Print how far two truths of the same frames agree: tapes, or files of datasets.

    Raises:
        PosetuiError: one cannot be read, or they have no frame or person in common.

    """
    from posetui.annotation.agreement import agreement
    from posetui.engine.loading import load
    from posetui.evaluation.pairing import pair_images

    mine, theirs = (load(path, path.name, truth=True) for path in (first, second))
    skeleton = mine.used()[0]
    found = agreement(_both(pair_images(mine, theirs), (mine, theirs), skeleton), skeleton)
    if as_json:
        names = {"first": mine.shown, "second": theirs.shown, "skeleton": skeleton.name}
        click.echo(json.dumps(names | found.to_dict(), ensure_ascii=False, indent=2))
    else:
        _print(found, mine.shown, theirs.shown)


def _both(images: Images, recordings: tuple[Recording, Recording], skeleton: Skeleton) -> Iterator[BothFrame]:
    """Yield the people of each frame that both have, with the joints of one skeleton."""
    from posetui.pose.convert import convert

    for pair in zip(images.truth, images.found, strict=True):
        people = [
            [
                pose.moved(convert(pose.keypoints, one.skeleton(frame.skeleton), skeleton))
                for pose in frame.poses
            ]
            for frame, one in zip(pair, recordings, strict=True)
            if frame is not None
        ]
        if len(people) == 2:
            yield people[0], people[1]


def _print(found: Agreement, first: str, second: str) -> None:
    from posetui.commands.tables import print_table

    rows = [
        [
            one.joint.replace("_", " "),
            f"{one.both:,}",
            f"{one.one:,}",
            _number(100 * one.seen, "{:.0f}%"),
            _number(one.pixels, "{:.1f}"),
            _number(one.sigma, "{:.3f}"),
            f"{one.oks_sigma:.3f}",
        ]
        for one in found.joints
    ]
    headers = ["joint", "both", "one only", "same seen", "median px", "sigma", "OKS sigma"]
    print_table(headers, rows, numbers=True)
    click.echo(
        f"{found.frames:,} frames, {found.people:,} people in both; {found.only_first:,} only in "
        f"{safe_text(first)}, {found.only_second:,} only in {safe_text(second)}. "
        f"Mean OKS {found.oks:.3f}, sigma of all joints {found.sigma:.3f}."
    )


def _number(value: float, form: str) -> str:
    return "" if math.isnan(value) else form.format(value)
