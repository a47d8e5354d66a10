"""`posetui.evaluate`: tapes, files of datasets or pose frames, measured against truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from posetui.engine.loading import load
from posetui.errors import EvaluationError
from posetui.evaluation.bootstrap import SAMPLES
from posetui.evaluation.recordings import Recording
from posetui.evaluation.results import Evaluation
from posetui.evaluation.summary import evaluate
from posetui.pose.frame import PoseFrame
from posetui.text import safe_text

Poses = str | Path | Iterable[PoseFrame]
"""What is evaluated: a tape, a file of another format, or pose frames in order."""

Tapes = str | Path | Sequence[str | Path] | Mapping[str, Poses]
"""One or several, with names or named by their files."""


def evaluate_tapes(tapes: Tapes, truth: Poses, *, common: bool = False, samples: int = SAMPLES) -> Evaluation:
    """Measure how right poses are, as `posetui evaluate` does.

    Args:
        tapes: a path, several, or by name: paths, or pose frames such as `posetui.open` gives. Paths are of
            tapes, or of files that `posetui tape import` reads.
        truth: the same, of what was labelled. With poses of a backend instead, the numbers say how far the
            two agree, not how right either is.
        common: compare only the joints that all of them have.
        samples: bootstrap samples of the intervals, at least 20.

    Raises:
        EvaluationError: truth and tapes do not belong together, or a name comes twice.
        TapeError: a file cannot be read.

    """
    if samples < 20:
        raise EvaluationError(f"{samples} bootstrap samples are too few", "Take 20 or more.")
    labelled = _recording("truth", truth, truth=True)
    found = [_recording(name, one) for name, one in _named(tapes).items()]
    if not found:
        raise EvaluationError("There is nothing to evaluate", "Name at least one tape.")
    return evaluate(labelled, found, common=common, samples=samples)


def _named(tapes: Tapes) -> Mapping[str, Poses]:
    if isinstance(tapes, Mapping):
        return tapes
    paths = [Path(one) for one in ([tapes] if isinstance(tapes, str | Path) else tapes)]
    short = [path.name for path in paths]
    named = {
        name if short.count(name) == 1 else str(path): path for name, path in zip(short, paths, strict=True)
    }
    if len(named) != len(paths):
        raise EvaluationError("Two of the tapes are the same", "Name each tape once.")
    return named


def _recording(name: str, poses: Poses, *, truth: bool = False) -> Recording:
    if isinstance(poses, str | Path):
        path = Path(poses)
        return load(path, path.name if truth else name, truth=truth)
    frames = list(poses)
    if not all(isinstance(frame, PoseFrame) for frame in frames):
        raise EvaluationError(f"{safe_text(name)} is neither a path nor pose frames")
    return Recording(name, frames)
