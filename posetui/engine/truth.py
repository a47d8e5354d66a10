"""What the screen is told of the truth beside a tape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.engine.agreement import Agreement
from posetui.pose.convert import convert, parts
from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class Worst:
    """A frame that is far from the truth.

    Attributes:
        seconds: since the tape's first frame.
        error: mean over its joints, in percent of the torso.
        joint: the joint that is farthest off, and how far, in percent of the torso, infinite for one that was
            not found.
        missed: labelled people who were not found.

    """

    seconds: float
    error: float
    joint: tuple[str, float]
    missed: int


@dataclass(frozen=True, slots=True, eq=False)
class TruthInfo:
    """What is known of a truth as a whole.

    Attributes:
        name: what it is called.
        skeleton: of its people.
        seconds: float64 [N], when frames are seen whose error is known, rising.
        errors: float32 [N], of these frames, in percent of the torso.
        worst: the worst frames, the worst one first.

    """

    name: str
    skeleton: Skeleton
    seconds: npt.NDArray[np.float64]
    errors: npt.NDArray[np.float32]
    worst: tuple[Worst, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TruthFrame:
    """What is true of one frame.

    Attributes:
        people: float32 [K, 3] each, of the truth's skeleton; confidence 1 where a joint is labelled, else 0.
        partners: of each, the number of the person who was found there, or None.
        errors: by this number, float64 [K], in percent of the torso: infinite for a joint that was not found,
            NaN for one that is not measured.
        found: how many people the tape has in the frame.
        oks: mean OKS over everybody who is labelled or found, alone counting as 0; None without anybody.
        error: of the frame, in percent of the torso; NaN where it is not known.

    """

    people: tuple[Keypoints, ...]
    partners: tuple[int | None, ...]
    errors: dict[int, npt.NDArray[np.float64]]
    found: int
    oks: float | None
    error: float


def against_truth(frame: TruthFrame, whole: Skeleton, skeleton: Skeleton) -> Agreement:
    """Return a frame's truth as a comparison with a second backend is told.

    Args:
        frame: what is true.
        whole: the truth's skeleton.
        skeleton: the one that is shown; a joint that lies between two of the truth's is not measured.

    """
    made = [parts(joint, whole.joints) for joint in skeleton.joints]
    place = np.array([whole.joints.index(one[0]) if len(one) == 1 else -1 for one in made])
    return Agreement(
        oks=frame.oks,
        people=(frame.found, len(frame.people)),
        others=tuple(convert(one, whole, skeleton) for one in frame.people),
        partners=frame.partners,
        distances={
            track: np.where(place >= 0, errors[place], np.nan) for track, errors in frame.errors.items()
        },
    )
