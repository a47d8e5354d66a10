from __future__ import annotations

import pytest

from posetui.settings import QUALITIES
from posetui.tui.costs import Costs
from posetui.tui.quality import LADDER, LEVELS, Ladder

SIZES = dict(zip(LEVELS, (90e3, 60e3, 30e3, 20e3, 5e3, 3e3, 3e3), strict=True))
"""Bytes of a frame at each level."""


class Run:
    def __init__(self, quality: str = "auto") -> None:
        self.now = 0.0
        self.ladder = Ladder(quality, lambda: self.now)
        self.seen = [self.ladder.level.name]

    def run(self, seconds: float, rate: float | None) -> Run:
        for _ in range(int(seconds * 20)):
            self.now += 0.05
            self.ladder.judge(SIZES[self.ladder.level.name], rate)
            if self.ladder.level.name != self.seen[-1]:
                self.seen.append(self.ladder.level.name)
        return self


def test_the_settings_name_every_level() -> None:
    assert ("auto", *LEVELS) == QUALITIES


def test_a_fast_link_has_the_fine_picture() -> None:
    assert Run().run(60, 20e6).seen == ["fine"]


def test_nothing_is_changed_while_nothing_is_known() -> None:
    assert Run().run(60, None).seen == ["fine"]


@pytest.mark.parametrize(
    ("rate", "level"),
    [(1e6, "coarse"), (550e3, "256"), (300e3, "still"), (100e3, "skeleton"), (15e3, "sparse")],
)
def test_each_link_has_its_level_within_seconds_and_keeps_it(rate: float, level: str) -> None:
    run = Run().run(6, rate)
    assert run.seen[-1] == level
    settled = len(run.seen)
    run.run(200, rate)
    assert len(run.seen) == settled, run.seen


def test_a_picture_that_stands_is_as_good_as_it_gets() -> None:
    run = Run().run(6, 300e3)
    assert (run.ladder.level.name, run.ladder.standing.name) == ("still", "fine")
    assert Run().run(6, 15e3).ladder.standing.name == "sparse", "no picture where there was none"
    assert Run("256").ladder.standing.name == "256", "what was asked for"


def test_a_link_that_recovers_is_climbed_again() -> None:
    run = Run().run(10, 15e3)
    assert run.seen[-1] == "sparse"
    run.run(60, 20e6)
    assert run.seen[-1] == "fine"
    assert run.seen.index("sparse") + len(LEVELS) - 2 == len(run.seen) - 1, "one step at a time"


def test_a_link_that_wavers_does_not_flap() -> None:
    run = Run()
    for _ in range(60):
        run.run(2, 1.2e6).run(2, 500e3)
    assert len(run.seen) < 25, run.seen


def test_a_level_that_was_asked_for_is_kept() -> None:
    assert Run("full").run(60, 15e3).seen == ["full"]


def test_costs_are_learnt_from_what_was_sent() -> None:
    costs, fine, still = Costs(), LADDER[1], LADDER[LEVELS.index("still")]
    for _ in range(40):
        costs.learn(still, 2000, 0, 0)
        costs.learn(fine, 2000 + 10 * 1000, 4000, 1000)
    assert costs.learn(fine, 12_000, 4000, 1000) == pytest.approx(2000 + 40_000, rel=0.05)
    assert costs.pixels(fine, 12_000) == pytest.approx(1000, rel=0.05)
    assert costs.pixels(fine, 500) == 0
