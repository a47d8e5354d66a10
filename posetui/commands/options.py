"""From the settings to what the engine runs."""

from __future__ import annotations

from posetui.backends.base import BackendOptions
from posetui.engine.options import EngineOptions
from posetui.errors import SettingsError
from posetui.settings import Settings
from posetui.sources.base import SourceOptions
from posetui.text import safe_text


def engine_options(settings: Settings) -> EngineOptions:
    """Return what the engine runs; raises SettingsError when no source is named."""
    if settings.source is None:
        raise SettingsError("No source is named", "Add --source, for instance --source demo")
    return EngineOptions(
        source=settings.source,
        source_options=SourceOptions(
            flip=settings.flip,
            rotate=settings.rotate,
            size=settings.size,
            fps=settings.fps,
            start=settings.start,
            end=settings.end,
            loop=settings.loop,
        ),
        backend=settings.backend,
        backend_options=BackendOptions(max_people=settings.max_people),
        every_frame=settings.every_frame,
    )


def redacted_source(source: str) -> str:
    """Return what the user named as source as it may be shown: safe text, without passwords."""
    from posetui.sources.checks import is_url, redacted_url

    return redacted_url(source) if is_url(source) else safe_text(source)
