"""Tapes, and files of other formats, as what is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from posetui.errors import TapeError
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.engine.subjects import Subject
    from posetui.evaluation.recordings import Recording
    from posetui.pose.frame import PoseFrame
    from posetui.tapes.formats.exchange import ImageFacts
    from posetui.tapes.reader import Tape

_OFTEN = 256
"""Frames after which is told how far it is."""

_GUESSED_SIZES = frozenset({"coco-results", "openpose", "posetrack18", "lsp", "mpii", "csv"})


Tell = Callable[[float], None]
"""Is told now and then which share of a tape is read, in [0, 1]."""


def _silent(_share: float) -> None:
    """Tell nobody."""


def load(path: Path, name: str, *, truth: bool = False, tell: Tell = _silent) -> Recording:
    """Return the frames of a tape, or of a file that `posetui tape import` reads.

    Raises:
        TapeError: it cannot be read.

    """
    return loaded(path, name, truth=truth, tell=tell).recording


def loaded(path: Path, name: str, *, truth: bool = False, tell: Tell = _silent) -> Subject:
    """Return the frames of a tape, or of a file that `posetui tape import` reads, and its header.

    Of PoseTrack's truth, frames without people are left out: they were not labelled. Truth of a tape that
    somebody annotated is as it was corrected, and only frames that were checked are truth.

    Args:
        path: the file.
        name: what messages call it.
        truth: whether it is what others are measured against.
        tell: is told how far it is; of other files than tapes, nothing.

    Raises:
        TapeError: it cannot be read.

    """
    if not path.exists():
        raise TapeError(f"There is no {safe_text(path)}", "Check the path.")
    if path.is_dir() or not _is_tape(path):
        found = _imported(path, name)
    else:
        found = _tape(path, name, tell, truth=truth)
    if truth and found.header.source_kind == "posetrack18":
        frames = [frame for frame in found.recording.frames if frame.poses]
        return replace(found, recording=replace(found.recording, frames=frames))
    return found


def _is_tape(path: Path) -> bool:
    from posetui.tapes.container import MAGIC
    from posetui.tapes.formats.recognise import pieces

    return next(pieces(path), b"").startswith(MAGIC) or path.suffix.lower() == ".mcap"


def _tape(path: Path, name: str, tell: Tell, *, truth: bool) -> Subject:
    from posetui.engine.subjects import Subject
    from posetui.engine.trials import went
    from posetui.evaluation.recordings import Recording
    from posetui.tapes.formats.exchange import facts_of
    from posetui.tapes.reader import Tape

    with Tape.open(path) as tape:
        header, facts, tried = tape.header, facts_of(tape.events), went(tape.events)
        if truth and tape.corrected:
            frames, facts = _checked(tape, facts, tell)
        else:
            frames = list(_read(tape, tell))
    known = header.source_kind not in _GUESSED_SIZES
    peak = None if tried is None else tried.peak_mb
    recording = Recording(name, frames, header.skeletons, facts, known, peak)
    return Subject(recording, header, path, taped=True)


def _read(tape: Tape, tell: Tell) -> Iterator[PoseFrame]:
    for number, frame in enumerate(tape.frames(), 1):
        yield frame
        if number % _OFTEN == 0:
            tell(number / len(tape))


def _checked(
    tape: Tape, facts: dict[int, ImageFacts], tell: Tell
) -> tuple[list[PoseFrame], dict[int, ImageFacts]]:
    """Return the frames that were checked, as they were corrected, and what is known of their images."""
    from posetui.tapes.correcting import corrected
    from posetui.tapes.formats.exchange import TRUTH

    frames, known = [], {}
    for number, estimated in enumerate(_read(tape, tell)):
        corrections = tape.corrections(number)
        # Truth that was imported need not be checked again.
        if not (corrections[-1].checked if corrections else estimated.backend == TRUTH):
            continue
        frame, places = corrected(estimated, corrections)
        frames.append(frame)
        if frame.index in facts:
            known[frame.index] = facts[frame.index].of(places)
    if not frames:
        raise TapeError(
            f"No frame of {safe_text(tape.path)} is checked",
            "Check some: `posetui annotate` goes on with it.",
        )
    return frames, known


def _imported(path: Path, name: str) -> Subject:
    from posetui.engine.subjects import Subject
    from posetui.evaluation.recordings import Recording
    from posetui.tapes.formats.catalogue import IMPORTERS
    from posetui.tapes.formats.exchange import ImportOptions
    from posetui.tapes.formats.recognise import format_of

    kind = format_of(path)
    imported = IMPORTERS[kind](path, ImportOptions())
    every = list(imported.frames)
    facts = {one.frame.index: one.facts for one in every if one.facts is not None}
    frames = [one.frame for one in every]
    recording = Recording(name, frames, imported.header.skeletons, facts, kind not in _GUESSED_SIZES)
    return Subject(recording, imported.header, path)
