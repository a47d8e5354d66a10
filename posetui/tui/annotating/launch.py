"""Opens the screen of an annotator, and closes what it needs whatever happens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from posetui.paths import log_file
from posetui.settings import Settings
from posetui.tui.abilities import abilities, question
from posetui.tui.asking import Asked
from posetui.tui.plain import speaks_unicode
from posetui.tui.running import leave_on_signals, metered_by
from posetui.tui.running import run as run_app
from posetui.tui.splash import clear_splash, show_splash

if TYPE_CHECKING:
    from collections.abc import Callable

    from posetui.annotation.session import Session
    from posetui.engine.album import Album
    from posetui.engine.annotating import Beneath
    from posetui.tui.annotating.app import AnnotateApp

_ANSWER_WITHIN_S = 0.5


def run(session: Session, beneath: Beneath, settings: Settings, *, resolving: bool = False) -> int:
    """Let the user annotate until they leave; return the exit code.

    Args:
        session: what is annotated; it knows where the annotator was.
        beneath: where its pictures are.
        settings: the theme, and whether there are colours.
        resolving: what the session knows of others is another annotator's: the differences are gone through.

    """
    ascii_only = not speaks_unicode()
    if not settings.color:
        os.environ["NO_COLOR"] = "1"
    leave_on_signals()
    show_splash(f"annotate: {session.title}", ascii_only=ascii_only)
    try:
        app = _load(session, beneath, settings, ascii_only=ascii_only)
        app.desk.resolving = app.desk.ghost = resolving
    except BaseException:
        clear_splash()
        raise
    try:
        return run_app(app)
    finally:
        app.album.close()


def _load(session: Session, beneath: Beneath, settings: Settings, *, ascii_only: bool) -> AnnotateApp:
    # The terminal answers while the app is loading.
    with Asked(question(os.environ)) as asked:
        from posetui.drawing.modes import MODES
        from posetui.tui.annotating.app import AnnotateApp
        from posetui.tui.annotating.desk import Desk
        from posetui.tui.imaging import PROTOCOLS, Imaging

        able = abilities(os.environ, asked.answer(_ANSWER_WITHIN_S), ascii_only=ascii_only)
    cells = settings.cells if settings.cells in MODES and not ascii_only else able.best
    known = [settings.cells] if settings.cells != "auto" else able.cells
    pixels = next((Imaging(one, able.cell) for one in known if one in PROTOCOLS and not ascii_only), None)
    app = AnnotateApp(Desk(session), album_of(session, beneath), settings.theme, MODES[cells], pixels)
    metered_by(app)
    return app


def album_of(session: Session, beneath: Beneath) -> Callable[[Callable[[], None]], Album]:
    """Return what opens the pictures of a session."""
    from posetui.engine.album import Album
    from posetui.engine.albums import Pages
    from posetui.sources.clips import clip_path, is_clip_name

    video = beneath.video
    if video is not None and is_clip_name(video):
        video = str(clip_path(video))
    pages = Pages(beneath.images) if beneath.images else Pages(tape=str(Path(session.path)), video=video)
    return lambda on_change: Album(pages, log_file(), on_change)
