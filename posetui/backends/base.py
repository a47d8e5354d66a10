"""The protocol of a backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from posetui.backends.devices import cores
from posetui.pose.frame import Image, Pose
from posetui.pose.heat import HeatMaps
from posetui.pose.skeleton import Skeleton

Detail = Literal["low", "medium", "high"]
Refine = Literal["auto", "thunder", "blazepose", "none"]

Float = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]
"""float64 [2, 3]: maps (x, y, 1) of one picture to (x, y) of another."""


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """How a backend is set up.

    Attributes:
        max_people: the most people estimated in a frame, at least 1; None for what suits the backend.
        device: where networks run: `auto`, or a name from `posetui.backends.devices`.
        detail: size of the picture that the network sees, where that can be chosen.
        refine: what looks at each person a second time in `topdown`; `auto` is BlazePose for large people and
            thunder for all, as far as the budget goes.
        abreast: so many images are prepared at a time, see `Preparing`; the networks of all share the cores.

    """

    max_people: int | None = None
    device: str = "auto"
    detail: Detail = "medium"
    refine: Refine = "auto"
    abreast: int = 1

    @property
    def threads(self) -> int:
        """Threads of a network that sees images abreast."""
        return max(1, cores() // self.abreast)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The poses of one image, milliseconds by stage (preprocess, infer, postprocess), and maps if asked."""

    poses: tuple[Pose, ...]
    timings: Mapping[str, float]
    heat_maps: HeatMaps | None = None


class Backend(Protocol):
    """What turns an image into poses. Created, used and closed in one thread at a time.

    Attributes:
        name: as the user chooses it, e.g. `mediapipe`.
        model: the network in use, e.g. `pose_landmarker_full`.
        device: what it really runs on, e.g. `CPU (XNNPACK)`.
        note: a sentence when that is not what was asked for; else empty.
        skeleton: the skeleton of the poses it gives.
        max_people: the most people it gives in a frame.
        has_heat_maps: whether its network has heat maps.

    """

    name: str
    model: str
    device: str
    note: str
    skeleton: Skeleton
    max_people: int
    has_heat_maps: bool

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image (uint8 [H, W, 3], BGR) taken at a time in seconds, rising.

        `heat_maps` asks for maps as well; a backend that has none ignores it.
        """

    def close(self) -> None:
        """Release the network. May be called twice."""


@runtime_checkable
class Looking(Backend, Protocol):
    """A backend that sees a picture by itself in another way than one of a video."""

    def look(self, image: Image, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image (uint8 [H, W, 3], BGR) that has nothing to do with any other."""


@runtime_checkable
class Preparing(Backend, Protocol):
    """A backend whose first steps need nothing of the frames before: done ahead, where there is time."""

    def prepare(self, image: Image) -> object:
        """Return what `estimate` makes of an image (uint8 [H, W, 3], BGR) first.

        Called in other threads, for `BackendOptions.abreast` images at a time, and while `estimate` runs.
        Networks may run here: two images side by side keep two cores busier than two threads on one image.
        """

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, prepared: object = None
    ) -> Estimate:
        """Do as `Backend.estimate` does, with what `prepare` made of this image, or None."""


@runtime_checkable
class Composed(Backend, Protocol):
    """A backend of several networks that ship.

    Attributes:
        networks: their names in the manifest, in the order in which they look.

    """

    networks: tuple[str, ...]
