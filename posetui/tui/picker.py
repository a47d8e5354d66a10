"""The picker: cameras that answer, clips that ship, sources opened lately, or one typed in."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from posetui.sources.clips import clip_names
from posetui.sources.opening import display_title
from posetui.sources.probe import ask_cameras
from posetui.tui.recent import recent_sources

_ABOUT = {"demo": "several people in a gait lab, 60 fps", "demo:single": "one person walking, 60 fps"}


class PickerScreen(ModalScreen[str | None]):
    """Asks for a source; the result is what `--source` takes, or None."""

    DEFAULT_CSS = """
    PickerScreen { align: center middle; }
    PickerScreen #picker {
        width: 78; max-width: 100%; height: auto; max-height: 90%;
        border: round $border; background: $background; padding: 0 1; border-title-color: $primary;
    }
    PickerScreen #sources, PickerScreen #sources:focus {
        border: none; background: $background; height: auto; max-height: 20; padding: 0;
    }
    PickerScreen #typed { border: round $border; background: $background; }
    PickerScreen #typed:focus { border: round $primary; }
    """
    BINDINGS = [("escape,q", "dismiss(None)", "Close")]  # noqa: RUF012 - Textual's own declaration

    def compose(self) -> ComposeResult:
        """Return the list and the line to type in."""
        with Vertical(id="picker") as box:
            box.border_title = "choose a source"
            box.border_subtitle = "enter opens · esc closes"
            yield OptionList(id="sources", markup=False)
            yield Input(
                placeholder="or type: camera number, file, folder, glob, rtsp:// or http:// URL", id="typed"
            )

    def on_mount(self) -> None:
        """Show what is known at once; cameras come when they have answered."""
        self._show([])
        self.query_one("#sources", OptionList).focus()
        self.look_for_cameras()

    @work(thread=True, exclusive=True)
    def look_for_cameras(self) -> None:
        """Ask the cameras, beside the screen."""
        cameras = [(camera.spec, camera.name) for camera in ask_cameras()]
        self.app.call_from_thread(self._show, cameras)

    def _show(self, cameras: list[tuple[str, str]]) -> None:
        sources = self.query_one("#sources", OptionList)
        sources.clear_options()
        self._specs: list[str] = []
        clips = clip_names()
        self._group(sources, "cameras", cameras or [("", "none answers on this machine")])
        self._group(sources, "clips that ship", [(name, _ABOUT.get(name, "")) for name in clips])
        self._group(sources, "opened lately", [(spec, "") for spec in recent_sources() if spec not in clips])
        first = next(
            (i for i in range(sources.option_count) if not sources.get_option_at_index(i).disabled), None
        )
        sources.highlighted = first

    def _group(self, sources: OptionList, title: str, entries: list[tuple[str, str]]) -> None:
        if not entries:
            return
        self._add(sources, "", Content.styled(title, "bold $primary"))
        for spec, about in entries:
            shown = display_title(spec) if spec else "–"
            self._add(sources, spec, Content.assemble(f"  {shown:<24} ", (about, "dim")))

    def _add(self, sources: OptionList, spec: str, prompt: Content) -> None:
        sources.add_option(Option(prompt, disabled=not spec))
        self._specs.append(spec)

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Return the chosen source."""
        self.dismiss(self._specs[event.option_index])

    @on(Input.Submitted)
    def typed(self, event: Input.Submitted) -> None:
        """Return what was typed."""
        if event.value.strip():
            self.dismiss(event.value.strip())
