"""A report: drawn, put together and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posetui.engine.subjects import Subject
from posetui.evaluation.results import Evaluation
from posetui.reports.blocks import Document, Gallery, Plot, Section
from posetui.reports.folder import PAGE, TEXT, check_folder, write_folder
from posetui.reports.markdown import PLOTS, SHOTS, markdown
from posetui.reports.origins import origins
from posetui.reports.page import page
from posetui.reports.pictures import check_pictures
from posetui.reports.sections import lead, measured, speeds_of, title, worst_frames
from posetui.version import __version__

Tell = Callable[[str], None]
"""Is told what is being done."""

STEPS = 3
"""How often `write_report` tells."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What is wanted.

    Attributes:
        folder: where the report goes.
        command: what was typed.
        images: folder of the images, or video, for the worst frames; or None.
        force: use a folder that has files of somebody else.
        numbers: the same numbers as plain JSON types, for `report.json`.

    """

    folder: Path
    command: str
    images: Path | None = None
    force: bool = False
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> Path:
        """Return the page of the report."""
        return self.folder / PAGE


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What recordings were measured against, and what came out.

    Attributes:
        subject: what was labelled.
        found: the evaluation; its results are in the order of the recordings.

    """

    subject: Subject
    found: Evaluation


def check(request: Request) -> None:
    """Refuse at once what could not be written after all the work; SettingsError."""
    check_folder(request.folder, force=request.force)
    check_pictures(request.images)


def write_report(
    request: Request,
    subjects: Sequence[Subject],
    truth: Truth | None,
    tell: Tell,
    more: Sequence[Section] = (),
) -> None:
    """Write a report.

    Args:
        request: what is wanted.
        subjects: the recordings.
        truth: what they were measured against, or None.
        tell: is told what is being done, `STEPS` times.
        more: further sections, after the numbers; all there is without truth.

    Raises:
        PosetuiError: the folder, a tape or the video cannot be used.

    """
    check(request)
    tell("drawing plots")
    if truth is None:
        sections = list(more)
    else:
        sections = [*measured(subjects, truth.found, speeds_of(subjects, truth.found)), *more]
    tell("drawing the worst frames")
    if truth is not None:
        sections += worst_frames(subjects, truth.subject, truth.found, request.images)
    labelled = None if truth is None else truth.subject
    sections.append(origins(subjects, labelled, request.command))
    found = None if truth is None else truth.found
    names = tuple(one.name for one in subjects)
    document = Document(title(names, found), lead(subjects, found), names, tuple(sections))
    tell("writing")
    data = {"made_by": f"posetui {__version__}", "command": request.command, **request.numbers}
    write_folder(request.folder, dict(files_of(document)), data, force=request.force)


def files_of(document: Document) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a report: path within its folder, content."""
    for block in (block for section in document.sections for block in section.blocks):
        if isinstance(block, Plot):
            yield f"{PLOTS}/{block.name}.png", block.png
            yield f"{PLOTS}/{block.name}.svg", block.svg
        elif isinstance(block, Gallery):
            yield from ((f"{SHOTS}/{shot.name}.jpg", shot.jpeg) for shot in block.shots)
    yield TEXT, markdown(document).encode()
    yield PAGE, page(document).encode()
