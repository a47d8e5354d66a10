"""kill -9 while recording."""

from __future__ import annotations

import random
from pathlib import Path

from tests.tapes.killing import kill_all


def test_a_killed_recording_loses_at_most_a_second(tmp_path: Path) -> None:
    chance = random.Random(5)
    killed = []
    for number in range(3):
        paths = [tmp_path / f"{number}-{one}.mcap" for one in range(5)]
        killed += kill_all(paths, chance, 2.0)
    assert max(len(one.given) for one in killed) > 30
    assert [one for one in killed if one.lost_seconds > 1.0] == []
