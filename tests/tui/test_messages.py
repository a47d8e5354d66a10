from __future__ import annotations

import asyncio

from textual.widgets._toast import Toast

from posetui.tui.paced import Lasting, PacedApp
from posetui.tui.pacing import Pacer


def test_a_message_that_comes_too_late_to_be_shown_is_taken_away() -> None:
    # With the time that Textual gives it, its timer would go round for ever.
    late = Lasting("late", timeout=-1.0)
    assert late.has_expired

    async def show() -> int:
        app = PacedApp(Pacer(), "dark")
        async with app.run_test() as pilot:
            await app.mount(Toast(late))
            for _ in range(40):
                await pilot.pause(0.05)
                if not app.query(Toast):
                    break
            return len(app.query(Toast))

    assert asyncio.run(show()) == 0


def test_messages_of_the_app_last() -> None:
    async def tell() -> list[type[object]]:
        app = PacedApp(Pacer(), "dark")
        async with app.run_test() as pilot:
            app.notify("said", timeout=3, markup=False)
            await pilot.pause()
            return [type(one) for one in app._notifications]

    assert asyncio.run(tell()) == [Lasting]
