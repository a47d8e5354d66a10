"""What the screen is told of a tape, in the words that it has for sources and backends."""

from __future__ import annotations

import json

import numpy as np

from posetui.engine.hotswap import BackendInfo
from posetui.engine.messages import TapeInfo
from posetui.engine.options import EngineOptions
from posetui.engine.playhead import Playhead
from posetui.engine.truth import TruthInfo
from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.sources.base import SourceInfo
from posetui.sources.opening import display_title
from posetui.tapes.reader import Tape
from posetui.tapes.schemas import TOTALS
from posetui.text import safe_text


def known_skeletons(tape: Tape) -> tuple[Skeleton, ...]:
    """Return the tape's skeletons as `posetui.pose.skeletons.get` knows them; they must be registered."""
    return tuple(skeletons.get(name) for name in tape.header.skeletons)


def tape_info(tape: Tape, head: Playhead, truth: TruthInfo | None = None) -> TapeInfo:
    """Return what the screen knows of a tape. Events that cannot be read are a damage."""
    damage = tape.damage
    said = [damage.text] if damage else []
    events: tuple[tuple[float, str, str], ...] = ()
    try:
        times = tape.event_times.tolist()
        events = tuple((at, event.kind, event.text) for at, event in zip(times, tape.events, strict=True))
    except TapeError as error:
        said.append(error.title)
    return TapeInfo(
        duration=tape.duration,
        frames=len(tape),
        images=tape.images,
        events=events,
        damage="; ".join(said),
        skeletons=known_skeletons(tape),
        start=float(tape.times[head.first]),
        end=float(tape.times[head.last]),
        loop=head.loop,
        truth=truth,
    )


def source_info(spec: str, tape: Tape, frames: int, notes: tuple[str, ...]) -> SourceInfo:
    """Return the tape as a source; `notes` are sentences without a full stop, or empty."""
    return SourceInfo(
        title=display_title(spec),
        kind="tape",
        live=False,
        fps=rate(tape),
        size=(max(tape.header.size[0], 1), max(tape.header.size[1], 1)),
        frames=frames,
        note=safe_text(". ".join(note for note in notes if note), 600),
    )


def rate(tape: Tape) -> float | None:
    """Return the frames a second that the tape says it has, else those that it has in the median."""
    if tape.header.fps and tape.header.fps > 0:
        return tape.header.fps
    between = np.diff(tape.times)
    usual = float(np.median(between)) if len(between) else 0.0
    return 1.0 / usual if usual > 0 else None


def backend_of(tape: Tape, frame: PoseFrame | None) -> BackendInfo:
    """Return what is known of the backend that saw a frame; the header tells of the first one only."""
    header = tape.header
    name, skeleton = (frame.backend, frame.skeleton) if frame else (header.backend, "")
    later = _model_of(tape, frame) if frame else None
    first = later is None and name == header.backend
    known = list(tape.header.skeletons)
    return BackendInfo(
        chosen=name,
        name=name,
        model=header.model if first else later or "",
        device=header.device if first else "",
        note="",
        skeleton=skeletons.get(skeleton or known[0]) if skeleton or known else skeletons.COCO_17,
        max_people=most_people(tape),
        has_heat_maps=tape.heat_maps > 0,
    )


def _model_of(tape: Tape, frame: PoseFrame) -> str | None:
    """Return the model of a backend that took over before a frame, if that is known."""
    try:
        events = tape.events
    except TapeError:
        return None
    for event in reversed(events):
        if (
            event.kind == "backend"
            and event.data.get("backend") == frame.backend
            and (event.captured <= frame.captured)
        ):
            return str(event.data.get("model", ""))
    return None


def most_people(tape: Tape) -> int:
    """Return the most people in a frame, which finished tapes tell; 0 when unknown."""
    return _total(tape, "people_most") or 0


def numbered(tape: Tape) -> bool:
    """Tell whether people have numbers on the tape; imported ones may have none."""
    return _total(tape, "tracks") != 0


def _total(tape: Tape, key: str) -> int | None:
    try:
        value = json.loads(tape.layout.metadata[TOTALS]["totals"])[key]
    except (KeyError, ValueError, TypeError, RecursionError):
        return None
    return value if type(value) is int and value >= 0 else None


def ignored(options: EngineOptions) -> str:
    """Return a sentence about what was asked for and means nothing for a tape, or nothing."""
    source = options.source_options
    given = {
        "--rotate": source.rotate != 0,
        "--size": source.size is not None,
        "--fps": source.fps is not None,
        "--compare": options.compare is not None,
    }
    flags = [flag for flag, there in given.items() if there]
    if not flags:
        return ""
    return f"{' and '.join(flags)} {'mean' if len(flags) > 1 else 'means'} nothing for a tape"
