"""Colours of the screen: three themes, each a handful of roles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

from posetui.drawing.cells import RGB
from posetui.drawing.palette import mix


@lru_cache(maxsize=512)
def _style(color: str, bold: bool, on: str | None) -> Style:
    """Return the style of `#rrggbb` text: the same object each time, which keeps its escape codes."""
    return Style(color=color, bold=bold, bgcolor=on)


def _rgb(color: str) -> RGB:
    value = int(color[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


@lru_cache(maxsize=32)
def _shaded(color: str, ground: str) -> str:
    return "#{:02x}{:02x}{:02x}".format(*mix(_rgb(color), _rgb(ground), 0.45))


@dataclass(frozen=True, slots=True)
class Colors:
    """The roles that colours play.

    Attributes:
        name: as the user chooses it.
        dark: whether the background is dark.
        background: behind everything.
        text: what is read.
        muted: labels, units, what matters less.
        faint: empty part of a bar, rules.
        border: frames of the panels.
        title: names of the panels, keys.
        good: high confidence, all well.
        fair: middling.
        poor: low confidence, trouble.
        graphs: from low to high in a sparkline.

    """

    name: str
    dark: bool
    background: str
    text: str
    muted: str
    faint: str
    border: str
    title: str
    good: str
    fair: str
    poor: str
    graphs: tuple[str, str]
    selected: str

    @property
    def ground(self) -> RGB:
        """Return the background as red, green, blue."""
        return _rgb(self.background)

    def style(self, role: str, *, bold: bool = False, on: str | None = None) -> Style:
        """Return the Rich style of a role, or of a `#rrggbb` colour."""
        color = role if role.startswith("#") else getattr(self, role)
        return _style(color, bold, on if on is None or on.startswith("#") else getattr(self, on))

    def shade(self, role: str) -> str:
        """Return the role's colour moved towards the background, for areas beside which text must stand."""
        return _shaded(getattr(self, role), self.background)

    def confidence(self, value: float, threshold: float) -> str:
        """Return the role of a confidence."""
        if value < threshold:
            return "poor"
        return "good" if value >= (1 + threshold) / 2 else "fair"


THEMES = (
    Colors(
        "dark", True, "#0c0e12", "#d7dae0", "#7f8794", "#262b34", "#3a4250", "#e6c384",
        "#7fc8a9", "#e0b65c", "#e0705c", ("#3f7f9f", "#8fd0e8"), "#1b2530",
    ),
    Colors(
        "light", False, "#fbfbf8", "#22262c", "#68707c", "#e2e4e2", "#b9bfc6", "#8a4b00",
        "#1c7a55", "#946200", "#b3341f", ("#7fb2cc", "#0b5f8a"), "#e4edf2",
    ),
    Colors(
        "high-contrast", True, "#000000", "#ffffff", "#c8c8c8", "#404040", "#ffffff", "#ffff00",
        "#00ff87", "#ffd700", "#ff8070", ("#00afff", "#ffffff"), "#303060",
    ),
)  # fmt: skip


def colors_of(name: str) -> Colors:
    """Return a theme's colours by name; the first for an unknown one."""
    return next((theme for theme in THEMES if theme.name == name), THEMES[0])


def textual_theme(colors: Colors) -> Theme:
    """Return the same colours for Textual's own widgets."""
    return Theme(
        name=f"posetui-{colors.name}",
        primary=colors.title,
        secondary=colors.good,
        warning=colors.fair,
        error=colors.poor,
        success=colors.good,
        accent=colors.title,
        foreground=colors.text,
        background=colors.background,
        surface=colors.background,
        panel=colors.selected,
        dark=colors.dark,
        variables={
            "border": colors.border,
            "border-blurred": colors.border,
            "block-cursor-text-style": "none",
        },
    )
