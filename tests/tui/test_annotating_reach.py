"""How many keys it takes to put a joint right, seeing no more than a small terminal shows."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from posetui.annotation.document import Document
from posetui.annotation.edits import MoveJoint
from posetui.annotation.model import AnnotatedFrame, Joint, Person, Visibility
from posetui.annotation.session import Session
from posetui.drawing.cells import UPPER_HALF, Cells
from posetui.drawing.modes import HALVES
from posetui.drawing.pyramid import Pyramid, levels_of
from posetui.drawing.window import Window
from posetui.pose.skeletons import COCO_17
from posetui.tui.annotating.desk import Desk
from posetui.tui.annotating.mannequin import mannequin
from posetui.tui.annotating.painting import Painter
from posetui.tui.themes import colors_of

SIZE = (1920, 1080)
CANVAS, MAGNIFIER = (48, 36), (28, 20)
"""Pixels of half-blocks at 80x24."""
WRIST = COCO_17.index("left_wrist")
MOST = 20
AWAY = 40.0


def desk_of(target: tuple[float, float], angle: float) -> Desk:
    """Return a desk with a person whose wrist lies 40 pixels away from where it should be."""
    around = Window.around((target[0] - 60, target[1] - 40), 20.0, *CANVAS)
    joints = list(mannequin(COCO_17, around))
    x, y = target[0] + AWAY * math.cos(angle), target[1] + AWAY * math.sin(angle)
    joints[WRIST] = Joint(0, 0, Visibility.VISIBLE).at(x, y)
    frame = AnnotatedFrame(0, 0, 0.0, SIZE, (Person(0, tuple(joints)),))
    session = SimpleNamespace(document=Document([frame], COCO_17), place=None, others={})
    desk = Desk(cast(Session, session))  # all that the desk needs of one
    desk.window(*CANVAS)
    desk.choose(0, WRIST)
    return desk


def picture_of(target: tuple[float, float]) -> Pyramid:
    """Return a grey picture with a magenta spot, six pixels wide, at the target."""
    picture = np.full((SIZE[1], SIZE[0], 3), 110, np.uint8)
    left, top = int(target[0]) - 5, int(target[1]) - 5
    y, x = np.mgrid[top : top + 11, left : left + 11] + 0.5
    picture[top : top + 11, left : left + 11][np.hypot(x - target[0], y - target[1]) <= 3] = (255, 0, 255)
    levels = [picture]
    for _, width, height in levels_of(*SIZE)[1:]:
        smaller = cv2.resize(levels[-1], (width, height), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(smaller, np.uint8))
    return Pyramid(tuple(levels))


def magenta(cells: Cells) -> npt.NDArray[np.float64]:
    """Return float64 [rows * 2, cols]: how magenta each half of a cell is."""
    half = (cells.glyph == UPPER_HALF)[..., None]
    both = np.stack([np.where(half, cells.fg, cells.bg), cells.bg], axis=1).astype(np.float64)
    pixels = both.reshape(-1, cells.cols, 3)
    strength = np.minimum(pixels[..., 0], pixels[..., 2]) - pixels[..., 1]
    return np.where(strength > 8, strength, 0.0)


def seen(cells: Cells, window: Window, at: tuple[float, float]) -> tuple[float, float] | None:
    """Return how far the spot is from the joint in pixels of the picture, as it looks on the screen."""
    strength = magenta(cells)
    if not strength.any():
        return None
    y, x = (np.indices(strength.shape) + 0.5).reshape(2, -1)
    weight = strength.reshape(-1) / strength.sum()
    place = window.to_picture(((x * weight).sum(), (y * weight).sum()))
    return float(place[0] - at[0]), float(place[1] - at[1])


def presses(desk: Desk, picture: Pyramid) -> int:
    """Play somebody who looks and always presses the key that helps most; return how often."""
    painter = Painter(desk, colors_of("dark"), HALVES)
    been = {desk.at()}
    for count in range(2 * MOST):
        window, closer = desk.window(*CANVAS), desk.magnified(*MAGNIFIER)
        offset = seen(painter.magnifier(picture, closer), closer, desk.at())
        if offset is None and desk.zoom != "joint":
            desk.next_zoom()  # z
            continue
        offset = offset or seen(painter.canvas(picture, window), window, desk.at())
        assert offset is not None, "the spot is nowhere on the screen"
        moves = [(dx * by, dy * by) for by in (1, 5, 50) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        best, left = min((math.dist(move, offset), move) for move in moves)[::-1]
        if left >= math.hypot(*offset):
            return count
        x, y = desk.at()
        desk.document.do(MoveJoint(0, 0, WRIST, x + best[0], y + best[1]))
        desk.look()
        if desk.at() in been:  # to and fro: it does not get any better
            return count + 1
        been.add(desk.at())
    return 2 * MOST


def test_a_joint_is_placed_to_a_pixel_in_twenty_keys_at_80x24() -> None:
    chance = np.random.default_rng(9)
    counts = []
    for _ in range(12):
        target = float(chance.uniform(300, 1600)), float(chance.uniform(200, 800))
        desk, picture = desk_of(target, float(chance.uniform(0, 2 * math.pi))), picture_of(target)
        assert round(math.dist(desk.at(), target)) == AWAY
        counts.append(presses(desk, picture))
        assert math.dist(desk.at(), target) <= 1.0
    assert max(counts) <= MOST, counts
