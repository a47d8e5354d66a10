"""`posetui models`: what ships, under which licence, and whether the files are still as shipped."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from posetui import weights

if TYPE_CHECKING:
    from collections.abc import Sequence

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(name="models", invoke_without_command=True)
@_JSON
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the weights that ship: size, licence, source and checksum state.

    \b
    Examples:
      posetui models
      posetui models --json
      posetui models verify
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    if context.invoked_subcommand is None:
        _show(as_json)
    else:
        context.obj = as_json


@models.command()
@_JSON
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Hash every weight file again; exit code 1 if one is missing or changed."""
    states = _show(as_json or context.obj is True)
    if any(state != "ok" for state in states):
        context.exit(1)


def _show(as_json: bool) -> Sequence[weights.State]:
    rows = [(weight, weights.check(weight)) for weight in weights.manifest()]
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows)
    return [state for _, state in rows]


def _print_json(rows: Sequence[tuple[weights.Weight, weights.State]]) -> None:
    listed = [{**asdict(weight), "path": str(weight.path), "state": state} for weight, state in rows]
    ok = all(state == "ok" for _, state in rows)
    click.echo(json.dumps({"ok": ok, "models": listed}, ensure_ascii=False, indent=2))


def _print_table(rows: Sequence[tuple[weights.Weight, weights.State]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("licence", no_wrap=True)
    table.add_column("source", overflow="fold")
    table.add_column("checksum", no_wrap=True)
    for weight, state in rows:
        table.add_row(
            Text(weight.name),
            Text(f"{weight.size / 1e6:.1f} MB"),
            Text(weight.licence),
            Text(weight.origin),
            Text(state, style="green" if state == "ok" else "bold red"),
        )
    console = Console()
    console.print(table)
    wrong = [weight.file for weight, state in rows if state != "ok"]
    total = sum(weight.size for weight, _ in rows) / 1e6
    if wrong:
        console.print(Text(f"{len(wrong)} of {len(rows)} files are not as shipped: {', '.join(wrong)}"))
    else:
        console.print(Text(f"{len(rows)} files, {total:.1f} MB, all as shipped"))
