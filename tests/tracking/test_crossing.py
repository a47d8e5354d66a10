"""People who cross keep their numbers."""

from __future__ import annotations

import pytest

from posetui.pose.skeletons import COCO_17
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.tracker import Tracker
from tests.tracking.scenes import crossing


@pytest.mark.parametrize("hidden_px", [0, 40, 90])
@pytest.mark.parametrize("fps", [60, 30, 12])
@pytest.mark.parametrize("seed", range(5))
def test_two_people_who_cross_keep_their_ids(fps: float, seed: int, hidden_px: float) -> None:
    tracker = Tracker(COCO_17)
    ids: dict[str, set[int | None]] = {"east": set(), "west": set()}
    for index, people in enumerate(crossing(fps, seed, hidden_px)):
        tracked = tracker.update(tuple(pose for _, pose in people), index / fps)
        for (name, _), pose in zip(people, tracked, strict=True):
            ids[name].add(pose.track_id)
    assert ids == {"east": {1}, "west": {2}}


@pytest.mark.parametrize("seed", range(5))
def test_duplicates_and_tracks_together(seed: int) -> None:
    tracker = Tracker(COCO_17)
    seen: set[int | None] = set()
    for index, people in enumerate(crossing(30, seed, 40)):
        twice = tuple(pose for _, pose in people) * 2
        tracked = tracker.update(suppress_duplicates(twice, COCO_17), index / 30)
        assert len(tracked) <= 2
        seen |= {pose.track_id for pose in tracked}
    assert seen == {1, 2}
