"""The screen of an annotator: picture, magnifier, joints and progress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal

from posetui.drawing.cells import Cells
from posetui.drawing.encode import ColorDepth
from posetui.drawing.fit import Fit
from posetui.drawing.modes import ASCII, CellMode
from posetui.drawing.pyramid import Pyramid
from posetui.drawing.window import Window
from posetui.engine.album import Album
from posetui.text import safe_text
from posetui.tui.annotating.desk import Desk
from posetui.tui.annotating.keys import bindings, footer_keys
from posetui.tui.annotating.painting import Painter, placed
from posetui.tui.annotating.panels import JointList, Progress, header_line, progress_lines
from posetui.tui.annotating.pointing import PointedCanvas
from posetui.tui.bars import footer_line
from posetui.tui.canvas import Canvas
from posetui.tui.imaging import Imaging
from posetui.tui.lines import Line, Lines
from posetui.tui.paced import PacedApp, PacedScreen

_WIDE = (100, 34)
"""Columns and rows from which all panels have frames."""
_NO_PICTURES = "no pictures: --video or --images names them"


class Sheet(PacedScreen):
    """Shows the desk; what keys do is added by those that inherit.

    Args:
        desk: what is annotated, and where the annotator is.
        album: the pictures.
        app: the one it is shown in.
        mode: what cells are filled with.
        imaging: what shows the picture in pixels instead, where the terminal can.

    """

    CSS_PATH = "annotating.tcss"
    BINDINGS = bindings()

    def __init__(
        self, desk: Desk, album: Album, app: PacedApp, mode: CellMode, imaging: Imaging | None = None
    ) -> None:
        super().__init__()
        self._imaging = imaging
        self.desk = desk
        self.album = album
        self.paced = app
        self.canvas = PointedCanvas(app.color_depth())
        self.magnifier = Canvas(app.color_depth())
        # Blocks say nothing without colours; letters do.
        self.mode = ASCII if self.canvas.depth is ColorDepth.NONE else mode
        names = ("header", "joints", "frames", "footer")
        self.lines = {name: Lines(id=f"desk-{name}") for name in names}
        boxes = ("canvas", "frames", "magnifier", "joints")
        self.boxes = {name: Container(id=f"desk-{name}-box", classes="box") for name in boxes}
        self.said = ("", "muted")
        self.direction = 1
        document = desk.document
        self._checked = np.array([document[one].checked for one in range(len(document))], np.bool_)
        touched = {step.frame for change in document.done for step in change.steps}
        self._placed = {number: placed(document[number]) for number in touched}

    def compose(self) -> ComposeResult:
        """Return header, picture, panels and footer."""
        yield self.lines["header"]
        with Horizontal(id="desk"):
            with Container(id="desk-main"):
                with self.boxes["canvas"]:
                    yield self.canvas
                with self.boxes["frames"]:
                    yield self.lines["frames"]
            with Container(id="desk-side"):
                with self.boxes["magnifier"]:
                    yield self.magnifier
                with self.boxes["joints"]:
                    yield self.lines["joints"]
        yield self.lines["footer"]

    def on_mount(self) -> None:
        """Paint as soon as all has its size."""
        self.set_class(self.paced.ascii_only, "ascii")
        self.canvas.use(self._imaging)
        self.canvas.on_lost = self.paced.redraw
        self.boxes["frames"].border_title = "frames"
        self.call_after_refresh(self.paced.redraw)

    def on_unmount(self) -> None:
        """Remember where the annotator was."""
        self.desk.session.place = self.desk.place

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout that fits, and paint everything anew."""
        self.set_class(event.size.width < _WIDE[0] or event.size.height < _WIDE[1], "compact")
        self.call_after_refresh(self.repaint_all)

    def repaint_all(self) -> None:
        """Send everything again."""
        for canvas in (self.canvas, self.magnifier):
            canvas.forget()
        self.paced.redraw()

    def say(self, text: str, role: str = "text") -> None:
        """Tell something beside the progress; a later key takes it away."""
        self.said = (safe_text(text, 300), role)

    def took(self, frames: frozenset[int] | tuple[int, ...]) -> None:
        """Take note of frames that changed."""
        for number in frames:
            frame = self.desk.document[number]
            self._checked[number] = frame.checked
            self._placed[number] = placed(frame)

    # ---- painting

    def paint(self) -> None:
        """Paint the picture, the magnifier and the panels."""
        if not self.canvas.is_attached or not self.canvas.content_size.width:
            return
        desk = self.desk
        desk_window = desk.window(*self.canvas.half_blocks)
        following = desk.number + self.direction
        self.album.want(desk.number, following if 0 <= following < len(desk.document) else None)
        picture = self.album.picture(desk.number)
        colored = self.canvas.depth is not ColorDepth.NONE
        painter = Painter(desk, self.paced.palette, self.mode, colored)
        self._show(painter, picture, desk_window)
        closer = desk.magnified(*self.magnifier.half_blocks)
        self.magnifier.show(painter.magnifier(picture, closer))
        self.paced.painted()
        self._draw_panels(desk_window.scale, closer.scale)

    def _show(self, painter: Painter, picture: Pyramid | None, window: Window) -> None:
        canvas = self.canvas
        if not (canvas.imaging and canvas.imaged):
            canvas.show(painter.canvas(picture, window))
            return
        cols, rows = canvas.content_size
        image = painter.image(picture, window, canvas.imaging.parts(cols))
        above = Cells.blank(rows, cols, self.paced.palette.ground)
        canvas.show_image(image, Fit.of((cols, 2 * rows), rows, cols), above)

    def _draw_panels(self, scale: float, closer: float) -> None:
        desk, colors, ascii_only = self.desk, self.paced.palette, self.paced.ascii_only
        frame, person, skeleton = desk.frame, desk.person, desk.document.skeleton
        wide, high = frame.size
        of = f"{frame.image_name or f'frame {frame.index}'}"
        self._title("canvas", safe_text(of, 60), self._note(scale))
        joint = skeleton.joints[desk.joint].replace("_", " ")
        x, y = desk.at()
        self._title("magnifier", joint, f"{x:.1f}, {y:.1f}  {_ratio(closer)}" if person else "")
        self._title("joints", self._person_title(), self._step_title())
        people = len(frame.people)
        counted = f"{people} {'person' if people == 1 else 'people'}"
        facts = ["annotate", desk.session.title, f"{wide}×{high}", counted]
        self._bar("header", [header_line(facts, self._saved, colors, self.size.width)])
        room = self.lines["joints"].size
        listed = JointList(skeleton, desk.joint, colors)
        self._bar("joints", listed.lines(person, (room.width, room.height)))
        progress = Progress(desk.number, self._checked, sum(self._placed.values()), self.said)
        width = self.lines["frames"].size.width
        self._bar("frames", progress_lines(progress, colors, width, ascii_only=ascii_only))
        self._bar("footer", [footer_line(footer_keys(), self._step_note(), colors, self.size.width)])

    @property
    def _saved(self) -> bool:
        return self.desk.session.saved_revision == self.desk.document.revision

    def _note(self, scale: float) -> str:
        if self.album.error:
            return safe_text(self.album.error, 200)
        if self.album.missing(self.desk.number):
            pages = self.album.pages
            none = pages.tape and not pages.video and not self.desk.session.pictured
            return _NO_PICTURES if none else "this picture cannot be read"
        if self.album.picture(self.desk.number) is None:
            return "reading the picture"
        return _ratio(scale)

    def _person_title(self) -> str:
        person, people = self.desk.person, self.desk.frame.people
        if person is None:
            return "nobody"
        number = person.key if person.track_id is None else person.track_id
        place = [one.key for one in people].index(person.key) + 1
        return f"person {number}" + (f" ({place} of {len(people)})" if len(people) > 1 else "")

    def _step_title(self) -> str:
        person = self.desk.person
        if person is None:
            return ""
        return f"{sum(one.placed for one in person.joints)} of {len(person.joints)} placed"

    def _step_note(self) -> str:
        return f"arrows {self.desk.step} px" if self.desk.step else "arrows move the view"

    def _title(self, name: str, title: str, subtitle: str) -> None:
        box = self.boxes[name]
        if box.border_title != title:  # setting it repaints the whole box
            box.border_title = title
        if box.border_subtitle != subtitle:
            box.border_subtitle = subtitle

    def _bar(self, name: str, lines: Sequence[Line]) -> None:
        self.lines[name].show(lines)


def _ratio(scale: float) -> str:
    """Return how large pixels of the picture are on the screen."""
    return f"1:{scale:.3g}" if scale >= 1 else f"{1 / scale:.3g}:1"
