"""`posetui doctor`: can the app run here, and what is to be done if not."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from posetui.commands.checks import Check, all_checks
from posetui.commands.quiet import quiet_stderr
from posetui.commands.tables import print_table
from posetui.commands.terminal_checks import terminal_checks
from posetui.text import redact, safe_text

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "not judged": "dim"}


@click.command(short_help="Check terminal, cameras, weights and libraries.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check terminal, settings, weights, libraries and cameras, and say what to do about each failure.

    The exit code is 1 if the app could not run.
    """
    with quiet_stderr():
        checks = [*terminal_checks(os.environ), *all_checks(ctx.obj)]
    failed = any(check.state == "fail" for check in checks)
    if as_json:
        click.echo(json.dumps({"ok": not failed, "checks": [_plain(check) for check in checks]}, indent=2))
    else:
        rows = [[check.state, check.name, redact(check.found), redact(check.remedy)] for check in checks]
        print_table(
            ["state", "check", "found", "what to do"],
            rows,
            color=not os.environ.get("NO_COLOR"),
            styles=_STYLES,
        )
    ctx.exit(1 if failed else 0)


def _plain(check: Check) -> dict[str, str]:
    return {key: safe_text(redact(value), 600) for key, value in asdict(check).items()}
