"""`posetui evaluate`: how right tapes are, measured against truth."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.commands.stepping import named_steps
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.evaluation.results import Evaluation
    from posetui.reports.report import Request

_PATH = click.Path(path_type=Path)

SAMPLES = click.option(
    "--samples",
    type=click.IntRange(20, 100_000),
    default=1000,
    show_default=True,
    help="Bootstrap samples of the intervals.",
)
"""The option of whatever draws bootstrap samples."""


@click.command(short_help="Measure tapes against truth.")
@click.argument("tapes", type=_PATH, nargs=-1, required=True, metavar="TAPE...")
@click.option("--truth", type=_PATH, required=True, help="A tape, or a dataset's file, of labelled people.")
@click.option("--common", is_flag=True, help="Compare only the joints that all of them have.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with a row a tape and number.")
@SAMPLES
@click.option("--report", type=_PATH, metavar="DIR", help="Write a page and Markdown with plots to a folder.")
@click.option("--images", type=_PATH, metavar="PATH", help="The images' folder, or the video, for --report.")
@click.option("--force", is_flag=True, help="Write the report to a folder that has other files, too.")
def evaluate(
    *,
    tapes: tuple[Path, ...],
    truth: Path,
    common: bool,
    as_json: bool,
    as_csv: bool,
    samples: int,
    report: Path | None,
    images: Path | None,
    force: bool,
) -> None:
    """Measure how right the poses of tapes are. docs/evaluation.md says what each number means.

    Truth may be a tape, COCO keypoints, PoseTrack18, LSP or MPII as JSON; so may each TAPE, or COCO results.
    Intervals are 95% of bootstrap samples over the images.

    A report shows the worst frames on the tapes' own pictures, or on those of --images.

    \b
    Examples:
      posetui evaluate run.mcap --truth truth.mcap
      posetui evaluate movenet.mcap openpose.mcap --truth person_keypoints_val2017.json --common
      posetui evaluate results.json --truth person_keypoints_val2017.json --json
      posetui evaluate a.mcap b.mcap --truth truth.json --report report --images val2017
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.evaluating import print_found

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if report is None and (images is not None or force):
        raise click.UsageError("--images and --force need --report")
    request = None if report is None else _request(report, images, force=force)
    found = _evaluated(tapes, truth, request, common=common, samples=samples)
    print_found(found, as_json=as_json, as_csv=as_csv)
    if request is not None:
        click.echo(f"wrote {safe_text(request.page)}", err=as_json or as_csv)


def _evaluated(
    tapes: Sequence[Path], truth: Path, request: Request | None, *, common: bool, samples: int
) -> Evaluation:
    """Read all files, measure, and write the report that is asked for."""
    from posetui.engine.loading import loaded
    from posetui.evaluation.summary import evaluate as evaluate_recordings

    steps = 2 * len(tapes) + 1
    if request is not None:
        from posetui.reports.pictures import check_pairing
        from posetui.reports.report import STEPS, Truth, write_report

        steps += STEPS
    with named_steps(steps) as tell:
        tell(f"reading {truth.name}")
        labelled = loaded(truth, truth.name, truth=True)
        subjects = []
        for path, name in zip(tapes, _names(tapes), strict=True):
            tell(f"reading {name}")
            subjects.append(loaded(path, name))
        if request is not None:
            check_pairing(request.images, [*subjects, labelled])
        recordings = [one.recording for one in subjects]
        found = evaluate_recordings(labelled.recording, recordings, common=common, samples=samples, tell=tell)
        if request is not None:
            whole = replace(request, numbers={"evaluation": found.to_dict()})
            write_report(whole, subjects, Truth(labelled, found), tell)
    return found


def _request(folder: Path, images: Path | None, *, force: bool) -> Request:
    """Return what is asked for; what cannot be is refused before anything is read."""
    from posetui.reports.report import Request, check

    request = Request(folder, shlex.join(["posetui", *sys.argv[1:]]), images, force)
    check(request)
    return request


def _names(tapes: Sequence[Path]) -> list[str]:
    """Return short names; whole paths where two would be the same."""
    short = [path.name for path in tapes]
    return [name if short.count(name) == 1 else str(path) for name, path in zip(short, tapes, strict=True)]
