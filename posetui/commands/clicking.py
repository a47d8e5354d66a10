"""What click lacks: headings over groups of options, and subcommands that load when they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from posetui.settings import OPTIONS, Option

_FLAG_COLUMN = 30


class HeadedOption(click.Option):
    """An option that stands under a heading in the help."""

    def __init__(self, declarations: Sequence[str], *, heading: str, **attributes: Any) -> None:  # noqa: ANN401 - click's own signature
        super().__init__(declarations, **attributes)
        self.heading = heading


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are used.

    Args:
        lazy: by name of a subcommand, `module:attribute` and its one line of help.

    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **attributes: Any) -> None:  # noqa: ANN401 - click's own signature
        super().__init__(*args, **attributes)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        return sorted(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand, or None when there is none of this name."""
        if cmd_name not in self.lazy:
            return None
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - our own table names it
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.lazy[name][1]) for name in self.list_commands(ctx)])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, then the subcommands."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "heading", "Other"), []).append(record)
        # One left column for all headings; click gives longer flags a line of their own.
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(flag.ljust(_FLAG_COLUMN), text) for flag, text in records], col_max=_FLAG_COLUMN
                )
        self.format_commands(ctx, formatter)


def setting_option(option: Option) -> HeadedOption:
    """Return the flag of one setting; unset it gives None, so that it overrides nothing."""
    default = show(option.default)
    help_text = f"{option.help}." + (f"  [default: {default}]" if default else "")
    if not option.metavar:
        off = option.flag.replace("--", "--no-", 1)
        return HeadedOption([f"{option.flag}/{off}"], heading=option.group, default=None, help=help_text)
    return HeadedOption(
        [option.flag],
        heading=option.group,
        metavar=option.metavar,
        default=None,
        help=help_text,
        shell_complete=lambda ctx, parameter, incomplete: [
            choice for choice in option.choices if choice.startswith(incomplete)
        ],
    )


def setting_options() -> list[click.Parameter]:
    """Return the flags of all settings."""
    return [setting_option(option) for option in OPTIONS]


def show(value: object) -> str:
    """Return a setting's value as the user types it; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "x".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
