"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from posetui.engine.options import EngineOptions
from tests.engine.watching import LOOPING, Open, Watched


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


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One run of a clip for several tests."""
    watched = Watched(LOOPING, tmp_path_factory.mktemp("run"))
    yield watched
    watched.engine.close()


@pytest.fixture
def live(run: Watched) -> Iterator[Watched]:
    """That run, live with the backend that it began with; it rests while nobody needs it."""
    run.engine.pause(False)
    run.wait_for_newer()
    yield run
    run.engine.pause(True)
