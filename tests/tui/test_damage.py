from __future__ import annotations

import asyncio

from tests.tui.damage import Steps


def test_the_screen_is_what_a_full_repaint_makes_after_each_random_step() -> None:
    asyncio.run(Steps(1).run(100))
