from __future__ import annotations

import re

from posetui.backends.base import BackendOptions
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.pose.convert import convert
from posetui.pose.skeletons import BLAZEPOSE_33, OPENPOSE_18
from posetui.sources.base import SourceOptions
from tests.tui.looking import Open, panel, wait_state

CLIP = "demo:single"


def _last_confidences() -> list[str]:
    options = EngineOptions(
        CLIP, SourceOptions(end=0.6), "mediapipe:lite", BackendOptions(1), every_frame=True
    )
    with Pipeline(options) as pipeline:
        *_, last = pipeline.frames()
    shown = convert(last.poses[0].keypoints, BLAZEPOSE_33, OPENPOSE_18)
    return [f"{confidence:.2f}" for confidence in shown[:, 2].tolist()]


def test_the_panels_end_on_the_last_frame(open_app: Open) -> None:
    """Frames come faster than panels are drawn; the last of them is drawn all the same."""
    expected = _last_confidences()
    app = open_app("--source", CLIP, "--end", "0.6", "--every-frame", "--backend", "mediapipe:lite")
    wait_state(app, "ended")

    def shown() -> list[str]:
        return [found[0] for row in panel(app, "joints") if (found := re.search(r"\d\.\d\d", row))]

    app.wait_for(lambda: shown() == expected, f"the joints {expected}", 10)
