from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import BOLD, SPACE, U8, UPPER_HALF, Cells
from posetui.drawing.palette import DARK_BACKGROUND, xterm256
from posetui.drawing.reduction import Backdrop, few_colors

GROUND = (12, 14, 18)


def picture(seed: int, height: int = 20, width: int = 30) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def shown(backdrop: Backdrop) -> U8:
    assert backdrop.shown is not None
    return backdrop.shown


def test_with_room_the_whole_picture_is_taken_over() -> None:
    backdrop, new = Backdrop(), picture(1)
    wanted, taken = backdrop.update(new, GROUND, bits=8, step=1, room=None)
    assert wanted == taken == 600
    assert (shown(backdrop) == new).all()


def test_without_room_it_comes_in_parts_from_the_ground_and_every_part_has_its_turn() -> None:
    backdrop, new = Backdrop(), picture(1)
    frames = 0
    taken, wanted = 0, 1
    while taken < wanted:
        wanted, taken = backdrop.update(new, GROUND, bits=8, step=1, room=90)
        frames += 1
        assert taken <= 120
        if frames == 1:
            assert (shown(backdrop)[-1] == GROUND[::-1]).all()
    assert frames in (5, 6)
    assert (shown(backdrop) == new).all()
    for seed in range(2, 8):  # another picture each time: no row waits for ever
        backdrop.update(picture(seed), GROUND, bits=8, step=1, room=90)
    assert (shown(backdrop) != new).any(axis=(1, 2)).all()


def test_a_still_picture_is_renewed_when_its_time_has_come_and_not_torn() -> None:
    backdrop = Backdrop()
    backdrop.update(picture(1), GROUND, bits=8, step=1, room=None, still=2.0, now=10.0)
    assert backdrop.update(picture(2), GROUND, bits=8, step=1, room=None, still=2.0, now=11.9) == (0, 0)
    assert (shown(backdrop) == picture(1)).all()
    for step in range(6):
        backdrop.update(picture(2 + step), GROUND, bits=8, step=1, room=130, still=2.0, now=12.1 + step / 30)
    assert (shown(backdrop) == picture(2)).all()


def test_another_size_begins_anew() -> None:
    backdrop = Backdrop()
    backdrop.update(picture(1), GROUND, bits=8, step=1, room=None)
    backdrop.update(picture(1, 8, 8), GROUND, bits=8, step=1, room=1)
    assert shown(backdrop).shape == (8, 8, 3)


def cells(top: npt.ArrayLike, bottom: npt.ArrayLike) -> Cells:
    block = np.full((4, 5), UPPER_HALF, np.uint32)
    fg, bg = (np.array(np.broadcast_to(color, (4, 5, 3)), np.uint8) for color in (top, bottom))
    return Cells(block, fg, bg, np.zeros((4, 5), np.uint8))


def test_few_colors_are_those_of_the_terminal() -> None:
    random = np.random.default_rng(3)
    given = cells(random.integers(0, 256, (4, 5, 3)), random.integers(0, 256, (4, 5, 3)))
    reduced = few_colors(given, None)
    assert (xterm256(reduced.fg) == reduced.fg).all()
    assert np.abs(reduced.fg.astype(int) - given.fg).max() <= 48


def test_noise_between_two_colors_changes_nothing_and_another_color_does() -> None:
    middle = (115, 115, 115)
    first = few_colors(cells(middle, (0, 0, 0)), None)
    for level in range(-4, 5):
        noisy = cells(tuple(value + level for value in middle), (0, 0, 0))
        again = few_colors(noisy, first)
        assert (again.fg == first.fg).all()
    assert (few_colors(cells((200, 30, 30), (0, 0, 0)), first).fg != first.fg).any()


def test_text_over_a_picture_has_one_color() -> None:
    dark = np.random.default_rng(5).choice([8, 18], (4, 5, 1))
    label = cells((231, 161, 6), DARK_BACKGROUND)
    label.style[:] = BOLD
    reduced = few_colors(label, few_colors(cells(255, dark), None))
    assert len(np.unique(reduced.bg.reshape(-1, 3), axis=0)) == 1


def test_truecolor_of_before_is_not_kept() -> None:
    before = cells((116, 117, 118), (0, 0, 0))
    reduced = few_colors(before, before)
    assert (xterm256(reduced.fg) == reduced.fg).all()


def test_two_halves_of_one_color_are_a_space() -> None:
    assert (few_colors(cells((40, 40, 40), (41, 40, 40)), None).glyph == SPACE).all()
