from __future__ import annotations

import numpy as np

from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17, OPENPOSE_18
from posetui.tracking.reliability import Figures
from posetui.tui.reliability import reliability_lines
from posetui.tui.themes import colors_of


def test_figures_of_other_joints_count_as_nothing() -> None:
    """While one backend takes over from another, both have their say for a frame."""
    none, zeros = np.zeros(17), np.zeros(17, np.int64)
    figures = Figures(2, none, none, none, zeros, zeros)
    of_coco = reliability_lines(figures, COCO_17, OPENPOSE_18, colors_of("dark"), 46)
    of_other = reliability_lines(figures, BLAZEPOSE_33, OPENPOSE_18, colors_of("dark"), 46)
    assert len(of_coco) == 18
    assert [text for line in of_other for text, _ in line] == ["  nothing is known yet"]
