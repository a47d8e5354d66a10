"""What happens before the app opens, in a terminal."""

from __future__ import annotations

import pytest

from tests.commands.running import COMMAND, FakeTerminal


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_show_it(environ: dict[str, str], term: str) -> None:
    with FakeTerminal(80, 24) as terminal:
        child = terminal.run([*COMMAND, "--source", "demo"], {**environ, "TERM": term})
        assert child.wait(timeout=30) == 2
        text = terminal.read_all().decode()
    assert text.startswith("posetui: TERM is unset or dumb")
    assert "--headless" in text
    assert "\x1b" not in text


def test_bad_flags_leave_the_terminal_alone(environ: dict[str, str]) -> None:
    with FakeTerminal(80, 24) as terminal:
        child = terminal.run([*COMMAND, "--theme", "pink"], environ)
        assert child.wait(timeout=30) == 2
        text = terminal.read_all().decode()
    assert text.startswith("posetui: --theme must be dark, light or high-contrast, not 'pink'.")
    assert "\x1b" not in text
