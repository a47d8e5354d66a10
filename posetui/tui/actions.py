"""What the keys do."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from functools import partial

from posetui.backends.opening import families
from posetui.engine.messages import Refused, Snapshot, SnapshotDone
from posetui.engine.supervisor import Status, Supervisor
from posetui.errors import PosetuiError
from posetui.paths import snapshots_dir
from posetui.sources.opening import check_source, display_title
from posetui.text import safe_text
from posetui.tui.exchanging import partner
from posetui.tui.help import HelpScreen
from posetui.tui.picker import PickerScreen
from posetui.tui.recent import remember
from posetui.tui.themes import THEMES
from posetui.tui.windowing import Windowing


class Actions(Windowing):
    """The app with its keys."""

    picked = False
    source = ""
    status: Status | None = None
    _asked: str | None = None
    _asked_beside: str | None = None
    _swapping: int | None = None

    def action_quit_app(self) -> None:
        """Leave; a failure that ended the picture is the exit code."""
        error = self.supervisor.status.error if self.supervisor else None
        over = self.supervisor is not None and self.supervisor.status.state in ("failed", "stopped")
        self.leave(error.exit_code if error and over else 0)

    def action_pause(self) -> None:
        """Pause or go on; after the end, start again."""
        supervisor = self.supervisor
        if supervisor is None:
            return
        if supervisor.status.state in ("ended", "failed", "stopped"):
            supervisor.restart()
            return
        self.view = replace(self.view, paused=not self.view.paused)
        self.redraw()
        supervisor.pause(self.view.paused)

    def action_step(self, frames: int) -> None:
        """Go a frame forward or back; pauses first."""
        if self.supervisor:
            if not self.view.paused:
                self.action_pause()
            self.supervisor.step(frames)

    def action_background(self) -> None:
        """Show the next background."""
        self.view = self.view.next_background()
        self.redraw()

    def action_cells(self) -> None:
        """Fill cells in the next of the ways the terminal knows."""
        self.view = self.view.next_cells(self.abilities.cells)
        self.use_cells()
        self.redraw()
        self.notify(f"cells: {self.view.cells}", timeout=1.5, markup=False)

    def action_skeleton(self) -> None:
        """Show the next skeleton."""
        self.view = self.view.next_skeleton()
        self.people.show(self.view.skeleton)
        self.shown_frame = None
        self.redraw()
        self.notify(f"skeleton: {self.view.skeleton}", timeout=1.5, markup=False)

    # ---- backends

    def action_backend(self, step: int) -> None:
        """Take the next backend, or the one before."""
        used = self.supervisor.status.backend if self.supervisor else None
        if used is None:
            return
        names = families()
        at = self._asked or used.chosen
        family = at.partition(":")[0]
        index = names.index(family) if family in names else -min(step, 0)
        self.action_use_backend(names[(index + step) % len(names)])

    def action_number(self, number: int) -> None:
        """Take a backend by its number."""
        names = families()
        if number <= len(names):
            self.action_use_backend(names[number - 1])
        else:
            listed = ", ".join(f"{place} {name}" for place, name in enumerate(names, 1))
            self.notify(f"there are: {listed}", timeout=3, markup=False)

    def action_use_backend(self, name: str) -> None:
        """Load a backend; the one in use goes on until it is ready."""
        if self.supervisor:
            self._asked = name
            self.supervisor.switch(name)
            self.notify(f"loading {safe_text(name)}", timeout=1.5, markup=False)

    def action_compare(self) -> None:
        """Compare with the next backend; after the last, with none."""
        status = self.supervisor.status if self.supervisor else None
        if self.supervisor is None or status is None or status.backend is None:
            return
        first = status.backend.chosen.partition(":")[0]
        others = [*(name for name in families() if name != first), None]
        second = self._asked_beside
        if second is None and status.compared:
            second = status.compared.chosen.partition(":")[0]
        # None is the last of them: what follows it is the first.
        chosen = others[(others.index(second) + 1) % len(others)] if second in others else others[0]
        self._asked_beside = chosen
        self.supervisor.compare(chosen)
        self.notify(f"comparing with {chosen}" if chosen else "comparing ends", timeout=1.5, markup=False)

    def say_backends(self, before: Status | None, status: Status) -> None:
        """Tell what is not as it was asked for; a fall-back is never silent."""
        for old, new in (
            (before.backend if before else None, status.backend),
            (before.compared if before else None, status.compared),
        ):
            if new is None or new is old:
                continue
            self._asked = None if new is status.backend else self._asked
            if new.note:
                self.notify(safe_text(new.note, 300), severity="warning", timeout=10, markup=False)
        self.redraw()

    def backend_refused(self, refused: Refused) -> None:
        """Tell why a backend could not be loaded."""
        self._asked = None
        text = f"{refused.title}. {refused.remedy}"
        self.notify(safe_text(text, 400), severity="error", timeout=10, markup=False)

    # ---- heat maps

    def action_heat(self) -> None:
        """Show the next kind of heat map."""
        used = self.supervisor.status.backend if self.supervisor else None
        if used and not used.has_heat_maps and self.view.heat == "off":
            self.notify(f"{used.name} has no heat maps: change the backend with b", markup=False)
            return
        self.view = self.view.next_heat()
        if self.view.heat == "joint":
            self.action_joint(0)
        self.redraw()

    def action_joint(self, step: int) -> None:
        """Choose another joint."""
        frame = self.shown_frame
        if frame is not None:
            self.view = self.view.choose_joint(self.people.skeleton(frame).joints, step)
            self.redraw()

    def action_labels(self) -> None:
        """Turn labels on or off."""
        self.view = replace(self.view, labels=not self.view.labels)
        self.redraw()

    def action_threshold(self, steps: int) -> None:
        """Move the threshold."""
        self.view = self.view.with_threshold(steps)
        self.shown_frame = None
        self.redraw()
        self.draw_bars()

    def action_select(self, step: int) -> None:
        """Select the next or previous person."""
        self.view = self.view.select([person.id for person in self.shown], step)
        self.redraw()

    def action_pin(self) -> None:
        """Stay with the selected person, or let go."""
        chosen = None if self.view.pinned is not None else self.view.selected
        self.view = replace(self.view, pinned=chosen)
        self.redraw()
        self.notify(f"pinned: {chosen}" if chosen else "nobody is pinned", timeout=1.5, markup=False)

    def action_swap(self) -> None:
        """Exchange two people's numbers: the only two's, or those of who was chosen first and now."""
        ids, selected = [person.id for person in self.shown], self.view.selected
        if self.supervisor is None or selected is None or len(ids) < 2:
            self.notify("two people are needed to exchange numbers", timeout=2, markup=False)
            return
        first = partner(self._swapping, selected, ids)
        if first is None:
            self._swapping = selected
            self.notify(f"{selected}: choose another person, then x again", timeout=4, markup=False)
            return
        self._swapping = None
        self.exchange(first, selected)

    def exchange(self, first: int, second: int) -> None:
        """Exchange two people's numbers."""
        if self.supervisor:
            self.supervisor.swap(first, second)
            self.notify(f"{first} and {second} exchange numbers", timeout=2, markup=False)

    def action_reliability(self) -> None:
        """Show how far joints can be relied upon, over the next stretch of time."""
        self.view = self.view.next_reliability()
        self.redraw()

    def action_flip(self) -> None:
        """Mirror left and right."""
        self.view = replace(self.view, flip=not self.view.flip)
        self.redraw()
        if self.supervisor:
            self.supervisor.flip(self.view.flip)

    def action_theme(self) -> None:
        """Take the next theme."""
        names = [theme.name for theme in THEMES]
        name = names[(names.index(self.palette.name) + 1) % len(names)]
        self.view = replace(self.view, theme=name)
        self.theme = f"posetui-{name}"
        self.redraw()
        self.call_after_refresh(self.repaint_all)

    def action_page(self) -> None:
        """On a small terminal, change between canvas and panels."""
        if len(self.screen_stack) > 1:
            self.screen.focus_next()
        elif self.compact:
            self.screen.toggle_class("panels")
            self.call_after_refresh(self.repaint_all)

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(HelpScreen.of_monitor(), lambda _: self.repaint_all())

    # ---- snapshots

    def action_snapshot(self) -> None:
        """Save the picture with its overlay, and the screen."""
        name = time.strftime("posetui-%Y%m%d-%H%M%S")
        folder = snapshots_dir()
        try:
            self.save_screenshot(f"{name}.svg", str(folder))
        except OSError as error:
            self.notify(f"cannot save here: {safe_text(error)}", severity="error", markup=False)
            return
        if self.supervisor:
            showing = replace(self.showing(), picture=True, dark=self.palette.dark)
            self.supervisor.snapshot(Snapshot(str(folder / f"{name}.png"), showing))

    def snapshot_done(self, done: SnapshotDone) -> None:
        """Say where the snapshot lies, or why there is none."""
        if done.error:
            self.notify(f"no picture saved: {safe_text(done.error)}", severity="error", markup=False)
        else:
            shown = safe_text(done.path.removesuffix(".png"), 300)
            self.notify(f"saved {shown}.png and .svg", timeout=3, markup=False)

    # ---- sources

    def action_pick(self) -> None:
        """Let the user choose a source."""
        if not any(isinstance(screen, PickerScreen) for screen in self.screen_stack):
            self.push_screen(PickerScreen(), self.take_source)

    def take_source(self, source: str | None) -> None:
        """Open the chosen source; without one, go on with the old, or leave when there is none."""
        if source is None:
            if self.supervisor is None or self.supervisor.status.state == "failed":
                self.leave(0)
            self.repaint_all()
            return
        try:
            check_source(source)
        except PosetuiError as error:
            self.notify(safe_text(error, 400), severity="error", markup=False)
            self.action_pick()
            return
        old = self.supervisor
        self.detach()
        self.picked, self.source, self.source_title = True, source, display_title(source)
        self.status = self.shown_frame = None
        self.shown = []
        self.people.show(self.view.skeleton)
        self.view = self.view.select([])
        self.view = replace(self.view, paused=False)
        self.redraw()
        self.supervisor = self.open_source(source)
        self.attach()
        self.repaint_all()
        if old:
            self.run_worker(partial(self._close, old), thread=True)

    def _close(self, old: Supervisor) -> None:
        """End an engine, and tell of the tape that it finished; in a thread of its own."""
        old.close()
        with contextlib.suppress(RuntimeError):  # the app has been left meanwhile
            self._event_loop.call_soon_threadsafe(self.tell_tapes, old)

    def remember_source(self) -> None:
        """Put the source that has opened in the list of recent ones."""
        if self.source:
            remember(self.source)
