"""From what is annotated to cells: the picture with its people, and the magnifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from posetui.annotation.model import AnnotatedFrame, Person
from posetui.drawing.canvas import paint
from posetui.drawing.cells import RGB, U8, Cells
from posetui.drawing.figure import Look
from posetui.drawing.marks import Marked, draw_crosshair, draw_people
from posetui.drawing.modes import CellMode
from posetui.drawing.palette import person_color
from posetui.drawing.pyramid import Pyramid
from posetui.drawing.window import Window
from posetui.pose.frame import Keypoints
from posetui.tui.annotating.desk import Desk
from posetui.tui.themes import Colors

_ARM = 4
_GHOST: RGB = (225, 225, 225)


@dataclass(frozen=True, slots=True)
class Painter:
    """Paints the desk.

    Attributes:
        desk: it.
        colors: the theme.
        mode: what cells are filled with.
        colored: whether the terminal shows colours.

    """

    desk: Desk
    colors: Colors
    mode: CellMode
    colored: bool = True

    def canvas(self, picture: Pyramid | None, window: Window) -> Cells:
        """Return the picture with all people and a crosshair about the joint."""
        return self._cells(self._drawn(picture, window, self._fine), window)

    def image(self, picture: Pyramid | None, window: Window, cell: tuple[int, int]) -> U8:
        """Return the same in pixels, uint8 RGB [rows x cell[1], columns x cell[0], 3]."""
        return np.ascontiguousarray(self._drawn(picture, window, (float(cell[0]), cell[1] / 2))[..., ::-1])

    def _drawn(self, picture: Pyramid | None, window: Window, fine: tuple[float, float]) -> U8:
        desk = self.desk
        pixels = self._pixels(picture, window, fine)
        draw_people(pixels, self._people(), window, desk.shown)
        if desk.person is not None:
            draw_crosshair(pixels, desk.at(), window, self._pointer(), reach=_ARM)
        return pixels

    def magnifier(self, picture: Pyramid | None, window: Window) -> Cells:
        """Return the surroundings of the joint, under a crosshair that reaches to the edges."""
        pixels = self._pixels(picture, window, self._fine)
        if self.desk.person is not None:
            gap = max(2, round(1 / window.scale) + 1)
            draw_crosshair(pixels, self.desk.at(), window, self._pointer(), gap=gap, reach=pixels.shape[1])
        return self._cells(pixels, window)

    @property
    def _fine(self) -> tuple[float, float]:
        """Return pixels across and down to one of the window, in cells."""
        return float(self.mode.across), self.mode.down / 2

    def _pixels(self, picture: Pyramid | None, window: Window, fine: tuple[float, float]) -> U8:
        ground = self.colors.ground
        if picture is not None:
            return picture.crop(_on(picture, window, self.desk.frame.size), ground, fine)
        blank = np.empty((round(window.height * fine[1]), round(window.width * fine[0]), 3), np.uint8)
        blank[:] = ground[::-1]
        return blank

    def _cells(self, pixels: U8, window: Window) -> Cells:
        look = Look(
            background="full",
            ground=self.colors.ground,
            own_ground=False,
            mode=self.mode,
            colored=self.colored,
        )
        size = window.width, window.height
        return paint(
            (), rows=window.height // 2, cols=window.width, source_size=size, picture=pixels, look=look
        )

    def _pointer(self) -> RGB:
        return 255, 235, 120

    def _people(self) -> list[Marked]:
        desk = self.desk
        people = [self._marked(one) for one in desk.frame.people]
        if desk.ghost and desk.resolving:
            other = desk.other()
            people += [self._other(other)] if other is not None else []
        elif desk.ghost and desk.key is not None:
            proposed = desk.document.proposed(desk.number).person(desk.key)
            people += [self._marked(proposed, dotted=True)] if proposed else []
        return people

    def _other(self, points: Keypoints) -> Marked:
        return Marked(
            points=points[:, :2].astype(np.float64),
            seen=np.ceil(2 * points[:, 2]).astype(np.int64),
            skeleton=self.desk.document.skeleton,
            color=_GHOST,
            dotted=True,
        )

    def _marked(self, person: Person, *, dotted: bool = False) -> Marked:
        number = person.key if person.track_id is None else person.track_id
        return Marked(
            points=np.array([(one.x, one.y) for one in person.joints], np.float64).reshape(-1, 2),
            seen=np.array([int(one.visibility) for one in person.joints], np.int64),
            skeleton=self.desk.document.skeleton,
            color=_GHOST if dotted else person_color(number, dark=self.colors.dark),
            chosen=person.key == self.desk.key,
            dotted=dotted,
        )


def _on(picture: Pyramid, window: Window, size: tuple[int, int]) -> Window:
    """Return a window of a frame as one of its picture, which may be of another size."""
    factor = picture.size[0] / size[0]
    if factor == 1:
        return window
    left, top, scale = (one * factor for one in (window.left, window.top, window.scale))
    return replace(window, left=left, top=top, scale=scale)


def placed(frame: AnnotatedFrame) -> int:
    """Return how many joints of a frame were placed by hand or confirmed."""
    return sum(joint.placed for person in frame.people for joint in person.joints)
