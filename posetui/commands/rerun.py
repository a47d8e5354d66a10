"""`posetui tape rerun`: the frames of a tape through its own backend again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from posetui.engine.differing import Difference
    from posetui.engine.rerunning import Rerun


@click.command()
@click.argument("tapes", nargs=-1, required=True, metavar="TAPE...", type=click.Path(path_type=Path))
@click.option("--backend", metavar="NAME", help="Another backend than the one that the tape names.")
@click.option("--video", metavar="FILE", help="What a tape without pictures was made from.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def rerun(
    context: click.Context, tapes: tuple[Path, ...], backend: str | None, video: str | None, as_json: bool
) -> None:
    """Estimate a tape's own frames again, with its own backend, and compare the poses.

    Exit code 0: all are identical, to the precision of tapes. 1: there are differences; the first is
    shown, and what may have made it. 2: the tape cannot be run again. Parts of a recording that was split
    are named together, in their order.

    \b
    Examples:
      posetui tape rerun run.mcap
      posetui tape rerun run-001.mcap run-002.mcap
      posetui tape rerun poses-only.mcap --video run.mp4
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.stepping import steps
    from posetui.engine.rerunning import rerun as run_again

    with steps("estimating again") as progress:
        result = run_again(tapes, backend=backend, video=video, progress=progress)
    if as_json:
        click.echo(json.dumps(_plain(result), ensure_ascii=False, indent=2))
    else:
        for line in _lines(result):
            click.echo(line)
    if not result.identical:
        context.exit(1)


def _plain(result: Rerun) -> dict[str, object]:
    return {
        "identical": result.identical,
        "backend": result.backend.chosen,
        "model": result.backend.model,
        "device": result.backend.device,
        "frames": result.frames,
        "left_out": result.left_out,
        "differing": result.differing,
        "first": None if result.first is None else asdict(result.first),
        "reasons": result.reasons,
    }


def _lines(result: Rerun) -> list[str]:
    ran = f"{result.frames:,} frames, {result.backend.chosen} on {result.backend.device}"
    if result.identical:
        return [f"identical: {ran}"]
    lines = []
    if result.first is not None:
        lines += [f"different in {result.differing:,} of {ran}", f"first: {_sentence(result.first)}"]
    else:
        lines.append(f"identical as far as it could be compared: {ran}; {result.left_out:,} left out")
    reasons = result.reasons or ["it is not known: nothing that the tape says has changed"]
    return [*lines, *(f"because: {reason}" for reason in reasons)]


def _sentence(first: Difference) -> str:
    where = f"frame {first.frame:,} at {first.seconds:.2f} s"
    if first.person is not None:
        where += f", person {first.person + 1}"
    if first.what == "joint":
        by = f"{first.pixels:.2f} px and {first.confidence:.4f} of confidence away"
        return f"{where}, {first.joint}: {by}: {first.recorded} on the tape, {first.found} now"
    name = {"people": "number of people", "id": "number of the person", "side": "left and right exchanged"}
    return f"{where}, {name.get(first.what, first.what)}: {first.recorded} on the tape, {first.found} now"
