"""Tells whether the app is shown by a browser: `posetui serve` starts it there."""

from __future__ import annotations

import os


def in_browser() -> bool:
    """Tell whether the app talks to textual-serve, and not to a terminal."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")
