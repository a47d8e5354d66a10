"""The command `posetui`: read the settings, then open the app, or run without a screen."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

import click

from posetui.commands.clicking import HeadedOption, LazyGroup, setting_options
from posetui.errors import SettingsError, TerminalError
from posetui.settings import Settings, resolve
from posetui.version import __version__

Output = Literal["table", "json", "jsonl"]

_LAZY = {
    "annotate": ("posetui.commands.annotate:annotate", "Correct keypoints by hand, and make truth of them."),
    "cast": ("posetui.commands.cast:cast", "Record the app itself: asciicast, animated SVG."),
    "compare": ("posetui.commands.compare:compare", "Run several backends on the same frames."),
    "config": ("posetui.commands.config:config", "Show the settings in force and where each came from."),
    "data": ("posetui.commands.data:data", "Prepare image sets: check, resize, convert, split."),
    "doctor": ("posetui.commands.doctor:doctor", "Check terminal, cameras, weights and libraries."),
    "evaluate": ("posetui.commands.evaluate:evaluate", "Measure tapes against truth."),
    "heatmap": ("posetui.commands.heatmap:heatmap", "Draw what a network sees, joint by joint."),
    "models": ("posetui.commands.models:models", "List and verify the weights that ship."),
    "record": ("posetui.commands.record:record", "Record a source to a tape, every frame of it."),
    "render": ("posetui.commands.render:render", "Draw a source or a tape to a video."),
    "replay": ("posetui.commands.replay:replay", "Play a tape in the app."),
    "serve": ("posetui.commands.serve:serve", "Show the app in a browser."),
    "tape": ("posetui.commands.tape:tape", "Look into a tape, check, repair, export and import."),
}

_EXAMPLES = """\b
Examples:
  posetui                                       pick a source
  posetui --source 0 --flip                     the first camera, as a mirror
  posetui --source demo --max-people 4 --loop   the clip that ships
  posetui --source rtsp://10.0.0.7/live         a stream
  posetui --source run.mp4 --start 1:20 --end 1:35
  posetui --source run.mp4 --every-frame --json > run.json
  posetui --source 0 --jsonl | jq .poses[0].score
  posetui replay run.mcap --speed 0.5           a tape, at half the speed
  posetui cast demo -o demo.cast                the terminal itself, for a README
  posetui heatmap demo -o maps.png              what the network sees, joint by joint
  ffmpeg -i run.mkv -f mjpeg - | posetui --source - --headless

Every option may stand in the config file, too: see posetui config.
"""


def _outputs() -> list[click.Parameter]:
    heading = "Without a screen"
    return [
        HeadedOption(["--headless"], heading=heading, is_flag=True, help="Show progress, end with a table."),
        HeadedOption(
            ["--json", "as_json"], heading=heading, is_flag=True, help="Print one JSON object at the end."
        ),
        HeadedOption(
            ["--jsonl"], heading=heading, is_flag=True, help="Print one pose frame a line as it happens."
        ),
    ]


def _recording() -> list[click.Parameter]:
    heading = "Tapes"
    return [
        HeadedOption(
            ["--record"],
            heading=heading,
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Record to this tape, beside whatever else is done.",
        ),
        HeadedOption(["--force"], heading=heading, is_flag=True, help="Replace a tape that exists."),
    ]


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"posetui {__version__}")
        ctx.exit()


@click.pass_context
def _run(
    ctx: click.Context,
    /,
    *,
    headless: bool,
    as_json: bool,
    jsonl: bool,
    record: Path | None,
    force: bool,
    until_end: bool,
    **flags: str | bool | None,
) -> None:
    ctx.obj = flags
    outputs: list[tuple[bool, Output, str]] = [
        (as_json, "json", "--json"),
        (jsonl, "jsonl", "--jsonl"),
        (headless, "table", "--headless"),
    ]
    asked = [(output, flag) for given, output, flag in outputs if given]
    taping = [(record is not None, "--record"), (force, "--force")]
    before = [*(flag for _, flag in asked), *(flag for given, flag in taping if given)]
    if ctx.invoked_subcommand is not None:
        if before:
            raise click.UsageError(
                f"{before[0]} does not go before a command: posetui {ctx.invoked_subcommand} --help"
            )
        return
    if as_json and jsonl:
        raise click.UsageError("--json and --jsonl exclude each other")
    settings = resolve(flags).values
    _check_record(settings, record, force=force)
    if asked:
        from posetui.commands.headless import run_headless

        ctx.exit(run_headless(settings, asked[0][0], record, force=force))
    ctx.exit(open_app(settings, record=record, force=force, until_end=until_end))


def _check_record(settings: Settings, record: Path | None, *, force: bool) -> None:
    """Raise what can be told before anything heavy is loaded."""
    if record is None:
        return
    from posetui.sources.opening import kind_of
    from posetui.tapes.naming import taken

    if settings.source is not None and kind_of(settings.source) == "tape":
        raise SettingsError("A tape is not recorded once more", "Leave out --record")
    if record.is_file() and not force:
        raise taken(record)


def open_app(
    settings: Settings,
    speed: float = 1.0,
    *,
    truth: str | None = None,
    corrected: bool = False,
    record: Path | None = None,
    force: bool = False,
    until_end: bool = False,
) -> int:
    """Run the app until the user leaves; return the exit code.

    Args:
        settings: what to show, and how.
        speed: times as fast as recorded, of a tape.
        truth: what the tape is measured against.
        corrected: show the tape as people corrected it.
        record: the tape that the first source is recorded to.
        force: replace a tape that is there.
        until_end: leave when the source ends.

    Raises:
        TerminalError: there is no terminal, or none that can show it.

    """
    from posetui.tui.web import in_browser

    if not in_browser():
        # `--source -` reads its pictures from standard input; the app then takes its keys from /dev/tty.
        check_terminal("Add --headless, --json or --jsonl", stdin=settings.source != "-")
    from posetui.tui.launch import launch

    left = launch(
        settings, speed, truth=truth, corrected=corrected, record=record, force=force, until_end=until_end
    )
    # A page in a browser ends with the app that it showed.
    while left.to_correct is not None and not in_browser():
        from posetui.commands.correcting import correct

        place = left.to_correct.seconds
        settings, code, notice = correct(left.to_correct, settings)
        if code:
            return code
        if not notice:
            truth, corrected = None, True
        left = launch(settings, speed, truth=truth, corrected=corrected, place=place, notice=notice)
    return left.code


def check_terminal(remedy: str, *, stdin: bool = True) -> None:
    """Raise TerminalError, with what to do without a screen, where there is no terminal that can show one.

    Args:
        remedy: what to do instead.
        stdin: keys come from standard input.

    """
    if not sys.stdout.isatty() or (stdin and not sys.stdin.isatty()):
        raise TerminalError("This is not a terminal", remedy)
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise TerminalError(
            "TERM is unset or dumb, so the terminal cannot show the app", f"Set TERM. {remedy}"
        )


cli = LazyGroup(
    name="posetui",
    callback=_run,
    invoke_without_command=True,
    lazy=_LAZY,
    params=[
        *setting_options(),
        *_recording(),
        *_outputs(),
        click.Option(["--until-end"], is_flag=True, hidden=True),  # for who looks on from outside: cast
        HeadedOption(
            ["--version"],
            heading="Other",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Show the version and exit.",
        ),
    ],
    help="htop for human pose: watch cameras, streams and videos as skeletons in the terminal.",
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
