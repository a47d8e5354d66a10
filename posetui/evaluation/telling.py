"""Telling what is being computed."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]
"""Is told what is being computed."""


def silent(_step: str) -> None:
    """Tell nobody."""
