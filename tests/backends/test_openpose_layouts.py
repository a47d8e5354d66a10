"""The tables of limbs, and which networks count as of the OpenPose family."""

from __future__ import annotations

import pytest

from posetui.backends.network import Port
from posetui.backends.openpose.layouts import BODY_25_LIMBS, COCO_18_LIMBS, Limb, Maps, recognise
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BODY_25, OPENPOSE_18

FREE = Port("image", (1, 3, "height", "width"), "float")


def _out(channels: int, name: str = "net_output") -> Port:
    return Port(name, (1, channels, "h", "w"), "float")


@pytest.mark.parametrize(("limbs", "skeleton"), [(COCO_18_LIMBS, OPENPOSE_18), (BODY_25_LIMBS, BODY_25)])
def test_every_field_is_used_once_and_the_limbs_reach_every_joint(
    limbs: tuple[Limb, ...], skeleton: Skeleton
) -> None:
    assert sorted(limb.channel for limb in limbs) == list(range(0, 2 * len(limbs), 2))
    assert len({(limb.start, limb.end) for limb in limbs}) == len(limbs)
    # A tree and the two limbs from shoulder to ear.
    assert len(limbs) == len(skeleton) - 1 + 2
    reached = {1}
    for _ in limbs:
        reached |= {limb.end for limb in limbs if limb.start in reached}
    assert reached == set(range(len(skeleton)))


@pytest.mark.parametrize(("limbs", "skeleton"), [(COCO_18_LIMBS, OPENPOSE_18), (BODY_25_LIMBS, BODY_25)])
def test_limbs_are_the_same_on_both_sides_and_those_that_are_drawn(
    limbs: tuple[Limb, ...], skeleton: Skeleton
) -> None:
    other = {index: index for index in range(len(skeleton))}
    for left, right in skeleton.pairs:
        other[left], other[right] = right, left
    pairs = {(limb.start, limb.end) for limb in limbs}
    assert {(other[start], other[end]) for start, end in pairs} == pairs
    assert set(skeleton.limbs) <= pairs


def test_the_originals_are_recognised_by_their_number_of_maps() -> None:
    coco, body = recognise([FREE], [_out(57)]), recognise([FREE], [_out(78)])
    assert coco is not None
    assert body is not None
    assert (coco.skeleton, coco.heat, coco.fields) == (OPENPOSE_18, Maps(0, 0), Maps(0, 19))
    assert (body.skeleton, body.heat, body.fields) == (BODY_25, Maps(0, 0), Maps(0, 26))
    for layout in (coco, body):
        assert (layout.scale, layout.offset, layout.shift, layout.size) == (1 / 256, -0.5, 0.0, None)


@pytest.mark.parametrize(("joints", "fields", "skeleton"), [(19, 38, OPENPOSE_18), (26, 52, BODY_25)])
def test_two_outputs_may_come_in_either_order(joints: int, fields: int, skeleton: Skeleton) -> None:
    for order in ((joints, fields), (fields, joints)):
        layout = recognise([FREE], [_out(count) for count in order])
        assert layout is not None
        assert layout.skeleton is skeleton
        assert order[layout.heat.output] == joints
        assert order[layout.fields.output] == fields
        assert layout.heat.first == layout.fields.first == 0


def test_the_network_that_ships_takes_pixels_as_they_are() -> None:
    layout = recognise([FREE], [_out(57, "maps")])
    assert layout is not None
    assert (layout.scale, layout.offset) == (1.0, 0.0)
    assert layout.shift > 0


def test_a_fixed_input_is_kept() -> None:
    layout = recognise([Port("image", (1, 3, 368, 656), "float")], [_out(78)])
    assert layout is not None
    assert layout.size == (656, 368)


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([], [_out(57)]),
        ([FREE], []),
        ([FREE], [_out(17)]),
        ([FREE], [_out(19)]),
        ([FREE], [_out(19), _out(52)]),
        ([FREE], [_out(19), _out(38), _out(38)]),
        ([FREE], [Port("net_output", (1, "maps", "h", "w"), "float"), _out(38)]),
        ([FREE], [Port("net_output", (1, 57), "float")]),
        ([FREE], [Port("net_output", (1, 57, 46, 46), "int64")]),
        ([FREE, FREE], [_out(57)]),
        ([Port("image", (1, 3, 368, 368), "uint8")], [_out(57)]),
        ([Port("image", (1, 1, 368, 368), "float")], [_out(57)]),
        ([Port("image", (1, 368, 368, 3), "float")], [_out(57)]),
        ([Port("image", (4, 3, 368, 368), "float")], [_out(57)]),
        ([Port("image", (1, 3, 365, 368), "float")], [_out(57)]),
        ([Port("image", (1, 3, 368, "width"), "float")], [_out(57)]),
        ([Port("image", (), "float")], [_out(57)]),
    ],
)
def test_other_networks_are_not(inputs: list[Port], outputs: list[Port]) -> None:
    assert recognise(inputs, outputs) is None
