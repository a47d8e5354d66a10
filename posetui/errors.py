"""Every error a user can cause, as one tree.

    PosetuiError            exit 1
    +-- SettingsError       exit 2   a flag or a line of the config file that cannot be used
    +-- SourceError         exit 2   the source cannot be opened, read or reached
    +-- BackendError        exit 2   the backend is unknown or cannot be loaded
    +-- WeightsError        exit 2   a weight file is missing or not the one in the manifest
    +-- TapeError           exit 2   a tape cannot be written, read or understood
    +-- EvaluationError     exit 2   tape and truth cannot be compared
    +-- DatasetError        exit 2   an image set cannot be read, changed or written
    +-- CastError           exit 2   the terminal cannot be recorded, or a cast not be read
    +-- OutputError         exit 2   poses cannot be sent where they are asked to
    +-- AnnotationError     exit 2   an edit cannot be made, or truth made by hand not be read or kept
    +-- RenderError         exit 2   a rendering cannot be written
    +-- TerminalError       exit 2   this terminal cannot show the app
    +-- WindowError         exit 2   no window can be opened here
    +-- WorkerError         exit 1   the inference process died and is not coming back

Each has a title (what is wrong, one sentence without a full stop) and a remedy (what to do about it).
"""

from __future__ import annotations


class PosetuiError(Exception):
    """An error the user can understand and act on.

    Args:
        title: what is wrong, in one sentence, no trailing full stop.
        remedy: what the user can do about it; may be empty.
    """

    exit_code = 1

    def __init__(self, title: str, remedy: str = "") -> None:
        super().__init__(title, remedy)
        self.title = title
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.title}. {self.remedy}".strip() if self.remedy else f"{self.title}."


class SettingsError(PosetuiError):
    """A flag or a configuration value cannot be used."""

    exit_code = 2


class SourceError(PosetuiError):
    """A source cannot be opened, read or reached."""

    exit_code = 2


class BackendError(PosetuiError):
    """A backend is unknown or cannot be loaded."""

    exit_code = 2


class WeightsError(PosetuiError):
    """A weight file is missing, or its SHA-256 is not the manifest's."""

    exit_code = 2


class TapeError(PosetuiError):
    """A tape cannot be written, read or understood."""

    exit_code = 2


class EvaluationError(PosetuiError):
    """A tape and a truth, or two tapes, cannot be compared."""

    exit_code = 2


class DatasetError(PosetuiError):
    """A set of labelled images cannot be read, changed or written."""

    exit_code = 2


class CastError(PosetuiError):
    """The terminal cannot be recorded, or what was recorded cannot be read."""

    exit_code = 2


class OutputError(PosetuiError):
    """Poses cannot be sent to another program."""

    exit_code = 2


class AnnotationError(PosetuiError):
    """An edit cannot be made, or truth made by hand cannot be read or kept."""

    exit_code = 2


class RenderError(PosetuiError):
    """A video, an animation or a folder of pictures cannot be written."""

    exit_code = 2


class TerminalError(PosetuiError):
    """The terminal cannot show the app."""

    exit_code = 2


class WindowError(PosetuiError):
    """No window can be opened here."""

    exit_code = 2


class WorkerError(PosetuiError):
    """The inference process died and will not be restarted."""
