"""`posetui cast`: the app on a terminal of its own, recorded as an asciicast or an animated SVG."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from posetui.errors import CastError, SettingsError
from posetui.readers import seconds as read_seconds
from posetui.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from posetui.casting.asciicast import Cast, CastWriter

_PATH = click.Path(path_type=Path, dir_okay=False)
_CAST = ".cast"
_FEW_DOTS = 20
_LONGEST_GAP_S = 1.0
"""Nobody wants to look at a network being loaded for longer."""


def _cells(ctx: click.Context, parameter: click.Parameter, value: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,3})[xX×](\d{2,3})", value)
    if found is None or int(found[1]) < 40 or int(found[2]) < 12:
        raise click.BadParameter(f"{value!r} is not a size such as 120x40, at least 40x12")
    return int(found[1]), int(found[2])


def _time(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else read_seconds(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 12.5 or 1:23.5") from None


@click.command(short_help="Record the app itself: asciicast, animated SVG.")
@click.argument("source")
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="The asciicast.")
@click.option("--svg", type=_PATH, metavar="FILE", help="An animated SVG of it, for READMEs.")
@click.option("--cast-version", type=click.Choice(["2", "3"]), default="2", show_default=True, help="Format.")
@click.option(
    "--size", metavar="WxH", default="120x40", show_default=True, callback=_cells, help="Columns and rows."
)
@click.option("--seconds", metavar="TIME", callback=_time, help="Stop after so long; else at the end.")
@click.option(
    "--rate",
    type=click.FloatRange(1, 60),
    default=12.0,
    show_default=True,
    help="Pictures a second, at most.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.pass_context
def cast(
    ctx: click.Context,
    *,
    source: str,
    output: Path | None,
    svg: Path | None,
    cast_version: str,
    size: tuple[int, int],
    seconds: float | None,
    rate: float,
    force: bool,
) -> None:
    """Run the app on SOURCE or a tape, on a terminal that nobody sees, and write what it shows.

    An asciicast plays with asciinema and on its web player; an SVG moves in any browser, also on a page that
    runs no scripts. Ctrl-C ends a cast well; of one that was killed, all up to there can be played. Of a
    cast that exists, FILE.cast in place of SOURCE, --svg makes the SVG. A small SVG has few people, no
    background and few pictures a second. Other settings stand before the command or in the config file.

    \b
    Examples:
      posetui cast demo -o demo.cast
      posetui --max-people 4 cast run.mp4 -o run.cast --size 160x50 --seconds 20
      posetui --background none cast run.mcap --svg run.svg --size 100x30 --rate 8
      posetui cast demo.cast --svg demo.svg
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    if output is None and svg is None:
        raise click.UsageError("Nothing is to be written: add -o FILE.cast or --svg FILE.svg")
    for path in (output, svg):
        if path is not None and path.exists() and not force:
            raise CastError(f"There is a file {path} already", "Add --force to replace it")
    if svg is not None:
        _check_svg()
    if source.endswith(_CAST) and Path(source).is_file():
        if output is not None:
            raise click.UsageError(f"{source} is a cast already: --svg makes an SVG of it")
        _draw(Path(source), svg, rate, force=force)
        return
    version: Literal[2, 3] = 3 if cast_version == "3" else 2
    with tempfile.TemporaryDirectory() as folder:
        path = output or Path(folder) / "posetui.cast"
        code = _run(_Plan(source, path, version, size, seconds, rate, force), ctx.obj or {})
        _draw(path, svg, rate, force=force)
    ctx.exit(code)


def _check_svg() -> None:
    from importlib.util import find_spec

    if find_spec("pyte") is None:
        remedy = "Install it with: pip install 'posetui[svg]'"
        raise CastError("--svg needs pyte, which is not installed", remedy)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is cast, where to and how."""

    source: str
    path: Path
    version: Literal[2, 3]
    size: tuple[int, int]
    seconds: float | None
    rate: float
    force: bool


def _run(plan: _Plan, flags: Mapping[str, str | bool | None]) -> int:
    """Cast; return the exit code. Raises PosetuiError for what could not even begin."""
    from posetui.backends.opening import check_backend
    from posetui.casting.asciicast import CastWriter
    from posetui.commands.headless import interrupts
    from posetui.commands.stepping import steps
    from posetui.sources.opening import check_source, display_title, kind_of
    from posetui.text import redact, safe_text

    if plan.source == "-":
        raise SettingsError("cast takes no pictures from standard input", "Name a source")
    flags = {**flags, "source": plan.source}
    settings = resolve(flags).values
    if kind_of(plan.source) != "tape":
        check_backend(settings.backend)
    check_source(plan.source)
    title = f"posetui {safe_text(redact(display_title(plan.source)))}"
    writer = CastWriter(
        plan.path, plan.size, version=plan.version, title=title, force=plan.force, longest_gap=_LONGEST_GAP_S
    )
    with interrupts() as received:
        try:
            with steps("casting, seconds") as tell:
                code = _watch(plan, flags, writer, tell)
        except KeyboardInterrupt:
            code = 128 + received[0] if received else 130
        finally:
            writer.close()
    if writer.error:
        raise writer.error
    if plan.path.exists():
        click.echo(f"{writer.seconds:.1f} s, {writer.bytes / 1e6:.2f} MB", err=True)
    return code


def _watch(
    plan: _Plan,
    flags: Mapping[str, str | bool | None],
    writer: CastWriter,
    tell: Callable[[int, int | None], None],
) -> int:
    """Run the app until it has ended or there is enough of it; return the exit code."""
    from posetui.casting.session import run_in_terminal

    total = None if plan.seconds is None else max(1, round(plan.seconds))
    done = False

    def take(text: str) -> bool:
        nonlocal done
        if not done:
            writer.output(text)
            over = plan.seconds is not None and writer.seconds >= plan.seconds
            done = over or writer.left or writer.error is not None
            tell(int(writer.seconds), total)
        return not done

    with tempfile.TemporaryFile() as stderr:
        code = run_in_terminal(
            [sys.executable, "-m", "posetui", *words_of(flags), "--until-end"],
            plan.size,
            take,
            rate=plan.rate,
            stderr=stderr,
        )
        if code:
            stderr.seek(0)
            click.echo(stderr.read().decode("utf-8", "replace").strip(), err=True)
    return 1 if code < 0 else code


def words_of(flags: Mapping[str, str | bool | None]) -> list[str]:
    """Return settings as the words of a command line."""
    words: list[str] = []
    for name, value in flags.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        elif value is not None:
            words += [f"--{flag}", value]
    return words


def _first_picture(cast: Cast) -> float:
    """Return the second of the first skeleton: where nothing moves, the first picture is all that is seen."""
    dots = 0
    for at, _, data in cast.events:
        dots += sum("\u2800" < character <= "\u28ff" for character in data)
        if dots > _FEW_DOTS:
            return at
    return 0.0


def _draw(cast: Path, svg: Path | None, rate: float, *, force: bool) -> None:
    if svg is None:
        return
    from posetui.casting.asciicast import read_cast
    from posetui.casting.svg import write_svg

    made = read_cast(cast)
    size = write_svg(made, svg, rate=rate, since=_first_picture(made), force=force)
    click.echo(f"{svg}: {size / 1e6:.2f} MB", err=True)
