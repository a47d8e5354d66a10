"""Pictures that have nothing to do with each other, each seen as a scene of its own.

Backends are made for what moves: who was here a moment ago is looked for here first. That must not happen
from one photograph to the next.
"""

from __future__ import annotations

from posetui.backends.base import Backend, Estimate, Looking
from posetui.pose.frame import Image

_SCENE_S = 100.0
"""From one still to the next: what follows people over time begins anew when it jumps so far."""

_BEGIN_S = 1e6
"""Later than the time of any video that the backend may have been shown before."""


class Stills:
    """Looks at pictures with a backend.

    Args:
        backend: one that looks at stills in a way of its own is asked to; of others the time jumps.

    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._now = _BEGIN_S

    def look(self, image: Image, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of a picture (uint8 [H, W, 3], BGR) by itself, and heat maps if asked."""
        if isinstance(self._backend, Looking):
            return self._backend.look(image, heat_maps=heat_maps)
        self._now += _SCENE_S
        return self._backend.estimate(image, self._now, heat_maps=heat_maps)
