"""The proposals of `posetui annotate`, and what a second backend says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.errors import TapeError
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.annotation.session import Session
    from posetui.commands.annotating import Request
    from posetui.engine.material import Material
    from posetui.settings import Settings


def propose(request: Request, settings: Settings, truth: Path) -> str:
    """Make the tape of the truth, with what is proposed; return what its pictures are taken from."""
    from posetui.engine.material import find_material
    from posetui.sources.opening import kind_of
    from posetui.tapes.formats.files import written
    from posetui.tapes.formats.recognise import format_of

    source = Path(request.source)
    with written(truth) as temporary:
        if kind_of(request.source) == "tape":
            _copy(source, temporary)
            return ""
        material = find_material(request.source, request.images, sequence=request.sequence)
        if material.truth is not None:
            from posetui.commands.import_ import ImportRequest, run_import

            asked = ImportRequest(source, temporary, format_of(source), material.folder, force=True)
            for line in run_import(asked)[1:]:  # the first one names a file that will be called otherwise
                click.echo(line, err=True)
            return str(material.folder)
        _estimate(request, settings, material, temporary)
    return str(source.resolve()) if source.exists() else request.source


def _copy(source: Path, target: Path) -> None:
    from posetui.tapes.overlaying import with_corrections
    from posetui.tapes.reader import Tape

    with Tape.open(source) as tape:
        known = ((number, one) for number in tape.corrected for one in tape.corrections(number))
        with_corrections(tape, target, known)


def _estimate(request: Request, settings: Settings, material: Material, target: Path) -> None:
    """Have a backend look at every frame, in a process of its own; KeyboardInterrupt when it was stopped."""
    from posetui.backends.opening import check_backend
    from posetui.commands.compare_run import shown_trials
    from posetui.commands.quiet import quiet_stderr
    from posetui.engine.options import EngineOptions
    from posetui.engine.trialling import run_trial
    from posetui.engine.trials import Trial

    check_backend(settings.backend)
    options = EngineOptions.of(replace(settings, source=request.source, loop=False, every_frame=True))
    trial = Trial(
        settings.backend,
        options,
        target,
        material.stills,
        material.pictures,
        request.limit,
        about="posetui annotate",
    )
    with quiet_stderr() as stderr, shown_trials(stderr, [trial]) as bars:
        over = run_trial(trial, lambda told: bars.tell(trial, told))
    if not over.frames:
        raise TapeError(f"{safe_text(request.source)} has no frames", "Check the source.")
    if not over.whole:
        raise KeyboardInterrupt
    if over.left_out:
        click.echo(f"of the pictures, {over.left_out:,} cannot be read", err=True)


def second_opinion(request: Request, settings: Settings, session: Session) -> None:
    """Have a second backend look at the same pictures, if one is asked for, and tell the session what it saw.

    Its tape lies beside the truth's, and is used again when it is there.

    Raises:
        PosetuiError: there are no pictures, or the backend cannot be used.

    """
    from posetui.engine.annotating import beneath
    from posetui.engine.material import Material
    from posetui.engine.trials import Picture
    from posetui.tapes.formats.files import written

    path = session.path.with_name(f"{session.path.name}.second")
    if request.second is not None:
        below = beneath(session)
        named = zip(below.images, session.image_names(), strict=False)
        pictures = tuple(Picture(Path(file), name) for file, name in named if file)
        material = Material(
            below.video or str(session.path), bool(pictures) and not request.sequence, pictures
        )
        asked = replace(request, source=material.source)
        with written(path) as temporary:
            _estimate(asked, replace(settings, backend=request.second), material, temporary)
    if path.exists():
        session.compare_with(path)
