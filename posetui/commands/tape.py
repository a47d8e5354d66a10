"""`posetui tape`: what a tape holds, whether it is whole, what can be saved of it, and how it came about."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from posetui.commands.export import export
from posetui.commands.import_ import import_command
from posetui.commands.rerun import rerun

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_TAPE = click.argument("tape", type=click.Path(path_type=Path))


@click.group(name="tape")
def tape() -> None:
    """Look into a tape, check it, repair it, run it again.

    \b
    Examples:
      posetui tape info run.mcap
      posetui tape verify run.mcap
      posetui tape repair broken.mcap -o whole.mcap
      posetui tape rerun run.mcap
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is


tape.add_command(export)
tape.add_command(import_command)
tape.add_command(rerun)


@tape.command()
@_TAPE
@_JSON
def info(tape: Path, as_json: bool) -> None:
    """Show duration, frames, people, backends, events and gaps."""
    from posetui.tapes.reader import Tape
    from posetui.tapes.summing import describe

    with Tape.open(tape) as opened:
        found = describe(opened)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print_info(found)


@tape.command()
@_TAPE
@_JSON
@click.pass_context
def verify(context: click.Context, tape: Path, as_json: bool) -> None:
    """Check every checksum, message, time and index; exit code 1 if something is wrong."""
    from posetui.tapes.checking import check

    checked = check(tape)
    if as_json:
        click.echo(json.dumps({"ok": not checked.problems, **asdict(checked)}, ensure_ascii=False, indent=2))
    else:
        for problem in checked.problems:
            click.echo(f"{problem}.")
        counts = ", ".join(f"{count:,} of {topic}" for topic, count in sorted(checked.messages.items()))
        state = "the tape is damaged" if checked.problems else "the tape is whole"
        click.echo(f"{checked.chunks:,} chunks, messages: {counts or 'none'}; {state}.")
        if checked.problems:
            click.echo("`posetui tape repair` writes a new tape of what is whole.")
    if checked.problems:
        context.exit(1)


@tape.command()
@_TAPE
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The new tape.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@_JSON
def repair(tape: Path, output: Path, force: bool, as_json: bool) -> None:
    """Write a finished tape of what can be read of a damaged one."""
    from posetui.tapes.repairing import repair as repair_tape
    from posetui.text import safe_text

    saved = repair_tape(tape, output, force=force)
    if as_json:
        click.echo(json.dumps({"path": str(output), **asdict(saved)}, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{safe_text(output)}: {saved.frames:,} frames, {saved.seconds:.1f} s, {saved.events:,} events, "
        f"{saved.images:,} pictures, {saved.heat_maps:,} with heat maps, {saved.corrections:,} corrections."
    )
    click.echo(
        f"Lost: {saved.lost_bytes:,} bytes, {saved.lost_chunks:,} chunks, {saved.lost_messages:,} messages."
    )


def _print_info(found: dict[str, Any]) -> None:
    from posetui.commands.tables import print_table

    header = found["header"]
    model = " ".join(part for part in (header["model"], header["model_sha256"][:12]) if part)
    rows = {
        "tape": found["path"],
        "size": f"{found['bytes'] / 1e6:.1f} MB",
        "recorded": f"{header['created']}, posetui {header['version']}",
        "source": f"{header['source']} ({header['source_kind']})",
        "picture": "x".join(str(side) for side in header["size"]),
        "duration": f"{found['seconds']:.1f} s",
        "frames": _frames(found),
        "people": f"at most {found['people_most']}, {found['tracks']} tracks",
        "backends": _counts(found["backends"]) or header["backend"],
        "model": model,
        "device": header["device"],
        "skeletons": ", ".join(header["skeletons"]),
        "corrected": _corrected(found["corrections"]),
        "events": _counts(found["events"]),
        "gaps": ", ".join(f"{gap['seconds']:.1f} s at {gap['at']:.1f} s" for gap in found["gaps"][:10]),
        "note": header["note"],
        "damage": found["damage"]["text"] if found["damage"] else "",
    }
    print_table(["what", "value"], [[name, value or "none"] for name, value in rows.items()])


def _frames(found: dict[str, Any]) -> str:
    seconds, frames = found["seconds"], found["frames"]
    rate = f", {(frames - 1) / seconds:.1f} a second" if seconds > 0 else ""
    images = f", {found['images']:,} with pictures" if found["images"] else ""
    heat = f", {found['heat_maps']:,} with heat maps" if found["heat_maps"] else ""
    people = f"{found['frames_with_people']:,} with people"
    return f"{frames:,}{rate}, {people}, {found['dropped']:,} dropped{images}{heat}"


def _corrected(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    by = ", ".join(one or "somebody" for one in found["by"])
    return f"{found['frames']:,} frames by {by}, {found['checked']:,} of them checked"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
