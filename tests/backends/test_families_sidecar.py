"""Sidecars: every key has an effect, and every mistake is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.backends.base import BackendOptions
from posetui.backends.families.backend import open_file
from posetui.backends.families.sidecar import Sidecar, Text, parse
from posetui.errors import BackendError
from posetui.pose.skeletons import BODY_25
from tests.backends import tiny_networks as tiny
from tests.backends.test_families_pictures import LEFT, TWO, distance

OPTIONS = BackendOptions()
WHOLE = """
family = "heatmaps"
mean = [1, 2, 3]
std = [4.5, 5, 6]
color = "bgr"
padding_value = 7
input_size = [192, 256]
score_threshold = 0.5
split_ratio = 2.5
box_padding = 1.5
grid = "udp"

[skeleton]
name = "triangle"
joints = ["top", "left_foot", "right_foot"]
limbs = [[0, 1], [0, 2]]
pairs = [[1, 2]]
sigmas = [0.1, 0.05, 0.05]
head = [0]
"""


def test_every_key_is_read() -> None:
    said = parse(Text("a.toml", WHOLE))
    assert (said.family, said.mean, said.std, said.color) == ("heatmaps", (1, 2, 3), (4.5, 5, 6), "bgr")
    assert (said.padding_value, said.input_size, said.score_threshold) == (7, (192, 256), 0.5)
    assert (said.split_ratio, said.box_padding, said.grid) == (2.5, 1.5, "udp")
    assert said.skeleton is not None
    assert said.skeleton.joints == ("top", "left_foot", "right_foot")
    assert (said.skeleton.limbs, said.skeleton.pairs) == (((0, 1), (0, 2)), ((1, 2),))
    assert (said.skeleton.sigmas, said.skeleton.head) == ((0.1, 0.05, 0.05), (0,))
    assert parse(Text("a.toml", "")) == Sidecar()
    assert parse(Text("a.toml", 'skeleton = "body-25"')).skeleton == BODY_25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("means = [1, 2, 3]", r"a.toml, line 1: means: there is no such key. There are: family, "),
        ("\n# x\nmean = [1, 2]", r"a.toml, line 3: mean: must be a list of three numbers, not \[1, 2\]"),
        ("std = [1, 0, 1]", "line 1: std: must be a number from 0.001 to 1000, not 0"),
        ("mean = [1, 2, nan]", "line 1: mean: must be a number"),
        ("std = [true, 1, 1]", "line 1: std: must be a number"),
        ('color = "gray"', "line 1: color: must be one of rgb, bgr, not 'gray'"),
        ("padding_value = 256", "padding_value: must be a whole number from 0 to 255, not 256"),
        ("padding_value = 1.0", "padding_value: must be a whole number"),
        ("input_size = [192, 9999]", "input_size: must be a whole number from 16 to 4096"),
        ("input_size = 192", r"input_size: must be \[width, height\], not 192"),
        ("score_threshold = 2", "score_threshold: must be a number from 0 to 1"),
        ('family = "yolo"', "family: must be one of heatmaps, movenet, rtmo, rtmpose, yolo-pose, openpose"),
        ('skeleton = "coco"', "skeleton: no skeleton is named 'coco': choose one of"),
        ("skeleton = 5", "skeleton: must be a name or a table"),
        ('x = 1\n[skeleton]\njoints = ["a"]', "line 1: x: there is no such key"),
        ('[skeleton]\njoint = ["a"]', "line 1: skeleton: a skeleton has no 'joint'"),
        ("[skeleton]\njoints = []", "line 1: skeleton: joints must be 1 to 200 names"),
        ('[skeleton]\njoints = ["a", "a"]', "must be unique"),
        ('[skeleton]\njoints = ["a"]\nlimbs = [[0, 1]]', r"an index is outside 0\.\.0"),
        ('[skeleton]\njoints = ["a"]\nlimbs = [[0]]', "limbs must be a list of pairs"),
        ('[skeleton]\njoints = ["a"]\nname = "coco-17"', "is the name of a skeleton that is known"),
        ('[skeleton]\njoints = ["a\\u001b"]', "joints must be 1 to 200 names"),
        ('[skeleton]\njoints = ["a"]\nsigmas = [0.1, 0.1]', "must be unique and have one sigma each"),
        ("mean = [1, 2 x]", r"a.toml is not TOML: .*line 1"),
        ("a = 1\na = 2\n", r"a.toml is not TOML: .*line 2"),
    ],
)
def test_mistakes_are_found(text: str, said: str) -> None:
    with pytest.raises(BackendError, match=said) as caught:
        parse(Text("a.toml", text))
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(Text("a.toml", text))
    except BackendError as error:
        assert "a.toml" in error.title


def open_with(file: Path, sidecar: str | bytes) -> str:
    """Write a sidecar, open the network and return what is said, or nothing."""
    data = sidecar if isinstance(sidecar, bytes) else sidecar.encode()
    file.with_suffix(".toml").write_bytes(data)
    try:
        open_file(str(file), OPTIONS).close()
    except BackendError as error:
        return str(error)
    return ""


def test_a_sidecar_that_contradicts_the_network(tmp_path: Path) -> None:
    file = tiny.simcc(tmp_path / "net.onnx")
    assert open_with(file, 'family = "rtmpose"\nskeleton = "coco-17"\ninput_size = [192, 256]') == ""
    assert "net.toml, line 1: input_size: the network takes a picture of 192 x 256" in open_with(
        file, "input_size = [256, 192]"
    )
    assert "line 1: skeleton: halpe-26 has 26 joints, the network 17" in open_with(
        file, 'skeleton = "halpe-26"'
    )
    assert "line 2: grid: the family rtmpose has no use for it" in open_with(file, '\ngrid = "udp"')
    assert "line 1: family: the network is none of rtmo: it takes input float" in open_with(
        file, 'family = "rtmo"'
    )
    assert "cannot be read" in open_with(file, b"\xff\xfe")
    assert "too large for a sidecar" in open_with(file, " " * 1_000_001)


def test_joints_that_nothing_names(tmp_path: Path) -> None:
    file = tiny.heatmaps(tmp_path / "net.onnx", 5)
    said = open_with(file, "")
    assert "with 5 joints, and nothing says which. Name its skeleton in a file net.toml" in said
    assert open_with(file, '[skeleton]\njoints = ["a", "b", "c", "d", "e"]') == ""
    backend = open_file(str(file), OPTIONS)
    assert backend.skeleton.joints == ("a", "b", "c", "d", "e")
    backend.close()


def test_the_score_threshold_and_the_colours_count(tmp_path: Path) -> None:
    file = tiny.yolo(tmp_path / "net.onnx")
    assert open_with(file, "score_threshold = 0.85") == ""
    backend = open_file(str(file), OPTIONS)
    (pose,) = backend.estimate(TWO, 0.0).poses
    assert distance(pose, LEFT) <= 2
    # With red and blue swapped the network sees other dots than those that are there.
    assert open_with(file, 'color = "bgr"') == ""
    wrong = open_file(str(file), OPTIONS).estimate(TWO, 0.0).poses[0]
    assert distance(wrong, LEFT) > 20
    backend.close()


def test_free_sides_are_named(tmp_path: Path) -> None:
    zeros = np.zeros((1, 17, 16, 16))
    file = tiny.constant(tmp_path / "net.onnx", ["n", 3, "h", "w"], [("maps", zeros, ["n", 17, "y", "x"])])
    assert open_with(file, "input_size = [64, 64]") == ""
