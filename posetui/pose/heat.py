"""Heat maps: what a network saw before poses were made of it, as plain arrays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class HeatPatch:
    """Probability maps of one part of an image: the whole, or the surroundings of one person.

    Attributes:
        values: float32 [K, h, w] in [0, 1], one map a name in `HeatMaps.names`.
        to_image: float64 [2, 3], from (column, row) of a map, cell centres at whole numbers, to pixels of
            the source image.

    """

    values: npt.NDArray[np.float32]
    to_image: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeatMaps:
    """What the network saw before poses were made of it.

    Attributes:
        names: of each map: a joint of the backend's skeleton, or e.g. `limbs` for the PAF magnitude.
        patches: where people overlap, the greater value counts.

    """

    names: tuple[str, ...]
    patches: tuple[HeatPatch, ...]

    def only(self, names: Collection[str]) -> HeatMaps:
        """Return the maps of these names, as far as there are any, in the order that they have here."""
        chosen = [index for index, name in enumerate(self.names) if name in names]
        patches = tuple(HeatPatch(patch.values[chosen], patch.to_image) for patch in self.patches)
        return HeatMaps(tuple(self.names[index] for index in chosen), patches)
