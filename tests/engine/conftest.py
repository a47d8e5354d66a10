"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from posetui.engine.options import EngineOptions
from tests.engine.watching import Open, Watched


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open supervisors, and close them at the end."""
    watched: list[Watched] = []

    def start(options: EngineOptions) -> Watched:
        watched.append(Watched(options, tmp_path))
        return watched[-1]

    yield start
    for one in watched:
        one.engine.close()
