"""Metrics of tracks against what TrackEval said; bench/tracking/goldens.py asked it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posetui.evaluation.people import NO_TRACK
from posetui.evaluation.tracks import Moment, moments_of, score
from tests.evaluation.making import found_of, truth_of
from tests.evaluation.track_scenes import SCENES, joined, scene

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "trackeval.json").read_text(encoding="utf-8"))


def told(moments: Sequence[Moment]) -> dict[str, float]:
    scores = score(moments)
    clear, identity, hota = scores.clear, scores.identity, scores.hota
    return {
        "mota": clear.mota,
        "motp": clear.motp,
        "switches": clear.switches,
        "missed": clear.missed,
        "wrong": clear.wrong,
        "idf1": identity.idf1,
        "idp": identity.precision,
        "idr": identity.recall,
        "hota": hota.hota,
        "deta": hota.deta,
        "assa": hota.assa,
        "loca": hota.loca,
    }


def assert_as_trackeval(ours: dict[str, float], theirs: dict[str, float]) -> None:
    for name, value in theirs.items():
        if np.isnan(ours[name]):
            # Where there is nothing to divide by, TrackEval says 0; we say that it is not known.
            assert value == 0, name
        else:
            assert ours[name] == pytest.approx(value, abs=1e-12), name


def test_every_scene_is_judged_as_by_trackeval() -> None:
    assert len(GOLDEN["scenes"]) == SCENES == 50
    for number, theirs in enumerate(GOLDEN["scenes"]):
        if number != 3:  # nobody is there: see below
            assert_as_trackeval(told(scene(number)), theirs)


def test_all_scenes_together_are() -> None:
    ours = told(joined([scene(number) for number in range(SCENES)]))
    assert_as_trackeval(ours, GOLDEN["combined"])


def test_samples_are_what_the_numbers_are_made_of() -> None:
    moments = joined([scene(8), scene(9)])
    scores, count = score(moments), len(moments)
    whole, each = np.ones((1, count)), np.arange(count)
    assert scores.clear.mota_samples(each, whole) == pytest.approx(scores.clear.mota, abs=1e-12)
    assert scores.identity.idf1_samples(each, whole) == pytest.approx(scores.identity.idf1, abs=1e-12)
    assert scores.hota.samples(each, whole) == pytest.approx(scores.hota.hota, abs=1e-12)
    # A piece that is drawn twice counts as if it came twice; one that is not, as if it were not there.
    block = (each >= count // 2).astype(np.int64)
    first = moments[: count // 2]
    drawn = np.array([[1.0, 0.0], [3.0, 0.0], [1.0, 1.0]])
    motas = scores.clear.mota_samples(block, drawn)
    assert motas[:2] == pytest.approx(score(first).clear.mota, abs=1e-12)
    hotas = scores.hota.samples(block, drawn)
    assert hotas[0] == pytest.approx(hotas[1], abs=1e-12)
    assert hotas[2] == pytest.approx(scores.hota.hota, abs=1e-12)
    assert len({round(float(one), 6) for one in scores.identity.idf1_samples(block, drawn)}) == 2


def test_without_anybody_there_mota_is_unknown() -> None:
    ours, theirs = told(scene(3)), GOLDEN["scenes"][3]
    assert np.isnan(ours["mota"])
    assert (ours["wrong"], ours["hota"], ours["idf1"]) == (theirs["wrong"], 0, 0)


def test_people_on_crowds_and_without_numbers_are_left_out() -> None:
    body = np.random.default_rng(1).uniform(0, 100, (17, 2))
    here, there, crowd, nowhere = body, body + 300, body + 600, body + 1200
    truth = truth_of(
        np.array([here, there, crowd]),
        [0, 0, 0],
        1,
        crowd=np.array([False, False, True]),
        track=np.array([5, 9, 7]),
    )
    found = found_of(
        np.array([here, there, crowd, nowhere, nowhere]),
        [0] * 5,
        1,
        track=np.array([3, 30, 31, 32, NO_TRACK]),
    )
    [moment] = moments_of(truth, found)
    assert len(moment.true) == 2
    assert len(moment.said) == 3  # the one in the crowd and the one without a number are not judged
    np.testing.assert_allclose(moment.alike, [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    clear = score([moment]).clear
    assert (clear.right, clear.missed, clear.wrong) == (2, 0, 1)
