"""Heat maps of a backend or of a tape as the one picture that is shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posetui.drawing.heat import HeatGrid, render
from posetui.engine.messages import ALL_JOINTS
from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.pose.skeleton import Skeleton

if TYPE_CHECKING:
    from posetui.tapes.reader import Tape


def heat_grid(
    maps: HeatMaps, skeleton: Skeleton, joint: str, size: tuple[int, int], grid: tuple[int, int]
) -> HeatGrid:
    """Return the heat of a joint, or the greatest of `all` joints of the skeleton.

    Args:
        maps: what there is.
        skeleton: of the poses.
        joint: a joint's name, or `all`.
        size: width, height of the source image in pixels.
        grid: width, height of the result in cells, at least 1 each.

    """
    return render(
        [(patch.values, patch.to_image) for patch in maps.patches],
        maps.names,
        skeleton.joints,
        joint=None if joint == ALL_JOINTS else joint,
        size=size,
        grid=grid,
    )


def taped_heat(
    tape: Tape, number: int, frame: PoseFrame, joint: str | None, grid: tuple[int, int]
) -> HeatGrid | None:
    """Return the heat of a frame by its number on the tape; None where none is wanted, or there is none."""
    if joint is None or min(grid) < 1:
        return None
    try:
        maps = tape.heat(number)
    except TapeError:
        return None  # as with pictures: what is damaged is told by `tape verify`
    return None if maps is None else heat_grid(maps, skeletons.get(frame.skeleton), joint, frame.size, grid)
