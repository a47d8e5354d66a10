"""What the keys and the mouse do to joints and people."""

from __future__ import annotations

import time

from posetui.annotation.edits import (
    AddPerson,
    Check,
    Confirm,
    CopyPrevious,
    DeletePerson,
    Edit,
    Interpolate,
    MoveJoint,
    SetVisibility,
    SwapIds,
    SwapSides,
)
from posetui.annotation.model import Visibility
from posetui.annotation.steps import Change
from posetui.errors import PosetuiError
from posetui.text import safe_text
from posetui.tui.annotating.going import Going
from posetui.tui.annotating.mannequin import mannequin
from posetui.tui.annotating.pointing import CHOOSE, PointedCanvas
from posetui.tui.exchanging import partner

_HELD_S = 0.4
"""Presses of an arrow that follow each other faster are undone as one."""
_REACH = 5.0
"""Pixels of the canvas from which a click takes a joint."""


class AnnotateScreen(Going):
    """The screen with all its keys."""

    _moved: tuple[tuple[int, int | None, int], float] | None = None
    _grip: tuple[float, float] | None = None
    _last: tuple[float, float] = (0.0, 0.0)
    _swapping: int | None = None

    def do(self, edit: Edit, *, merge: bool = False) -> Change | None:
        """Carry out an edit and show what came of it; None when it could not be done, or changed nothing."""
        try:
            change = self.desk.document.do(edit, merge=merge)
        except PosetuiError as error:
            self.tell(str(error), "poor")
            return None
        self.said = ("", "muted")
        if change:
            self.took(change.frames)
        self.desk.look()
        self.paced.redraw()
        return change

    def _key(self) -> int | None:
        """Return the key of the person, or tell that there is none."""
        if self.desk.person is None:
            self.tell("nobody is here: A adds a person", "fair")
            return None
        return self.desk.key

    # ---- joints

    def action_move(self, dx: int, dy: int, by: int) -> None:
        """Move the joint by so many pixels; by 0, as far as plain arrows go."""
        pixels = by or self.desk.step
        if not pixels:
            self.action_pan(dx, dy)
            return
        x, y = self.desk.at()
        now = time.monotonic()
        here = self.desk.number, self.desk.key, self.desk.joint
        held = self._moved is not None and self._moved[0] == here and now - self._moved[1] < _HELD_S
        self._put(x + dx * pixels, y + dy * pixels, merge=held)
        self._moved = here, now

    def _put(self, x: float, y: float, *, merge: bool) -> None:
        key = self._key()
        if key is not None:
            self.do(MoveJoint(self.desk.number, key, self.desk.joint, x, y), merge=merge)

    def action_see(self, visibility: int) -> None:
        """Say whether the joint is visible, occluded or absent."""
        key, desk = self._key(), self.desk
        if key is None or desk.person is None:
            return
        joint = desk.person.joints[desk.joint]
        if visibility and joint.visibility is Visibility.ABSENT and not (joint.x or joint.y):
            self._put(*desk.at(), merge=False)
        self.do(SetVisibility(desk.number, key, desk.joint, Visibility(visibility)))

    def action_right(self) -> None:
        """Say that the joint is right as it is, and go on."""
        key, person = self._key(), self.desk.person
        if key is None or person is None:
            return
        seen = person.joints[self.desk.joint].visibility
        self.do(SetVisibility(self.desk.number, key, self.desk.joint, seen))
        self.action_joint(1)

    def action_take(self) -> None:
        """Put the joint where the second backend, or the other annotator, has it."""
        key, other, desk = self._key(), self.desk.other(), self.desk
        if key is None:
            return
        if other is None or other[desk.joint, 2] <= 0:
            self.tell("nobody else has this joint", "fair")
            return
        x, y, _ = other[desk.joint].tolist()
        if self.do(MoveJoint(desk.number, key, desk.joint, x, y)):
            self.tell("as the other has it", "good")

    # ---- people and frames

    def action_confirm(self) -> None:
        """Say that all joints of the person are right."""
        if (key := self._key()) is not None and self.do(Confirm(self.desk.number, key)):
            self.tell("all joints of this person are placed", "good")

    def action_check(self) -> None:
        """Say that the frame is right, and go on; where it is the last, stay."""
        self.do(Check(self.desk.number))
        if self.desk.number + 1 < len(self.desk.document):
            self.action_frame(1)
        else:
            self.tell("that was the last frame", "good")

    def action_copy(self) -> None:
        """Take the person from the frame before."""
        if (key := self._key()) is not None:
            self.do(CopyPrevious(self.desk.number, key))

    def action_copy_all(self) -> None:
        """Take everybody from the frame before."""
        if self.do(CopyPrevious(self.desk.number)) and self.desk.person is None:
            self.desk.choose(None)

    def action_interpolate(self) -> None:
        """Put the person between its key frames."""
        if (key := self._key()) is not None and (change := self.do(Interpolate(self.desk.number, key))):
            self.tell(f"{len(change.frames)} frames between two key frames", "good")

    def action_swap_sides(self) -> None:
        """Exchange left and right."""
        if (key := self._key()) is not None and self.do(SwapSides(self.desk.number, key)):
            self.tell("left and right are exchanged", "good")

    def action_swap_ids(self) -> None:
        """Exchange two people's numbers from here on: the only two's, or those chosen first and next."""
        people = [one.track_id for one in self.desk.frame.people if one.track_id is not None]
        here = self.desk.person.track_id if self.desk.person else None
        if here is None or len(people) < 2:
            self.tell("two people with numbers are needed to exchange them", "fair")
            return
        first = partner(self._swapping, here, people)
        if first is None:
            self._swapping = here
            self.tell(f"{here}: choose another person, then X again", "fair")
            return
        self._swapping = None
        if self.do(SwapIds(self.desk.number, first, here)):
            self.tell(f"{first} and {here} exchange numbers from here on", "good")

    def action_add(self) -> None:
        """Add a person in the middle of the view."""
        desk = self.desk
        if self.do(
            AddPerson(desk.number, mannequin(desk.document.skeleton, desk.window(*self.canvas.half_blocks)))
        ):
            desk.choose(desk.frame.people[-1].key, 0)
            self.tell("added: put the joints right, a takes away those that are not there", "good")

    def action_delete(self) -> None:
        """Delete the person."""
        if (key := self._key()) is not None and self.do(DeletePerson(self.desk.number, key)):
            self.desk.choose(None)
            self.tell("deleted: u brings it back")

    # ---- the document

    def action_undo(self) -> None:
        """Take back the last change, and go where it was."""
        self._follow(self.desk.document.undo(), "undone", "nothing to undo")

    def action_redo(self) -> None:
        """Do again what was undone, and go where it was."""
        self._follow(self.desk.document.redo(), "done again", "nothing to do again")

    def _follow(self, change: Change | None, did: str, nothing: str) -> None:
        self._moved = None
        if change is None:
            self.tell(nothing)
            return
        self.took(change.frames)
        desk, numbers = self.desk, sorted(change.frames)
        if desk.number not in numbers:
            desk.go(numbers[0])
        step = next((one for one in change.steps if one.frame == desk.number), None)
        key, joint = getattr(step, "person", desk.key), getattr(step, "joint", desk.joint)
        desk.choose(key, joint)
        self.tell(f"{did}: {change.what.replace('-', ' ')}")

    def action_save(self) -> None:
        """Write the truth."""
        self.desk.session.place = self.desk.place
        try:
            self.desk.session.save()
        except PosetuiError as error:
            self.tell(str(error), "poor")
            return
        self.tell("the truth is written", "good")

    def action_export(self) -> None:
        """Write the checked frames as COCO ground truth."""
        session = self.desk.session
        path = session.path.with_suffix(".json")
        try:
            count = session.export(path)
        except PosetuiError as error:
            self.tell(str(error), "poor")
            return
        frames = "1 frame" if count == 1 else f"{count:,} frames"
        self.tell(f"wrote {safe_text(path.name)}: {frames}", "good")

    # ---- the mouse

    def on_pointed_canvas_pressed(self, message: PointedCanvas.Pressed) -> None:
        """Choose the nearest joint, or put an absent one there; the other button takes the view."""
        self._grip, self._moved = None, None
        self._last = message.x, message.y
        if message.button != CHOOSE:
            return
        desk = self.desk
        x, y = desk.place_at(message.x, message.y)
        found = desk.nearest(x, y, _REACH)
        if found is None:
            person = desk.person
            if person is None or person.joints[desk.joint].visibility is not Visibility.ABSENT:
                self.tell("no joint is near")
                return
            self._put(x, y, merge=False)
            self._grip = 0.0, 0.0
            return
        desk.key, desk.joint = found  # the view stays: the mouse is on it
        at = desk.at()
        self._grip = at[0] - x, at[1] - y
        self.went()

    def on_pointed_canvas_dragged(self, message: PointedCanvas.Dragged) -> None:
        """Take the joint along, or the view."""
        if message.button != CHOOSE:
            self.desk.drag(message.x - self._last[0], message.y - self._last[1])
            self._last = message.x, message.y
            self.went()
        elif self._grip is not None:
            x, y = self.desk.place_at(message.x, message.y)
            dragged = self._moved is not None
            self._moved = (self.desk.number, self.desk.key, self.desk.joint), -1.0
            self._put(x + self._grip[0], y + self._grip[1], merge=dragged)
