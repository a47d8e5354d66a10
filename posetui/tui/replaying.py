"""A tape on the screen: the transport bar, and what the keys do while a tape plays."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, field, replace

from posetui.engine.messages import Refused, Result, TapeInfo
from posetui.engine.supervisor import Supervisor
from posetui.sources.opening import kind_of
from posetui.text import safe_text
from posetui.tui.actions import Actions
from posetui.tui.help import HelpScreen
from posetui.tui.lines import Line
from posetui.tui.seeking import LOST_S, Seeker
from posetui.tui.transport import (
    Doing,
    Tick,
    Transport,
    clock,
    seconds_at,
    speed_after,
    tick_from,
    transport_lines,
)
from posetui.tui.transportbar import TransportBar

_BAR_S = 0.1
_SAME_PLACE_S = 0.02
_PREFIX = "The tape is damaged: "
_DOING: dict[str, Doing] = {"live": "playing", "paused": "paused", "ended": "ended"}


@dataclass(slots=True)
class _Session:
    """What the user did to a tape since it was opened."""

    speed: float
    loop: bool
    a: float | None = None
    b: float | None = None
    damage: str = ""
    ticks: tuple[Tick, ...] = ()
    marked: int = 0
    own: set[Tick] = field(default_factory=set)


def _error(result: Result | None) -> float | None:
    """Return the error of a frame beside truth, in percent of the torso, where it is known."""
    truth = result.truth if result else None
    return None if truth is None or math.isnan(truth.error) else truth.error


class Replaying(Actions):
    """The app with what belongs to a tape; without one everything is as ever."""

    first_speed = 1.0
    first_place: float | None = None
    _session: _Session | None = None
    _session_of: Supervisor | None = None
    _seeker: Seeker | None = None
    _arrived: Result | None = None
    _bar_at = 0.0
    _bar_timer: asyncio.TimerHandle | None = None

    @property
    def tape(self) -> TapeInfo | None:
        """Return what is known of the tape that is open; None for any other source."""
        opened = self.supervisor.status.opened if self.supervisor else None
        return opened.tape if opened else None

    def news(self, supervisor: Supervisor) -> None:
        """Take note of where the tape has come to, besides all else."""
        super().news(supervisor)
        if self._session_of is not supervisor:
            self._session, self._seeker, self._session_of = None, None, supervisor
            # Before it is open: the canvas need not change its size when it is.
            self._show_bar(shown=kind_of(supervisor.options.source) == "tape")
        tape = self.tape
        if tape is None:
            return
        if self._session is None:
            self._begin(supervisor, tape)
        result = supervisor.result()
        if result is not self._arrived and result is not None and result.position is not None:
            self._arrived = result
            if self._seeker:
                self._seeker.arrived(result.position, result.sent)
        self._draw_bar_in(self._bar_at + _BAR_S - time.monotonic())

    def _begin(self, supervisor: Supervisor, tape: TapeInfo) -> None:
        """Show the bar of a tape that has just been opened."""
        ticks = tuple(sorted(Tick(*event) for event in tape.events))
        speed, self.first_speed = self.first_speed, 1.0
        self._session = _Session(speed, tape.loop, ticks=ticks)
        if speed != tape.speed:
            supervisor.speed(speed)
        self._seeker = Seeker(supervisor.seek)
        self._show_bar(shown=True)
        if self.first_place is not None:
            place, self.first_place = self.first_place, None
            # Not by its key: a short tape may have come to its end already, where that key plays again.
            self.view = replace(self.view, paused=True)
            supervisor.pause(True)
            self.seek(place)
        self._show_damage(tape.damage)

    def _show_damage(self, damage: str) -> None:
        """Keep a sentence about damage on the screen."""
        if self._session:
            self._session.damage = damage
        self.boxes["tape"].set_class(bool(damage), "damaged")
        self._subtitle("tape", safe_text(damage.removeprefix(_PREFIX), 300))

    def backend_refused(self, refused: Refused) -> None:
        """Tell why something could not be done; damage that playing came upon stays on the screen."""
        super().backend_refused(refused)
        if self.tape and refused.title.startswith(_PREFIX):
            self._show_damage(refused.title)

    def action_help(self) -> None:
        """Show the keys, those of a tape first while one plays."""
        self.push_screen(HelpScreen.of_monitor(replay=self.tape is not None), lambda _: self.repaint_all())

    def _show_bar(self, *, shown: bool) -> None:
        screen = self.screen_stack[0]
        if screen.has_class("tape") != shown:
            screen.set_class(shown, "tape")
            self.call_after_refresh(self.repaint_all)
            self.call_after_refresh(self.draw_transport)

    # ---- the bar

    def _draw_bar_in(self, delay: float) -> None:
        if delay <= 0:
            self.draw_transport()
        elif self._bar_timer is None:
            self._bar_timer = self._event_loop.call_later(delay, self.draw_transport)

    def draw_transport(self) -> None:
        """Draw the bar; a seek that is under way shows where it will come to."""
        if self._bar_timer is not None:
            self._bar_timer.cancel()
            self._bar_timer = None
        self._bar_at = time.monotonic()
        tape, session = self.tape, self._session
        if tape is None or session is None or self._leaving or not self.is_running:
            return
        bar = self.lines["tape"]
        state = self.supervisor.status.state if self.supervisor else ""
        result = self._arrived
        shown = Transport(
            position=self.position(),
            duration=tape.duration,
            doing=_DOING.get(state, "waiting"),
            frame=result.number + 1 if result and result.number is not None else None,
            frames=tape.frames,
            speed=session.speed,
            loop=session.loop,
            a=session.a,
            b=session.b,
            start=tape.start,
            end=tape.end or None,
            ticks=session.ticks,
            damage="damaged" if session.damage and self.compact else "",
            error=_error(result),
        )
        width = bar.size.width
        lines = transport_lines(shown, self.palette, width, ascii_only=self.ascii_only)
        bar.show([*self.lines_above(width), *lines])

    def lines_above(self, width: int) -> list[Line]:
        """Return what stands above the bar."""
        return []

    def position(self) -> float:
        """Return the second of the tape that is shown, or that will be in a moment."""
        target = self._seeker.target if self._seeker else None
        result = self.supervisor.result() if self.supervisor else None
        start = self.tape.start if self.tape else 0.0
        known = result.position if result and result.position is not None else start
        return known if target is None else target

    def repaint_all(self) -> None:
        """Send everything again, the bar as well."""
        super().repaint_all()
        self.draw_transport()

    def on_transport_bar_pointed(self, message: TransportBar.Pointed) -> None:
        """Go where the mouse points."""
        tape = self.tape
        if tape:
            self.seek(seconds_at(message.column, self.lines["tape"].size.width, tape.duration))

    # ---- going somewhere

    def seek(self, seconds: float) -> None:
        """Go to a second of the tape; the bar is there at once."""
        tape, seeker = self.tape, self._seeker
        if tape is None or seeker is None:
            self.say_only_tapes()
            return
        seeker.ask(min(max(seconds, tape.start), tape.end or tape.duration))
        self._event_loop.call_later(LOST_S + 0.05, self._after_seek)
        self.draw_transport()

    def _after_seek(self) -> None:
        if self._seeker:
            self._seeker.tick()
            self.draw_transport()

    def say_only_tapes(self) -> None:
        """Tell that a key is for tapes."""
        self.notify("this key is for tapes: posetui replay TAPE", timeout=2, markup=False)

    def say_not_in_tapes(self, what: str) -> None:
        """Tell that a key is not for tapes."""
        self.notify(f"a tape replays the poses that it holds: no {what} here", timeout=2.5, markup=False)

    def action_seek(self, seconds: float) -> None:
        """Go so many seconds forward or back."""
        self.seek(self.position() + seconds)

    def action_home(self) -> None:
        """Go to the beginning."""
        self.seek(0.0)

    def action_end(self) -> None:
        """Go to the last frame."""
        self.seek(self.tape.duration if self.tape else 0.0)

    def action_number(self, number: int) -> None:
        """Go to so many tenths of the tape; in a live view a backend by its number."""
        if self.tape:
            self.seek(self.tape.duration * number / 10)
        elif number:
            super().action_number(number)

    def action_jump(self, step: int) -> None:
        """Go to the next mark or event, or the one before."""
        if self._session is None:
            self.say_only_tapes()
            return
        playing = self.supervisor is not None and self.supervisor.status.state == "live"
        tick = tick_from(self._session.ticks, self.position(), step, playing=playing)
        if tick is None:
            where = "after" if step > 0 else "before"
            self.notify(f"no mark or event {where} this", timeout=1.5, markup=False)
        else:
            self.seek(tick.seconds)

    # ---- playing

    def action_pause(self) -> None:
        """Pause or go on; a tape that has ended plays again."""
        supervisor, seeker = self.supervisor, self._seeker
        if supervisor is None or seeker is None or supervisor.status.state != "ended":
            super().action_pause()
        elif seeker.target is None:
            self.view = replace(self.view, paused=False)
            supervisor.restart()
        else:  # it has left its end already, and the news is still on its way
            self.view = replace(self.view, paused=not self.view.paused)
            supervisor.pause(self.view.paused)
        self.draw_transport()

    def action_step(self, frames: int) -> None:
        """Go a frame forward or back; from the end of a tape, too."""
        if self.tape and self.supervisor and self.supervisor.status.state == "ended":
            self.view = replace(self.view, paused=True)
            self.supervisor.step(frames)
            return
        super().action_step(frames)

    def action_speed(self, step: int) -> None:
        """Play faster or slower."""
        session = self._session
        if session is None or self.supervisor is None:
            self.say_only_tapes()
            return
        session.speed = speed_after(session.speed, step)
        self.supervisor.speed(session.speed)
        self.draw_transport()

    def action_loop(self) -> None:
        """Begin again at the end, or not."""
        session = self._session
        if session is None or self.supervisor is None:
            self.say_only_tapes()
            return
        session.loop = not session.loop
        self.supervisor.loop(session.loop)
        self.draw_transport()

    def action_repeat(self) -> None:
        """Set where the repeated part begins, where it ends, repeat no more."""
        session, supervisor, now = self._session, self.supervisor, self.position()
        if session is None or supervisor is None:
            self.say_only_tapes()
            return
        if session.a is None:
            session.a = now
            self.notify(f"A is {clock(now)}: go on, then a again for B", timeout=2.5, markup=False)
        elif session.b is None and abs(now - session.a) > _SAME_PLACE_S:
            session.a, session.b = sorted((session.a, now))
            supervisor.repeat(session.a, session.b)
        else:
            if session.b is not None:
                supervisor.repeat(None, None)
            session.a = session.b = None
        self.draw_transport()

    def action_mark(self) -> None:
        """Mark this place of the tape for as long as the app runs; at such a mark, take it away."""
        session, now = self._session, self.position()
        if session is None:
            super().action_mark()
            return
        here = next((tick for tick in session.own if abs(tick.seconds - now) < _SAME_PLACE_S), None)
        if here:
            session.own.remove(here)
            session.ticks = tuple(tick for tick in session.ticks if tick is not here)
        else:
            session.marked += 1
            tick = Tick(now, "mark", f"mark {session.marked}")
            session.own.add(tick)
            session.ticks = tuple(sorted((*session.ticks, tick)))
        self.draw_transport()

    # ---- what makes no sense here

    def action_use_backend(self, name: str) -> None:
        """Load a backend; a tape needs none."""
        if self.tape:
            self.say_not_in_tapes("other backend")
        else:
            super().action_use_backend(name)

    def action_backend(self, step: int) -> None:
        """Take the next backend, or the one before; a tape needs none."""
        if self.tape:
            self.say_not_in_tapes("other backend")
        else:
            super().action_backend(step)

    def action_compare(self) -> None:
        """Compare with the next backend; not in a tape."""
        if self.tape:
            self.say_not_in_tapes("comparison")
        else:
            super().action_compare()

    def action_heat(self) -> None:
        """Show the next kind of heat map; few tapes have any."""
        used = self.supervisor.status.backend if self.supervisor else None
        if self.tape and not (used and used.has_heat_maps):
            self.say_not_in_tapes("heat map")
        else:
            super().action_heat()
