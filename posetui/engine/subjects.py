"""What a report is about: recordings, and what is known of where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from posetui.evaluation.figures import Figure
from posetui.evaluation.recordings import Recording
from posetui.tapes.model import TapeHeader


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A recording, and where it came from.

    Attributes:
        recording: its frames.
        header: its tape's, or what its tape's would be.
        path: the file that it was read of.
        taped: whether that is a tape.
        more: further numbers for the table, e.g. seconds of the processor a frame.

    """

    recording: Recording
    header: TapeHeader
    path: Path
    taped: bool = False
    more: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name of the recording."""
        return self.recording.name
