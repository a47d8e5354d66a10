"""The document: every edit can be undone, and what it does is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from posetui.annotation.doubts import Limits, Place, next_doubt
from posetui.annotation.edits import (
    AddPerson,
    Check,
    Confirm,
    CopyPrevious,
    DeletePerson,
    Interpolate,
    MoveJoint,
    SetVisibility,
    SwapIds,
    SwapSides,
)
from posetui.annotation.model import Visibility
from posetui.errors import AnnotationError
from posetui.pose.skeletons import COCO_17 as SKELETON
from tests.annotation.made import document, person, random_edits

WRIST = SKELETON.index("left_wrist")


def test_a_joint_is_moved_and_moved_back() -> None:
    made = document()
    before = made[3]
    change = made.do(MoveJoint(3, 0, WRIST, 101.234, 50.0))
    assert change is not None
    joint = person(made, 3, 0).joints[WRIST]
    assert (joint.x, joint.y, joint.placed, made[3].checked) == (101.23, 50.0, True, True)
    assert change.frames == (3,)
    assert change.by == "anna"
    assert change.at == "2026-03-01T12:00:00.000Z"
    made.undo()
    assert made[3] == before
    made.redo()
    assert person(made, 3, 0).joints[WRIST] == joint
    # Held within the picture.
    made.do(MoveJoint(3, 0, WRIST, -5, 1e6))
    assert person(made, 3, 0).joints[WRIST][:2] == (0.0, 480.0)


def test_steps_of_a_drag_are_undone_as_one() -> None:
    made = document()
    before = made[3]
    for x in range(100, 140):
        made.do(MoveJoint(3, 0, WRIST, x, 50), merge=True)
    assert len(made.done) == 1
    made.undo()
    assert made[3] == before
    assert not made.done


def test_a_thousand_random_edits_are_undone_and_redone() -> None:
    made = document()
    before = [made[number] for number in range(len(made))]
    random_edits(made, 1000, seed=5)
    after = [made[number] for number in range(len(made))]
    assert after != before
    assert made.checked == sum(frame.checked for frame in after)
    count = len(made.done)
    while made.undo():
        pass
    assert [made[number] for number in range(len(made))] == before
    assert made.checked == 0
    for _ in range(count):
        made.redo()
    assert [made[number] for number in range(len(made))] == after


def test_interpolation_goes_from_key_frame_to_key_frame() -> None:
    made = document()
    made.do(MoveJoint(2, 0, WRIST, 100, 40))
    made.do(Confirm(2, 0))
    made.do(Confirm(6, 0))
    made.do(MoveJoint(6, 0, WRIST, 140, 80))
    made.do(DeletePerson(4, 0))
    made.do(Interpolate(6, 0))
    assert person(made, 3, 0).joints[WRIST][:2] == (110, 50)
    again = made[4].of_track(1)  # was deleted, and is there again
    assert again is not None
    assert again.joints[WRIST] == (120, 60, Visibility.VISIBLE, False)
    assert made[5].checked
    with pytest.raises(AnnotationError, match="key frame before and one after"):
        made.do(Interpolate(8, 0))


def test_people_come_go_and_exchange_what_they_have() -> None:
    made = document()
    made.do(SwapIds(5, 1, 2))
    assert [person.track_id for person in made[4].people] == [1, 2]
    assert [person.track_id for person in made[5].people] == [2, 1]
    assert [person.track_id for person in made[9].people] == [2, 1]
    assert not made[9].checked
    left, right = SKELETON.pairs[0]
    joints = person(made, 0, 0).joints
    made.do(SwapSides(0, 0))
    assert person(made, 0, 0).joints[left][:2] == joints[right][:2]
    made.do(AddPerson(0))
    assert (made[0].people[-1].key, made[0].people[-1].track_id) == (2, 3)
    made.do(CopyPrevious(1))
    assert made[1].of_track(3) is not None
    assert person(made, 1, 0).joints[left][:2] == person(made, 0, 0).joints[left][:2]
    made.do(SetVisibility(0, 0, None, Visibility.ABSENT))
    assert not person(made, 0, 0).keypoints().any()
    made.do(Check(0, checked=False))
    assert not made[0].checked
    with pytest.raises(AnnotationError, match="no person 7"):
        made.do(DeletePerson(0, 7))
    with pytest.raises(AnnotationError, match="no frame before"):
        made.do(CopyPrevious(0))


def test_doubtful_joints_are_found_in_order() -> None:
    made = document(unsure=(7, 1, 3))
    made.do(MoveJoint(4, 0, WRIST, 600, 400))
    made.do(SetVisibility(4, 0, WRIST, Visibility.VISIBLE))
    # The wrist was placed by hand; its neighbours now are where it is not.
    first = next_doubt(made)
    assert first is not None
    assert first.place == Place(3, 0, WRIST)
    assert first.reason == "jump"
    second = next_doubt(made, first.place)
    assert second is not None
    assert second.place == Place(5, 0, WRIST)
    third = next_doubt(made, second.place)
    assert third is not None
    assert (third.place, third.reason, round(third.amount, 2)) == (Place(7, 1, 3), "unsure", 0.1)
    assert next_doubt(made, third.place) is None
    assert next_doubt(made, third.place, backwards=True) == second
    apart = person(made, 0, 1).keypoints()
    apart[0, :2] += 60
    found = next_doubt(made, others={0: [np.zeros_like(apart), apart]}, limits=Limits(jump=9))
    assert found is not None
    assert (found.place, found.reason) == (Place(0, 1, 0), "disagreement")
