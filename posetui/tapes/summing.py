"""What a tape holds, in figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from posetui.tapes.reader import Tape
from posetui.tapes.schemas import TOTALS
from posetui.tapes.totals import Totals

_GAP_SECONDS = 0.5
_GAP_FRAMES = 5.0
_MOST = 100
_KEYS = ("frames_with_people", "people_most", "tracks", "dropped")


def describe(tape: Tape) -> dict[str, Any]:
    """Return what a tape holds, as plain JSON types: what `posetui tape info --json` prints.

    A finished tape has counted its own frames; of others they are read, all of them.

    Raises:
        TapeError: a frame or an event cannot be read.

    """
    header = tape.header
    plain = asdict(header) | {"size": list(header.size), "skeletons": list(header.skeletons)}
    kinds: dict[str, int] = {}
    for event in tape.events:
        kinds[event.kind] = kinds.get(event.kind, 0) + 1
    totals = _stated_totals(tape) or _counted_totals(tape)
    damage = tape.damage
    return {
        "path": str(tape.path),
        "bytes": tape.path.stat().st_size,
        "seconds": round(tape.duration, 3),
        "frames": len(tape),
        **{key: totals[key] for key in (*_KEYS, "backends")},
        "images": tape.images,
        "heat_maps": tape.heat_maps,
        "corrections": _corrections(tape),
        "events": kinds,
        "gaps": gaps(tape),
        "damage": None if damage is None else asdict(damage),
        "header": plain,
    }


def _corrections(tape: Tape) -> dict[str, Any] | None:
    """Return of how many frames people say something, how many of them are checked, and who says it."""
    if not tape.corrected:
        return None
    found = [tape.corrections(number) for number in tape.corrected]
    by = sorted({one.by for corrections in found for one in corrections})
    return {
        "frames": len(found),
        "checked": sum(corrections[-1].checked for corrections in found),
        "by": by,
    }


def gaps(tape: Tape) -> list[dict[str, float]]:
    """Return where frames are further apart than usual: the first hundred, at which second and how long.

    A gap is longer than half a second and than five times the median of what lies between frames.
    """
    between = np.diff(tape.times)
    if not len(between):
        return []
    limit = max(_GAP_SECONDS, _GAP_FRAMES * float(np.median(between)))
    found = np.flatnonzero(between > limit)[:_MOST]
    return [{"at": round(float(tape.times[at]), 3), "seconds": round(float(between[at]), 3)} for at in found]


def _stated_totals(tape: Tape) -> dict[str, Any] | None:
    """Return what the tape counted itself, if it says so in the way that we do."""
    try:
        plain = json.loads(tape.layout.metadata[TOTALS]["totals"])
        backends = plain["backends"]
        good = (
            tape.layout.finished
            and plain["frames"] == len(tape)
            and all(type(plain[key]) is int for key in _KEYS)
            and all(isinstance(name, str) and type(count) is int for name, count in backends.items())
        )
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return dict(plain) if good else None


def _counted_totals(tape: Tape) -> dict[str, Any]:
    totals = Totals()
    for frame in tape.frames():
        totals.take(frame)
    return dict(totals.plain(len(tape), tape.duration))
