"""Live outputs beside a run: all that is seen goes to other programs, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from posetui.engine.pipeline import Seen
from posetui.errors import SourceError
from posetui.outputs.base import OutputOptions
from posetui.outputs.feeding import Feed
from posetui.outputs.opening import opened
from posetui.sources.pictures import packed

_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Sending:
    """Takes what is seen to the outputs, if there are any; never waits for them."""

    feeds: tuple[Feed, ...] = ()

    def add(self, seen: Seen) -> None:
        """Send a frame, as it is looked at and exported."""
        # A tape that is played has a clock of its own; whoever receives it has that of the wall.
        frame = replace(seen.shown, captured=seen.frame.captured)

        def picture() -> bytes | None:
            if seen.blank:
                return None
            try:
                return packed(seen.image, _QUALITY)
            except SourceError:  # larger than a JPEG can be
                return None

        for feed in self.feeds:
            feed.put(frame, picture)


@contextmanager
def sending(options: OutputOptions) -> Iterator[Sending]:
    """Open the outputs for as long as it is used; raises OutputError when one cannot be."""
    with opened(options) as feeds:
        yield Sending(feeds)
