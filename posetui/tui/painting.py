"""The screen of the monitor: fed by the engine, paced by the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.geometry import Size

from posetui.drawing.encode import ColorDepth
from posetui.drawing.figure import Look
from posetui.drawing.heat import HeatGrid
from posetui.drawing.modes import ASCII, MODES
from posetui.engine.figures import compared_figures, figures
from posetui.engine.messages import ALL_JOINTS, Result
from posetui.engine.people import People, Person
from posetui.engine.statistics import Load
from posetui.engine.supervisor import Status, Supervisor
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import get
from posetui.text import safe_text
from posetui.tui.abilities import Abilities, abilities
from posetui.tui.bars import footer_line, header_line, note_room
from posetui.tui.canvas import Canvas
from posetui.tui.comparison import Comparison, compared_name, truth_of
from posetui.tui.imaging import PROTOCOLS, Imaging
from posetui.tui.joints import JointTable
from posetui.tui.keys import BINDINGS, footer_keys
from posetui.tui.lines import Line, Lines
from posetui.tui.paced import PacedApp
from posetui.tui.pacing import Pacer
from posetui.tui.panels import people_lines
from posetui.tui.performance import performance_lines
from posetui.tui.reliability import TITLE, reliability_lines
from posetui.tui.transportbar import TransportBar
from posetui.tui.view import View
from posetui.tui.wire import Wire

_BUSY_S = 0.1
_SOON_S = 0.02
"""Panels whose turn is so near go out with the picture: one update costs less than two."""
_PANELS = ("people", "joints", "performance")


class Painting(PacedApp):
    """Paints what the engine delivers; what keys and news do is added by those that inherit.

    Args:
        view: what to look at.
        open_source: makes the engine for a source; called when one is chosen.
        supervisor: the engine, already started, or None to let the user choose a source first.
        pacer: paces what is written.
        title: the source, as the user may see it.
        able: what the terminal can draw.
        quality: level of the picture; see `tui/quality.py`.

    """

    BINDINGS = BINDINGS
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        view: View,
        open_source: Callable[[str], Supervisor],
        supervisor: Supervisor | None,
        pacer: Pacer,
        *,
        title: str = "",
        able: Abilities | None = None,
        quality: str = "auto",
    ) -> None:
        able = able or abilities({})
        super().__init__(pacer, view.theme, ascii_only=able.cells == ("ascii",))
        self.view = view
        self.open_source = open_source
        self.supervisor = supervisor
        self.source_title = title
        self.abilities = able
        self.people = People(view.skeleton)
        self.shown: list[Person] = []
        self.load = Load()
        self.comparison = Comparison()
        self.compact = False
        self.shown_frame: PoseFrame | None = None
        self._waking = False
        self._panels_at = 0.0
        self._panels_timer: asyncio.TimerHandle | None = None
        self.wire = Wire(pacer, quality)
        self.canvas = Canvas(self.color_depth())
        self.lines = {name: Lines(id=name) for name in ("header", *_PANELS, "footer")}
        self.lines["tape"] = TransportBar(id="tape")
        boxes = ("canvas", "tape", *_PANELS)
        self.boxes = {name: Container(id=f"{name}-box", classes="box") for name in boxes}

    def compose(self) -> ComposeResult:
        """Return header, canvas, panels and footer."""
        yield self.lines["header"]
        with Horizontal(id="body"):
            with Container(id="main"):
                with self.boxes["canvas"]:
                    yield self.canvas
                self.boxes["tape"].border_title = "tape"
                with self.boxes["tape"]:
                    yield self.lines["tape"]
            with Container(id="side"):
                for name in _PANELS:
                    self.boxes[name].border_title = name
                    with self.boxes[name]:
                        yield self.lines[name]
        yield self.lines["footer"]

    def attach(self) -> None:
        """Listen to the engine that runs now."""
        if self.supervisor:
            self.supervisor.on_change = self._changed
            self.wake()

    def _changed(self) -> None:
        """Wake the screen, from the engine's thread; once, however much has changed since it last woke."""
        if self._waking:
            return
        self._waking = True
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._event_loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        self._waking = False  # before looking: what changes from now on wakes again
        self.wake()

    def detach(self) -> None:
        """Listen no longer: the app closes, and nobody runs what the engine's thread would ask for."""
        if self.supervisor:
            self.supervisor.on_change = lambda: None

    def wrote(self, data: str, count: int) -> None:
        """Count what is written."""
        super().wrote(data, count)
        if self.supervisor:
            self.supervisor.statistics.wrote(count)

    # ---- painting

    def _paint(self) -> None:
        supervisor = self.supervisor
        if supervisor is None or not self.canvas.is_attached:
            return
        self.news(supervisor)
        result = supervisor.result()
        frame = result.frame if result else None
        new = frame is not None and frame is not self.shown_frame
        if self._stands(supervisor) and not self.canvas.standing:
            self._dirty = True  # it may be drawn better now
        if result is None or frame is None or not (new or self._dirty or self.canvas.unfinished):
            return
        start = time.perf_counter()
        asked, self._dirty = self._dirty, False
        if new:
            self.shown_frame = frame
            self.shown = self.people.update(result.shown, self.view.threshold, result.tracks)
            self.view = self.view.select([person.id for person in self.shown])
            self._compare(supervisor, result, self.people.skeleton(frame))
        self._draw_canvas(supervisor, frame, result.heat)
        self.wire.painted(self.canvas)
        if new and result.behind is None:
            supervisor.statistics.paint(frame, (time.perf_counter() - start) * 1e3)
        self._draw_panels_in(0.0 if asked else self._panels_wait())
        if self.canvas.unfinished:
            self.wake()

    @staticmethod
    def _stands(supervisor: Supervisor) -> bool:
        return supervisor.status.state != "live"

    def _compare(self, supervisor: Supervisor, result: Result, skeleton: Skeleton) -> None:
        truth = truth_of(supervisor.status)
        if truth:
            self.comparison.measure(result.truth, truth.skeleton, skeleton)
        else:
            self.comparison.update(result.frame, result.other, skeleton, self.view.threshold)

    def _draw_canvas(self, supervisor: Supervisor, frame: PoseFrame, heat: HeatGrid | None) -> None:
        canvas, view, colors = self.canvas, self.view, self.palette
        # Half-blocks say nothing without colours; letters of rising density do.
        mode = MODES.get(view.cells) or MODES[self.abilities.best]
        blank = canvas.depth is ColorDepth.NONE and mode is not ASCII
        background = "none" if blank or not self.wire.picture else view.background
        pictured = background != "none"
        cells = canvas.content_size if pictured else Size(0, 0)
        parts = canvas.imaging.parts(cells.width) if canvas.imaging else (mode.across, mode.down)
        supervisor.preview(*cells, *parts)
        self._want_heat(supervisor)
        supervisor.reliability(view.selected if view.reliability != "off" else None)
        look = Look(
            background=background,
            threshold=view.threshold,
            ground=colors.ground,
            own_ground=False,
            labels=view.labels,
            mode=mode,
            colored=canvas.depth is not ColorDepth.NONE,
        )
        skeleton = self.people.skeleton(frame)
        drawn = figures(
            self.shown,
            skeleton,
            view.threshold,
            dark=colors.dark,
            selected=view.selected,
            pinned=view.pinned,
        )
        if self.comparison.latest:
            drawn += compared_figures(self.comparison.latest, skeleton, dark=colors.dark)
        self.wire.prepare(canvas, standing=self._stands(supervisor))
        shown_heat = None if blank or view.heat == "off" else heat
        canvas.draw(drawn, frame.size, supervisor.picture() if pictured else None, look, shown_heat)

    def use_cells(self) -> None:
        """Fill cells as the view says, or show pixels."""
        name = self.view.cells
        self.canvas.use(Imaging(name, self.abilities.cell) if name in PROTOCOLS else None)

    def _want_heat(self, supervisor: Supervisor) -> None:
        view = self.view
        joint = {"off": None, "all": ALL_JOINTS, "joint": view.joint}[view.heat]
        supervisor.heat(joint, *(self.canvas.half_blocks if joint else (0, 0)))

    def _panels_wait(self) -> float:
        """Return seconds until the panels have their turn: none where that is nearly now, or long gone."""
        wait = self._panels_at + self.wire.panels_s - time.monotonic()
        if self.wire.busy and wait > -self.wire.panels_s:
            return max(wait, _BUSY_S)
        return 0.0 if wait < _SOON_S else wait + _SOON_S

    def _draw_panels_in(self, delay: float) -> None:
        """Draw the panels now, or when their turn comes: the last frame before a pause is drawn, too."""
        if delay <= 0:
            self.draw_panels()
        elif self._panels_timer is None:
            self._panels_timer = self._event_loop.call_later(delay, self._panels_due)

    def _panels_due(self) -> None:
        """Draw the panels, but as a rule not behind pictures that are still under way."""
        self._panels_timer = None
        self._draw_panels_in(self._panels_wait())

    def draw_panels(self) -> None:
        """Draw people and joints."""
        if self._panels_timer is not None:
            self._panels_timer.cancel()
            self._panels_timer = None
        self._panels_at = time.monotonic()
        if self._leaving or not self.is_running:
            return
        frame = self.shown_frame
        people, joints = self.lines["people"], self.lines["joints"]
        if frame is None or (not people.size.width and not self.compact):
            return
        colors, view = self.palette, self.view
        status = self.supervisor.status if self.supervisor else None
        used = status.backend if status else None
        self._subtitle("people", f"at most {used.max_people}" if used and used.max_people else "")
        lines = people_lines(self.shown, view.selected, colors, people.size.width)
        if status and (compared := compared_name(status)):
            name, room = safe_text(compared, 24), max(1, people.size.height - 1)
            line = self.comparison.line(name, colors, people.size.width, ascii_only=self.ascii_only)
            lines = [*lines[:room], line]
        with self.together():
            people.show(lines)
            self._subtitle("canvas", self._heat_title())
            joints.show(self._joint_lines(frame, joints.size))

    def _joint_lines(self, frame: PoseFrame, size: Size) -> list[Line]:
        view, colors, skeleton = self.view, self.palette, self.people.skeleton(frame)
        person = next((person for person in self.shown if person.id == view.selected), None)
        title = f"person {person.id}" if person else ""
        result = self.supervisor.result() if self.supervisor else None
        if person and result and view.reliability != "off":
            self._subtitle("joints", f"{title}: {TITLE}")
            known = result.reliability
            figures = (known.recent if view.reliability == "recent" else known.session) if known else None
            return reliability_lines(figures, get(frame.skeleton), skeleton, colors, size.width)
        self._subtitle("joints", title)
        latest = self.comparison.latest
        table = JointTable(
            skeleton,
            view.threshold,
            colors,
            ascii_only=self.ascii_only,
            chosen=view.joint,
            distances=latest.distances.get(person.id) if latest and person else None,
        )
        return table.lines(person, (size.width, size.height))

    def _heat_title(self) -> str:
        """Return what the heat map shows and how high it rises, or why there is none."""
        view, supervisor = self.view, self.supervisor
        used = supervisor.status.backend if supervisor else None
        if view.heat == "off" or supervisor is None or used is None:
            return ""
        if not used.has_heat_maps:
            return f"{safe_text(used.name)} has no heat maps"
        result = supervisor.result()
        heat = result.heat if result else None
        name = "all joints" if view.heat == "all" else (view.joint or "").replace("_", " ")
        if heat is None or not heat.peak_name:
            return f"no heat map of {name}"
        place = f" {heat.peak_name.replace('_', ' ')}" if view.heat == "all" else ""
        return f"heat: {name}, peak {heat.peak:.2f}{place}"

    def _subtitle(self, name: str, text: str) -> None:
        box = self.boxes[name]
        if box.border_subtitle != text:  # setting it repaints the whole box
            box.border_subtitle = text

    def news(self, supervisor: Supervisor) -> None:
        """Take note of what changed in the engine; called before each painting."""

    def header_marks(self) -> Line:
        """Return what stands before the state in the header."""
        return ()

    def draw_bars(self) -> None:
        """Draw header, footer and the Performance panel."""
        with self.together():
            self._draw_bars()

    def _draw_bars(self) -> None:
        width, colors = self.size.width, self.palette
        supervisor = self.supervisor
        status = supervisor.status if supervisor else Status("opening")
        waiting = supervisor.waiting_s() if supervisor else 0.0
        marks = self.header_marks()
        self.lines["header"].show(
            [header_line(status, self.source_title, waiting, colors, width, marks=marks)]
        )
        replay = status.opened is not None and status.opened.tape is not None
        keys = footer_keys(compact=self.compact, replay=replay, truth=truth_of(status) is not None)
        self.lines["footer"].show([footer_line(keys, self._note(), colors, width)])
        panel = self.lines["performance"]
        if supervisor and panel.size.width:
            lines = performance_lines(
                supervisor.statistics, self.load, colors, panel.size.width, ascii_only=self.ascii_only
            )
            panel.show(lines)

    def _note(self) -> str:
        view, statistics = self.view, self.supervisor.statistics if self.supervisor else None
        note = f"{'≥' if self.compact and not self.ascii_only else 'threshold'} {view.threshold:.2f}"
        if statistics is None:
            return note
        parts = [self.wire.note(statistics.bytes_per_second()), note]
        if self.compact:
            rate, age = statistics.rates()["inference"], statistics.age.p50 or 0
            parts[1:1] = [f"{rate:.0f} fps", f"{age:.0f} ms", f"{len(self.shown)} in view"]
        room = note_room(self.size.width)
        while len(parts) > 1 and len(" │ ".join(parts)) > room:
            del parts[-2]
        return " │ ".join(parts)

    def repaint_all(self) -> None:
        """Send the whole canvas again."""
        self.canvas.forget()
        self.redraw()
        self.draw_bars()
        self.draw_panels()
