"""`posetui replay`: the app on a tape."""

from __future__ import annotations

from pathlib import Path

import click

from posetui.settings import resolve


@click.command(short_help="Play a tape in the app.")
@click.argument("tape")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 16),
    default=1.0,
    show_default=True,
    help="Times as fast as it was recorded.",
)
@click.option("--loop", is_flag=True, help="Begin again at the end.")
@click.option("--start", metavar="TIME", help="Where to begin, in seconds or as 1:23.5.")
@click.option("--video", metavar="FILE", help="Show this video beneath the poses.")
@click.option(
    "--truth", metavar="FILE", help="Show how far this is from the poses: a tape, or a dataset's file."
)
@click.option("--corrected", is_flag=True, help="Show poses as people corrected them, where they did.")
@click.pass_context
def replay(
    ctx: click.Context,
    *,
    tape: str,
    speed: float,
    loop: bool,
    start: str | None,
    video: str | None,
    truth: str | None,
    corrected: bool,
) -> None:
    """Play TAPE: the same screen as of a camera, with a bar that shows where the tape stands.

    In the app, space plays and pauses, . and , step, [ and ] go a second, page keys ten, digits to that
    many tenths; < and > change the speed, L loops, a repeats a part, m marks, { and } jump between marks
    and events; the mouse on the bar goes anywhere. Other settings stand before the command or in the
    config file.

    With --truth, which is what posetui evaluate takes, labelled people are drawn dotted, the joints panel has
    the error of each joint and the bar that of the tape, in percent of the torso; n goes to the worst
    frame, then to the next worst, N back.

    \b
    Examples:
      posetui replay run.mcap
      posetui replay run.mcap --speed 0.25 --start 1:20 --loop
      posetui replay run.mcap --video run.mp4
      posetui replay run.mcap --truth truth.mcap
      posetui --background none replay run.mcap
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.commands.main import open_app
    from posetui.sources.checks import check_tape

    check_tape(Path(tape))
    # A tape by any other name, `0` or `demo`, is a file here.
    source = tape if Path(tape).is_absolute() else f"./{tape}"
    given: dict[str, str | bool | None] = {"source": source, "start": start, "video": video}
    chosen = {name: value for name, value in given.items() if value is not None}
    flags = {**(ctx.obj or {}), **chosen, **({"loop": True} if loop else {})}
    ctx.exit(open_app(resolve(flags).values, speed, truth=truth, corrected=corrected))
