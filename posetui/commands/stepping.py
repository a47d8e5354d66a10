"""A progress bar for work that is done item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from posetui.commands.quiet import quiet_stderr
from posetui.text import safe_text


@contextmanager
def steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what shows how much is done, of how much; on a terminal only, elsewhere nothing is shown.

    Meanwhile what native libraries say goes to the log: decoders tell of each damaged picture themselves.
    """
    with quiet_stderr() as stderr:
        if stderr.isatty():
            with _bar(what, stderr) as tell:
                yield tell
        else:
            yield lambda _done, _total: None


@contextmanager
def _bar(what: str, stderr: TextIO) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), MofNCompleteColumn())
    left, console = TimeRemainingColumn(), Console(file=stderr)
    with Progress(*columns, left, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(safe_text(what, 40), total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield tell
