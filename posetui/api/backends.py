"""`posetui.backend`: a network that looks at single pictures."""

from __future__ import annotations

import time
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, cast

import numpy as np

from posetui.api.options import settings_of
from posetui.backends.base import Backend, BackendOptions, Detail, Estimate, Refine
from posetui.engine.stills import Stills
from posetui.errors import BackendError, SettingsError
from posetui.pose.frame import Image, PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.pose.skeleton import Skeleton

if TYPE_CHECKING:
    import numpy.typing as npt


class LoadedBackend:
    """A backend that is loaded, and a context manager that releases it. Used from one thread.

    Made by `posetui.backend`.

    Attributes:
        name: as it was asked for, e.g. `movenet:thunder`.

    """

    def __init__(self, name: str, backend: Backend) -> None:
        self.name = name
        self._backend = backend
        self._stills = Stills(backend)
        self._seen = 0
        # Also when Python ends: MediaPipe raises when it is released later than that.
        self._closing = weakref.finalize(self, backend.close)

    def __enter__(self) -> LoadedBackend:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release it."""
        self.close()

    @property
    def model(self) -> str:
        """Return the name of the network in use."""
        return self._backend.model

    @property
    def device(self) -> str:
        """Return what it really runs on."""
        return self._backend.device

    @property
    def note(self) -> str:
        """Return a sentence where that is not what was asked for; else nothing."""
        return self._backend.note

    @property
    def skeleton(self) -> Skeleton:
        """Return the skeleton of its poses."""
        return self._backend.skeleton

    @property
    def has_heat_maps(self) -> bool:
        """Return whether `heat_map` gives something."""
        return self._backend.has_heat_maps

    def estimate(self, image: Image, seconds: float | None = None) -> PoseFrame:
        """Return the poses of a picture.

        Args:
            image: uint8 [H, W, 3], BGR, as OpenCV reads it.
            seconds: when it was taken, of pictures that follow each other, rising: what was seen in one helps
                with the next. None for a picture by itself.

        Raises:
            ValueError: the image is none.

        """
        estimate = self._look(image, seconds, heat_maps=False)
        frame = PoseFrame(
            index=self._seen,
            captured=time.monotonic(),
            pts=0.0 if seconds is None else seconds,
            size=(image.shape[1], image.shape[0]),
            skeleton=self.skeleton.name,
            poses=estimate.poses,
            backend=self._backend.name,
            timings=estimate.timings,
        )
        self._seen += 1
        return frame

    def heat_map(self, image: Image, joint: str = "all") -> npt.NDArray[np.float32]:
        """Return what the network sees in a picture by itself, before poses are made of it.

        Args:
            image: uint8 [H, W, 3], BGR.
            joint: name of a joint of the skeleton, or of another map such as `limbs`; `all` for the greatest
                of all joints.

        Returns:
            float32 [H, W] in [0, 1], in steps of 1/255, as large as the picture.

        Raises:
            ValueError: the image is none.
            BackendError: the backend has no heat maps, or none of this name.

        """
        from posetui.drawing.heat import render

        maps = self._maps(image)
        joints = self.skeleton.joints
        if joint not in (*maps.names, "all"):
            raise BackendError(
                f"{self.name} has no heat map of {joint!r}", f"There are: {', '.join(maps.names)}."
            )
        size = (image.shape[1], image.shape[0])
        patches = [(patch.values, patch.to_image) for patch in maps.patches]
        one = None if joint == "all" else joint
        grid = render(patches, maps.names, joints, joint=one, size=size, grid=size)
        return np.asarray(grid.values / np.float32(255), dtype=np.float32)

    def _maps(self, image: Image) -> HeatMaps:
        if not self.has_heat_maps:
            raise BackendError(f"{self.name} has no heat maps", "Use openpose or movenet.")
        maps = self._look(image, None, heat_maps=True).heat_maps
        if maps is None:
            raise BackendError(f"{self.name} gave no heat maps", "Use openpose or movenet.")
        return maps

    def _look(self, image: Image, seconds: float | None, *, heat_maps: bool) -> Estimate:
        from posetui.tracking.duplicates import suppress_duplicates

        if not self._closing.alive:
            raise ValueError("the backend is closed")
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(f"an image is uint8 [H, W, 3], not {image.dtype} {list(image.shape)}")
        if seconds is None:
            found = self._stills.look(image, heat_maps=heat_maps)
        else:
            found = self._backend.estimate(image, seconds, heat_maps=heat_maps)
        return Estimate(suppress_duplicates(found.poses, self.skeleton), found.timings, found.heat_maps)

    def close(self) -> None:
        """Release the network; may be called twice."""
        self._closing()


def load_backend(
    name: str = "mediapipe",
    *,
    max_people: int | None = None,
    device: str = "auto",
    detail: Detail = "medium",
    refine: Refine = "auto",
) -> LoadedBackend:
    """Load a backend, to look at pictures with it.

    Args:
        name: as `--backend` has it: `mediapipe`, `openpose`, `movenet:thunder`, `onnx:FILE`, ...
        max_people: the most people looked for in a picture; None for what suits the backend.
        device: where networks run: `auto`, `cpu`, `cuda`, ...
        detail: size of the picture that the network sees.
        refine: what looks at each person again in `topdown`.

    Raises:
        SettingsError: an option is not what it must be.
        BackendError: the backend is unknown or cannot be loaded.
        WeightsError: its weights are missing or changed.

    """
    from posetui.backends.opening import open_backend

    if not isinstance(name, str):
        raise SettingsError(f"the name of a backend must be a text, not {name!r}")
    read = settings_of(max_people=max_people, device=device, detail=detail, refine=refine)
    options = BackendOptions(
        read.max_people, read.device, cast("Detail", read.detail), cast("Refine", read.refine)
    )
    return LoadedBackend(name, open_backend(name, options))
