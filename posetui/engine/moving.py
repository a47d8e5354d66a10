"""What the app asks of a tape that is replayed: where to go, and what a tape cannot do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from posetui.engine import messages
from posetui.engine.replaying import Replay
from posetui.tapes.model import RecorderStatus
from posetui.text import safe_text

_REMEDY = "That works with a camera, a stream or a video"
_COPY = "a tape is not recorded again"


def move(replay: Replay, command: object, send: Callable[[object], object]) -> bool:
    """Do what only a tape can, and refuse what it cannot; False for what is neither."""
    match command:
        case messages.Seek(seconds):
            replay.seek(seconds)
        case messages.Speed(factor):
            replay.speed(factor)
        case messages.Loop(loop):
            replay.loop(loop)
        case messages.Repeat(start, end):
            replay.repeat(start, end)
        case messages.Heat(joint, width, height) if replay.backend.has_heat_maps:
            replay.heat, replay.heat_size = joint, (width, height)
            replay.step(0)
        case _:
            return _refused(command, send)
    return True


def _refused(command: object, send: Callable[[object], object]) -> bool:
    match command:
        case messages.Switch(str(backend)) | messages.Compare(str(backend)):
            why = f"a tape holds poses, not a backend: {safe_text(backend)} has nothing to look at"
            send(messages.Refused(backend, why, _REMEDY))
        case messages.Heat(str()):
            why = "a tape holds poses, not a backend: there are no heat maps on this one"
            send(messages.Refused("", why, "`posetui record --heat all` puts them on a tape"))
        case messages.Swap():
            why = "a tape is shown as it was recorded: its people keep their numbers"
            send(messages.Refused("", why, _REMEDY))
        case messages.Record(str(path)):
            send(messages.Recording(RecorderStatus(Path(path), failure=_COPY, remedy=_REMEDY, closed=True)))
        case messages.Keep(path):
            send(messages.Kept(path, error=_COPY))
        case messages.Compare() | messages.Heat() | messages.Record() | messages.Mark():
            pass  # none of what there is none of
        case _:
            return False
    return True
