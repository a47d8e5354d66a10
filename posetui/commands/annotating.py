"""What `posetui annotate` does: proposals, the screen, what was checked."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posetui.errors import SourceError
from posetui.settings import Settings, resolve
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.annotation.session import Session

_BACKEND = "topdown"
_SUFFIX = ".truth.mcap"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        source: what is annotated, or its truth from before.
        flags: settings of the command line.
        output: the truth's tape, or None for one beside the source.
        images: the folder of a dataset's images.
        video: what lies beneath a tape without pictures.
        sequence: images are the frames of a video.
        limit: the first so many frames only.
        second: a backend whose joints are compared with the proposals.
        author: who corrects.
        export: the file that is written instead of opening the screen.
        force: replace that file.
        rival: the truth of another annotator, whose differences are gone through.

    """

    source: str
    flags: Mapping[str, Any]
    output: Path | None = None
    images: Path | None = None
    video: str | None = None
    sequence: bool = False
    limit: int | None = None
    second: str | None = None
    author: str | None = None
    export: Path | None = None
    force: bool = False
    rival: Path | None = None


def run(request: Request) -> int:
    """Annotate, or export; return the exit code.

    Raises:
        PosetuiError: what is wrong, before anything heavy is done wherever that can be known.

    """
    from posetui.commands.headless import interrupts
    from posetui.tapes.formats.files import refuse_existing

    resolved = resolve(request.flags)
    settings = resolved.values
    if resolved.origins["backend"] == "default":
        settings = replace(settings, backend=_BACKEND)
    if request.export is not None:
        refuse_existing(request.export, force=request.force)
    else:
        from posetui.commands.main import check_terminal

        check_terminal("Add --export FILE")
    truth = truth_of(request)
    with interrupts() as received:
        try:
            session = opened(request, settings, truth)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            return 128 + received[0] if received else 130
    code = 0
    with session:
        if request.export is not None:
            count = session.export(request.export)
            click.echo(f"wrote {safe_text(request.export)}: {count:,} frames of {len(session.document):,}")
        else:
            from posetui.engine.annotating import beneath
            from posetui.tui.annotating.launch import run as show

            if request.rival is not None:
                session.compare_with(request.rival)
            code = show(session, beneath(session), settings, resolving=request.rival is not None)
            click.echo(_summary(session))
        if session.saved_revision != session.document.revision:
            session.save()
    return code


def opened(request: Request, settings: Settings, truth: Path) -> Session:
    """Make proposals where there are none yet, and open the annotation."""
    from posetui.annotation.session import Session
    from posetui.commands.proposing import propose, second_opinion

    source = _beneath(request)
    if not truth.exists():
        source = propose(request, settings, truth) or source
    with ExitStack() as stack:
        session = stack.enter_context(Session(truth, safe_text(request.author or _user()), source))
        second_opinion(request, settings, session)
        stack.pop_all()
        return session


def truth_of(request: Request) -> Path:
    """Return the truth's tape: the one that is named, the source if it is one, or one beside the source."""
    from posetui.annotation.session import is_truth
    from posetui.sources.opening import check_source, kind_of

    if request.output is not None:
        return request.output
    path = Path(request.source)
    if path.is_file() and is_truth(path):
        return path
    if path.suffix.lower() in (".json", ".csv") and path.is_file():
        return path.with_name(path.stem + _SUFFIX)
    check_source(request.source)
    kind = kind_of(request.source)
    if kind in ("camera", "stream", "pipe"):
        raise SourceError(
            f"{safe_text(request.source)} is live, and cannot be looked at twice",
            "Record it with its pictures first: posetui record SOURCE --frames -o TAPE.",
        )
    name = path if path.exists() else Path(request.source.replace(":", "-"))
    if name.name in ("", ".."):
        name = path.resolve()
    return name.with_name((name.stem if path.is_file() or kind == "tape" else name.name) + _SUFFIX)


def _beneath(request: Request) -> str:
    """Return what pictures are taken from, if this call says so."""
    if request.video is not None:
        return str(Path(request.video).resolve()) if Path(request.video).exists() else request.video
    return str(request.images.resolve()) if request.images is not None else ""


def _summary(session: Session) -> str:
    document = session.document
    return (
        f"{safe_text(session.path)}: {document.checked:,} of {len(document):,} frames checked, "
        f"{len(document.done):,} edits"
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody in this container has a name
        return "somebody"
