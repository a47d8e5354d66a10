"""Progress bars for work that is done item by item, or step by step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from posetui.commands.quiet import quiet_stderr
from posetui.text import safe_text


@contextmanager
def steps(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Give what shows how much is done, of how much if that is known; on a terminal only.

    Meanwhile what native libraries say goes to the log: decoders tell of each damaged picture themselves.
    """
    with quiet_stderr() as stderr:
        if stderr.isatty():
            with _bar(what, stderr) as tell:
                yield tell
        else:
            yield lambda _done, _total: None


@contextmanager
def _bar(what: str, stderr: TextIO) -> Iterator[Callable[[int, int | None], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), MofNCompleteColumn())
    left, console = TimeRemainingColumn(), Console(file=stderr)
    with Progress(*columns, left, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(safe_text(what, 40), total=None)

        def tell(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total)

        yield tell


@contextmanager
def named_steps(steps: int) -> Iterator[Callable[[str], None]]:
    """Give what shows a step by its name, on a terminal only; of so many steps."""
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
