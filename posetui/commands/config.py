"""`posetui config`: the settings in force, where each came from, and a config file to start with."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import click

from posetui.commands.clicking import show
from posetui.commands.tables import print_table
from posetui.errors import SettingsError
from posetui.paths import config_file
from posetui.settings import OPTIONS, ResolvedSettings, resolve
from posetui.text import safe_text


@click.command(short_help="Show the settings in force and where each came from.")
@click.option("--init", "init", is_flag=True, help="Write a config file in which every setting is a comment.")
@click.option("--force", is_flag=True, help="With --init: replace the config file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def config(ctx: click.Context, init: bool, force: bool, as_json: bool) -> None:
    """Show the path of the config file, the settings in force, and where each came from.

    Values come, in rising order, from: the default, the config file, the environment (POSETUI_THRESHOLD=0.4,
    NO_COLOR), the flags before `config`.
    """
    path = config_file()
    if init:
        _write(path, force=force)
        click.echo(f"Wrote {safe_text(path, 1000)}")
        return
    if force:
        raise click.UsageError("--force goes with --init")
    resolved = resolve(ctx.obj)
    if as_json:
        _print_json(path, resolved)
        return
    note = "" if path.is_file() else " (not there; posetui config --init writes one)"
    click.echo(f"Config file: {safe_text(path, 1000)}{note}\n")
    rows = [
        [option.name, show(_value(resolved, option.name)) or "-", resolved.origins[option.name]]
        for option in OPTIONS
    ]
    print_table(
        ["setting", "value", "from"], rows, color=resolved.values.color, styles={"default": "dim", "-": "dim"}
    )


def template() -> str:
    """Return a config file in which every setting stands as a comment with its default."""
    lines = [
        "# Settings of posetui. To change one, remove the # before its name.",
        "# An empty text means: not set. Flags and POSETUI_... variables win over this file.",
    ]
    group = ""
    for option in OPTIONS:
        if option.group != group:
            group = option.group
            lines += ["", f"# ---- {group}"]
        lines.append("")
        lines += textwrap.wrap(
            f"{option.help}: {option.expects}.", 98, initial_indent="# ", subsequent_indent="# "
        )
        lines.append(f"#{option.name} = {_toml(option.default)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    return '""' if value is None else json.dumps(value)  # JSON's scalars are TOML's


def _write(path: Path, *, force: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise SettingsError(f"{path} is already there", "Add --force to replace it") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error


def _value(resolved: ResolvedSettings, name: str) -> object:
    value = getattr(resolved.values, name)
    if name != "source" or value is None:
        return value
    from posetui.sources.checks import is_url, redacted_url

    return redacted_url(value) if is_url(value) else safe_text(value)


def _print_json(path: Path, resolved: ResolvedSettings) -> None:
    settings = {
        option.name: {"value": _value(resolved, option.name), "from": resolved.origins[option.name]}
        for option in OPTIONS
    }
    click.echo(json.dumps({"path": str(path), "exists": path.is_file(), "settings": settings}, indent=2))
