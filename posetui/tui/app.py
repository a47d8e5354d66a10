"""The monitor: the screen, its keys, and what it does when something happens."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable

from textual import events
from textual.app import SystemCommand
from textual.keys import _character_to_key
from textual.screen import Screen

from posetui.backends.opening import families
from posetui.engine.freed import EVERY_S, give_back
from posetui.engine.supervisor import Status, Supervisor
from posetui.text import safe_text
from posetui.tui.keys import KEYS, REPLAY_KEYS
from posetui.tui.paced import SLOW_S
from posetui.tui.palette import Palette
from posetui.tui.truth import BesideTruth

_LAST_LOOK_S = 0.5
"""The last picture is painted, and looked at, before the app leaves by itself."""
_WIDE = (100, 38)
"""Columns and rows from which canvas and panels stand side by side."""


class MonitorApp(BesideTruth):
    """The whole app; see `Painting` for its arguments.

    Attributes:
        typed_ahead: what was typed before the app took the terminal.
        until_end: leave when the source ends.
        notice: what went wrong before, told once the screen is there.

    """

    typed_ahead = ""
    until_end = False
    notice = ""

    def on_mount(self) -> None:
        """Begin to listen to the engine."""
        self.set_class(self.ascii_only, "ascii")
        self._event_loop = asyncio.get_running_loop()
        self.set_interval(SLOW_S, self.slow_tick)
        self.set_interval(1.0, self.sample)
        self.set_interval(EVERY_S, self.relieve)
        self.app_resume_signal.subscribe(self, self.resumed)
        self.attach()
        self.canvas.on_lost = self.redraw
        self.use_cells()
        for character in self.typed_ahead:
            self.simulate_key(_character_to_key(character))
        self.call_after_refresh(self.redraw)
        if self.supervisor is None:
            self.action_pick()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout that fits, and paint everything anew."""
        self.cast_resized(event.size)
        self.compact = event.size.width < _WIDE[0] or event.size.height < _WIDE[1]
        self.screen_stack[0].set_class(self.compact, "compact")
        if not self.compact:
            self.screen_stack[0].remove_class("panels")
        self.call_after_refresh(self.redraw)
        self.call_after_refresh(self.draw_bars)

    def resumed(self, _: object = None) -> None:
        """Paint everything anew: the terminal was somebody else's meanwhile."""
        self.pacer.restart()
        self.screen.refresh(layout=True)
        self.call_after_refresh(self.repaint_all)

    def news(self, supervisor: Supervisor) -> None:
        """Show what changed in the engine: state, failure, snapshots."""
        super().news(supervisor)
        status = supervisor.status
        if status is not self.status:
            before, self.status = self.status, status
            if status.opened and not (before and before.opened):
                self.remember_source()
                if status.opened.info.note:
                    self.notify(safe_text(status.opened.info.note, 300), timeout=8, markup=False)
            self.draw_bars()
            self.say_backends(before, status)
            if status.state == "failed" and supervisor.latest() is None:
                self.refuse(status)
            elif self.until_end and status.state in ("ended", "failed", "stopped"):
                self._event_loop.call_later(_LAST_LOOK_S, self.action_quit_app)
            elif status.state in ("failed", "stopped", "restarting", "reconnecting"):
                self.notify(safe_text(status.message, 400), severity="error", markup=False)
        for done in supervisor.snapshots():
            self.snapshot_done(done)
        for refused in supervisor.refusals():
            self.backend_refused(refused)
        self.tell_tapes(supervisor)

    def refuse(self, status: Status) -> None:
        """Go back to the picker with a source that never opened, or leave with the reason."""
        if self.picked:
            self.notify(safe_text(status.message, 400), severity="error", markup=False)
            self.action_pick()
        else:
            self.leave(status.error.exit_code if status.error else 1)

    def slow_tick(self) -> None:
        """Draw what changes slowly."""
        self.mend()
        if self.notice:
            self.notify(safe_text(self.notice, 400), severity="error", timeout=10, markup=False)
            self.notice = ""
        if self.supervisor:
            self.supervisor.check()
            if not self.wire.busy:
                self.draw_bars()

    def relieve(self) -> None:
        """Give memory back; called now and then."""
        self.forget_drawn()
        give_back()

    def sample(self) -> None:
        """Take the once-a-second samples."""
        if self.supervisor:
            self.supervisor.statistics.sample()
            window = self.window.pid if self.window else None
            self.load.sample([pid for pid in (os.getpid(), self.supervisor.pid, window) if pid])

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key in the command palette as well."""
        for key in (*KEYS, *(REPLAY_KEYS if self.tape else ())):
            if key.action not in ("command_palette", "number"):
                yield SystemCommand(key.sentence.capitalize(), f"key {key.shown}", self._runs(key.action))

        for name in families():
            yield SystemCommand(f"Backend {name}", "", self._runs(f"use_backend({name!r})"))

    def _runs(self, action: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, action)

        return run
