"""What TrackEval says of the scenes of tests/evaluation/track_scenes.py.

Writes tests/evaluation/trackeval.json. Run with bench/requirements.txt installed:

    python -m bench.tracking.goldens
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.tracking.metrics import _dense, _measures
from posetui.evaluation.tracks import Moment
from tests.evaluation.track_scenes import SCENES, scene

GOLDENS = Path(__file__).resolve().parents[2] / "tests" / "evaluation" / "trackeval.json"


def data_of(moments: Sequence[Moment]) -> dict[str, Any]:
    """Return a scene as TrackEval takes it."""
    true, true_count = _dense([moment.true for moment in moments])
    said, said_count = _dense([moment.said for moment in moments])
    return {
        "gt_ids": true,
        "tracker_ids": said,
        "similarity_scores": [moment.alike for moment in moments],
        "num_gt_ids": true_count,
        "num_tracker_ids": said_count,
        "num_gt_dets": sum(map(len, true)),
        "num_tracker_dets": sum(map(len, said)),
        "num_timesteps": len(true),
    }


def told(results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return the figures that are compared."""
    clear, identity, hota = results["clear"], results["identity"], results["hota"]
    return {
        "mota": float(clear["MOTA"]),
        "motp": float(clear["MOTP"]),
        "switches": int(clear["IDSW"]),
        "missed": int(clear["CLR_FN"]),
        "wrong": int(clear["CLR_FP"]),
        "idf1": float(identity["IDF1"]),
        "idp": float(identity["IDP"]),
        "idr": float(identity["IDR"]),
        **{
            name: float(np.mean(hota[field]))
            for name, field in (("hota", "HOTA"), ("deta", "DetA"), ("assa", "AssA"), ("loca", "LocA"))
        },
    }


def main() -> None:
    """Write the file."""
    measures = _measures()
    every: list[dict[str, dict[str, Any]]] = []
    for number in range(SCENES):
        data = data_of(scene(number))
        every.append({name: measure.eval_sequence(data) for name, measure in measures.items()})
    combined = {
        name: measure.combine_sequences({str(place): one[name] for place, one in enumerate(every)})
        for name, measure in measures.items()
    }
    result = {
        "made": "python -m bench.tracking.goldens",
        "trackeval": importlib.metadata.version("trackeval"),
        "scenes": [told(one) for one in every],
        "combined": told(combined),
    }
    GOLDENS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
