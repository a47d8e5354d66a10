"""`posetui evaluate`: how right tapes are, measured against truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


@click.command(short_help="Measure tapes against truth.")
@click.argument("tapes", type=_PATH, nargs=-1, required=True, metavar="TAPE...")
@click.option("--truth", type=_PATH, required=True, help="A tape, or a dataset's file, of labelled people.")
@click.option("--common", is_flag=True, help="Compare only the joints that all of them have.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with a row a tape and number.")
@click.option(
    "--samples",
    type=click.IntRange(20, 100_000),
    default=1000,
    show_default=True,
    help="Bootstrap samples of the intervals.",
)
def evaluate(
    *, tapes: tuple[Path, ...], truth: Path, common: bool, as_json: bool, as_csv: bool, samples: int
) -> None:
    """Measure how right the poses of tapes are. docs/evaluation.md says what each number means.

    Truth may be a tape, COCO keypoints, PoseTrack18, LSP or MPII as JSON; so may each TAPE, or COCO results.
    Intervals are 95% of bootstrap samples over the images.

    \b
    Examples:
      posetui evaluate run.mcap --truth truth.mcap
      posetui evaluate movenet.mcap openpose.mcap --truth person_keypoints_val2017.json --common
      posetui evaluate results.json --truth person_keypoints_val2017.json --json
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.evaluating import csv_lines, print_evaluation
    from posetui.engine.loading import load
    from posetui.evaluation.summary import evaluate as evaluate_recordings

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    with _progress(2 * len(tapes) + 1) as tell:
        tell(f"reading {truth.name}")
        labelled = load(truth, truth.name, truth=True)
        recordings = []
        for path, name in zip(tapes, _names(tapes), strict=True):
            tell(f"reading {name}")
            recordings.append(load(path, name))
        found = evaluate_recordings(labelled, recordings, common=common, samples=samples, tell=tell)
    if as_json:
        import json

        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    elif as_csv:
        for line in csv_lines(found):
            click.echo(line)
    else:
        print_evaluation(found)


def _names(tapes: Sequence[Path]) -> list[str]:
    """Return short names; whole paths where two would be the same."""
    short = [path.name for path in tapes]
    return [name if short.count(name) == 1 else str(path) for name, path in zip(short, tapes, strict=True)]


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Give what shows a step, on a terminal; elsewhere nothing is shown."""
    import sys

    from posetui.text import safe_text

    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30))
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("", total=steps)
        begun = -1

        def tell(step: str) -> None:
            nonlocal begun
            begun += 1
            progress.update(task, description=safe_text(step, 40), completed=begun)

        yield tell
