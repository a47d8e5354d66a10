"""Start the program, and end it well: one sentence on stderr and an exit code for whatever goes wrong.

Exit codes: 0 done; 1 it failed; 2 what the user asked for cannot be done (bad flag, source, ...);
130 ended by Ctrl-C; 143 ended by SIGTERM. A reader that closes the pipe (`posetui --jsonl | head -1`)
ends it quietly with 0.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

import click

from posetui.errors import PosetuiError
from posetui.text import redact, safe_text

INTERRUPTED = 130


def main() -> NoReturn:
    """Run `posetui` with the arguments of this process and exit."""
    code = run(sys.argv[1:])
    if any(thread.daemon for thread in threading.enumerate()):
        # One of them may be inside a native library (a stream that does not answer): ending the interpreter
        # beneath it would abort the process.
        _flush()
        os._exit(code)
    sys.exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def run(arguments: Sequence[str]) -> int:
    """Run `posetui` and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a locale without our glyphs must not end the program
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except PosetuiError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as error:
        return _say(_one_line(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # What is left in the buffer has no reader: keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _invoke(arguments: Sequence[str]) -> int:
    from posetui.commands.main import cli

    if "_POSETUI_COMPLETE" in os.environ:  # a shell asks for completions
        cli.main(list(arguments), prog_name="posetui")
    try:
        # `cli.main` would turn Ctrl-C and a closed pipe into its own exits.
        with cli.make_context("posetui", list(arguments)) as context:
            cli.invoke(context)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    return 0


def _one_line(error: click.ClickException) -> str:
    return " ".join(error.format_message().split())


def _say(message: str, code: int) -> int:
    ending = "" if message.endswith((".", "?", "!")) else "."
    click.echo(f"posetui: {safe_text(redact(message), 600)}{ending}", err=True)
    return code


if __name__ == "__main__":
    main()
