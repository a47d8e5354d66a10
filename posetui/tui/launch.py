"""Opens the app: the engine first, then the terminal, and both closed again whatever happens."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from posetui.errors import TerminalError
from posetui.paths import log_file
from posetui.settings import Settings
from posetui.text import redact, safe_text
from posetui.tui.abilities import abilities, question
from posetui.tui.asking import Asked, typed_ahead
from posetui.tui.plain import speaks_unicode
from posetui.tui.running import leave_on_signals, metered_by, run
from posetui.tui.splash import clear_splash, show_share, show_splash
from posetui.tui.web import in_browser

if TYPE_CHECKING:
    from posetui.engine.shared import SharedPictures
    from posetui.engine.supervisor import Supervisor
    from posetui.tui.app import MonitorApp
    from posetui.tui.tocorrect import ToCorrect

_CHECK_S = 0.25
_ANSWER_WITHIN_S = 2.0
"""All known terminals answer at once; over a bad link that takes its round trip. Later, it would be keys."""


class Left(NamedTuple):
    """How the app was left: the exit code, and what is to be corrected before it is opened again."""

    code: int
    to_correct: ToCorrect | None


def launch(
    settings: Settings,
    speed: float = 1.0,
    *,
    truth: str | None = None,
    corrected: bool = False,
    place: float | None = None,
    record: Path | None = None,
    force: bool = False,
    until_end: bool = False,
    notice: str = "",
) -> Left:
    """Run the app until it is left.

    Args:
        settings: what to show, and how.
        speed: times as fast as recorded, of the tape that is opened first.
        truth: what that tape is measured against.
        corrected: show that tape as people corrected it.
        place: stand still at this second of it.
        record: the tape that the first source is recorded to.
        force: replace a tape that is there.
        until_end: leave when the source ends.
        notice: what went wrong before.

    Raises:
        PosetuiError: the source, the settings or the terminal cannot be used.

    """
    ascii_only = not (in_browser() or speaks_unicode())
    stdin_fd = _free_standard_input() if settings.source == "-" else 0
    if not settings.color:
        os.environ["NO_COLOR"] = "1"
    leave_on_signals()
    engines = Engines(settings, stdin_fd, record, truth, corrected=corrected, force=force)
    try:
        app = _splashed(settings, engines, truth, ascii_only=ascii_only)
        app.first_speed, app.first_place, app.until_end, app.notice = speed, place, until_end, notice
        code = run(app)
        if cast := app.end_cast():
            sys.stdout.write(f"{cast}\n")
        status = app.supervisor.status if app.supervisor else None
        if status and status.error and code == status.error.exit_code:
            raise status.error
        return Left(code, app.to_correct)
    finally:
        engines.close()
        for text in engines.said():
            sys.stdout.write(f"{text}\n")


class Engines:
    """Opens engines for sources, and closes them all.

    Args:
        settings: how sources are read.
        stdin_fd: descriptor of piped pictures.
        record: the tape that the first source is recorded to.
        truth: what the first source, a tape, is measured against.
        corrected: show that tape as people corrected it.
        force: replace a tape that is there.

    """

    def __init__(
        self,
        settings: Settings,
        stdin_fd: int,
        record: Path | None = None,
        truth: str | None = None,
        *,
        corrected: bool = False,
        force: bool = False,
    ) -> None:
        self._settings = settings
        self._record, self._force, self._truth, self._corrected = record, force, truth, corrected
        self._stdin_fd = stdin_fd
        self._opened: list[Supervisor] = []
        self._whole: SharedPictures | None = None

    @property
    def whole(self) -> SharedPictures:
        """Return the memory for whole pictures, which all engines share; made when it is first asked for."""
        if self._whole is None:
            from posetui.engine.shared import WHOLE_CAPACITY, SharedPictures

            self._whole = SharedPictures(capacity=WHOLE_CAPACITY)
        return self._whole

    def open(self, source: str) -> Supervisor:
        """Return the engine of a source, started; raises PosetuiError for what can only fail."""
        from posetui.backends.opening import check_backend
        from posetui.engine.options import EngineOptions
        from posetui.engine.supervisor import Supervisor
        from posetui.outputs.opening import check_outputs
        from posetui.sources.clips import is_clip_name
        from posetui.sources.opening import check_source

        check_backend(self._settings.backend)
        check_outputs(EngineOptions.of(replace(self._settings, source=source)).outputs)
        check_source(source, self._stdin_fd)
        # Clips that ship are two seconds long: whoever picks one from the list wants to look at it.
        loop = self._settings.loop or (self._settings.source is None and is_clip_name(source))
        settings = replace(self._settings, source=source, loop=loop)
        options = EngineOptions.of(settings, self._stdin_fd)
        options = replace(options, truth=self._truth, corrected=self._corrected)
        self._truth, self._corrected = None, False
        engine = Supervisor(options, log_file(), whole=self.whole)
        self._opened.append(engine)
        if self._record:
            engine.tapes.record(self._record, force=self._force)
            self._record = None
        engine.start()
        return engine

    def close(self) -> None:
        """End them all."""
        for engine in self._opened:
            engine.close()
        if self._whole is not None:
            self._whole.close()

    def said(self) -> list[str]:
        """Return what there is to tell of tapes that the app did not tell any more."""
        return [one.text for engine in self._opened for one in engine.tapes.said()]


def _splashed(settings: Settings, engines: Engines, truth: str | None, *, ascii_only: bool) -> MonitorApp:
    """Load the app behind a splash."""
    try:
        what = safe_text(redact(settings.source or ""))
        if truth is not None:
            what += f": measuring against {safe_text(truth)}"
        show_splash(what, ascii_only=ascii_only)
        return _load(settings, engines, ascii_only=ascii_only)
    except BaseException:
        clear_splash()
        raise


def _load(settings: Settings, engines: Engines, *, ascii_only: bool) -> MonitorApp:
    # The terminal answers while the app is loading.
    with Asked(question(os.environ)) as asked:
        return _loaded(settings, engines, asked, ascii_only=ascii_only)


def _loaded(settings: Settings, engines: Engines, asked: Asked, *, ascii_only: bool) -> MonitorApp:
    # The inference process loads its libraries while we load ours.
    supervisor = engines.open(settings.source) if settings.source is not None else None
    from posetui.sources.opening import display_title
    from posetui.tui.app import MonitorApp
    from posetui.tui.pacing import Pacer
    from posetui.tui.view import View

    if supervisor and supervisor.options.truth is not None:
        _wait_open(supervisor, ascii_only=ascii_only)
    answer = asked.answer(_ANSWER_WITHIN_S)
    able = abilities(os.environ, answer, ascii_only=ascii_only)
    cells = able.best if ascii_only or settings.cells == "auto" else settings.cells
    app = MonitorApp(
        replace(View.of(settings), cells=cells),
        engines.open,
        supervisor,
        Pacer(most=settings.max_kbps and settings.max_kbps * 125),
        title=display_title(settings.source) if settings.source else "",
        able=able,
        quality=settings.quality,
    )
    app.source = settings.source or ""
    app.typed_ahead = typed_ahead(answer)
    app.tapes_dir = settings.tapes_dir
    app.whole, app.wants_window = engines.whole, settings.window
    metered_by(app)
    return app


def _wait_open(engine: Supervisor, *, ascii_only: bool) -> None:
    """Wait until a tape is measured, with a bar; raise what it is refused for before there is a screen."""
    changed = threading.Event()
    engine.on_change = changed.set
    while engine.status.state == "opening":
        changed.wait(_CHECK_S)
        changed.clear()
        show_share(engine.measured, ascii_only=ascii_only)
        engine.check()
    if engine.status.error:
        raise engine.status.error


def _free_standard_input() -> int:
    """Take keys from the terminal; return the descriptor that the piped pictures now have."""
    if sys.platform == "win32":
        raise TerminalError(
            "The app cannot take keys and piped pictures at once on Windows", "Add --headless"
        )
    pictures = os.dup(0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise TerminalError("There is no terminal to take keys from", "Add --headless") from error
    os.dup2(terminal, 0)
    os.close(terminal)
    return pictures
