"""What happens between two replays: the frame that was on the screen is corrected by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posetui.errors import PosetuiError

if TYPE_CHECKING:
    from posetui.annotation.session import Session
    from posetui.settings import Settings
    from posetui.tui.tocorrect import ToCorrect


def correct(wanted: ToCorrect, settings: Settings) -> tuple[Settings, int, str]:
    """Let the user correct a frame, or exchange two people's numbers from it on.

    Returns:
        The settings that replay the truth's tape, an exit code that ends the program unless it is 0, and why
        the tape cannot be annotated or the truth not be written, if so: the settings are the old ones then.

    """
    try:
        return *_corrected(wanted, settings), ""
    except PosetuiError as error:
        return settings, 0, str(error)


def _corrected(wanted: ToCorrect, settings: Settings) -> tuple[Settings, int]:
    from posetui.annotation.edits import SwapIds
    from posetui.commands.annotating import Request, opened, truth_of
    from posetui.engine.annotating import beneath
    from posetui.tui.annotating.launch import run

    request = Request(wanted.source, {}, video=settings.video)
    truth = truth_of(request)
    code = 0
    with opened(request, settings, truth) as session:
        if wanted.swap is not None:
            session.document.do(SwapIds(wanted.number, *wanted.swap))
        else:
            _stand(session, wanted)
            code = run(session, beneath(session), settings)
        if session.saved_revision != session.document.revision:
            session.save()
    return replace(settings, source=str(truth)), code


def _stand(session: Session, wanted: ToCorrect) -> None:
    """Begin where the replay was left, at the first joint of who was selected."""
    from posetui.annotation.doubts import Place

    frame = session.document[min(wanted.number, len(session.document) - 1)]
    person = frame.of_track(wanted.track) or next(iter(frame.people), None)
    session.place = Place(frame.number, person.key if person else 0, 0)
