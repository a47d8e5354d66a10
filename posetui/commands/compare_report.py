"""The report of `posetui compare`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from posetui.commands.stepping import named_steps
from posetui.sources.clips import clip_path, is_clip_name
from posetui.sources.opening import kind_of

if TYPE_CHECKING:
    from posetui.commands.comparing import Outcome
    from posetui.engine.material import Material
    from posetui.engine.subjects import Subject
    from posetui.reports.report import Request


def wanted_report(folder: Path, material: Material, *, force: bool) -> Request:
    """Return what is asked for; SettingsError for what could not be written after all the work."""
    from posetui.reports.report import Request, check

    request = Request(folder, shlex.join(["posetui", *sys.argv[1:]]), _pictures(material), force)
    check(request)
    return request


def write(
    request: Request,
    subjects: Sequence[Subject],
    labelled: Subject | None,
    outcome: Outcome,
    numbers: Mapping[str, object],
) -> Path:
    """Write the report, with truth or without; return its page."""
    from posetui.reports.agreeing import agreement, compared
    from posetui.reports.report import STEPS, Truth, write_report

    found = outcome.evaluation
    truth = None if labelled is None or found is None else Truth(labelled, found)
    beside = outcome.comparison
    with named_steps(STEPS + 1) as tell:
        tell("drawing plots of agreement")
        more = agreement(beside) if truth else compared(subjects, beside, request.images)
        write_report(replace(request, numbers=numbers), subjects, truth, tell, list(more))
    return request.page


def _pictures(material: Material) -> Path | None:
    """Return where the pictures of the worst frames are: folder or video; None for a tape's own."""
    if material.folder is not None:
        return material.folder
    if is_clip_name(material.source):
        return clip_path(material.source)
    path = Path(material.source)
    return path if path.exists() and kind_of(material.source) != "tape" else None
