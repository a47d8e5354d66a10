"""What the keys do that only look: frames, people, joints, doubts, the view."""

from __future__ import annotations

from posetui.annotation.doubts import Limits, next_doubt
from posetui.tui.annotating.desk import SHOWN, STEPS
from posetui.tui.annotating.keys import PARTS
from posetui.tui.annotating.pointing import PointedCanvas
from posetui.tui.annotating.sheet import Sheet
from posetui.tui.help import HelpScreen
from posetui.tui.themes import THEMES

_DIFFERENCES = Limits(apart=0.1)
"""From how far apart two annotators differ."""
_REASONS = {
    "unsure": "the backend was unsure ({:.2f})",
    "disagreement": "another backend has it elsewhere ({:.0%} of the person)",
    "jump": "it jumps ({:.0%} of the person)",
}
_WORDS = (
    ("✓", "placed by hand, or confirmed"),
    ("checked", "frames that somebody has corrected or confirmed: only those are truth"),
    ("1:4", "a pixel of the screen shows four pixels of the picture, across and down"),
)


class Going(Sheet):
    """The screen with keys that change nothing but what is looked at."""

    def went(self) -> None:
        """Show where the annotator has come to."""
        self.say("")
        self.paced.redraw()

    def action_frame(self, step: int) -> None:
        """Go so many frames on or back."""
        self.go(self.desk.number + step)

    def action_edge(self, side: int) -> None:
        """Go to the first or the last frame."""
        self.go(len(self.desk.document) - 1 if side > 0 else 0)

    def go(self, number: int) -> None:
        """Go to a frame."""
        before = self.desk.number
        if self.desk.go(number):
            self.direction = 1 if self.desk.number > before else -1
            self.went()
        else:
            self.tell("this is the last frame" if number > before else "this is the first frame")

    def action_person(self, step: int) -> None:
        """Choose the next person or the one before."""
        self.desk.next_person(step)
        self.went()

    def action_joint(self, step: int) -> None:
        """Choose the next joint or the one before."""
        self.desk.next_joint(step)
        self.went()

    def action_tab(self) -> None:
        """Choose the next joint."""
        self.action_joint(1)

    def action_doubt(self, step: int) -> None:
        """Go to the next doubtful joint, or to the one before."""
        desk = self.desk
        doubt = next_doubt(
            desk.document,
            desk.place,
            backwards=step < 0,
            others=desk.session.others,
            limits=_DIFFERENCES if desk.resolving else Limits(),
            settled=not desk.resolving,
        )
        if doubt is None:
            self.tell("nothing doubtful after this" if step > 0 else "nothing doubtful before this", "good")
            return
        desk.stand(doubt.place)
        said = _REASONS[doubt.reason].format(doubt.amount)
        self.tell(said.replace("backend", "annotator") if desk.resolving else said, "fair")

    def tell(self, text: str, role: str = "muted") -> None:
        """Tell something, and paint."""
        self.say(text, role)
        self.paced.redraw()

    # ---- the view

    def action_zoom(self) -> None:
        """Look closely, at all of the person, at the whole picture."""
        self.desk.next_zoom()
        self.went()

    def action_nearer(self, steps: int) -> None:
        """Go nearer to the joint, or farther away."""
        self.desk.nearer(steps)
        self.went()

    def action_pan(self, across: int, down: int) -> None:
        """Move the view."""
        self.desk.pan(across, down)
        self.went()

    def action_step(self) -> None:
        """Let plain arrows move the joint farther, or the view."""
        self.desk.step = STEPS[(STEPS.index(self.desk.step) + 1) % len(STEPS)]
        self.went()

    def action_bones(self) -> None:
        """Draw more or less of people."""
        self.desk.shown = SHOWN[(SHOWN.index(self.desk.shown) + 1) % len(SHOWN)]
        self.tell(f"shown of people: {self.desk.shown}")

    def action_ghost(self) -> None:
        """Draw where the person was proposed, or not."""
        self.desk.ghost = not self.desk.ghost
        self.tell("the proposal is dotted" if self.desk.ghost else "the proposal is not shown")

    def action_theme(self) -> None:
        """Take the next theme."""
        names = [theme.name for theme in THEMES]
        name = names[(names.index(self.paced.palette.name) + 1) % len(names)]
        self.paced.theme = f"posetui-{name}"
        self.call_after_refresh(self.repaint_all)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpScreen(PARTS, _WORDS), self._back)

    def _back(self, _: None) -> None:
        self.call_after_refresh(self.repaint_all)

    def action_leave(self) -> None:
        """Close the screen."""
        self.dismiss(None)

    def on_pointed_canvas_scrolled(self, message: PointedCanvas.Scrolled) -> None:
        """Zoom about the mouse."""
        self.desk.nearer(message.steps, self.desk.place_at(message.x, message.y))
        self.went()
