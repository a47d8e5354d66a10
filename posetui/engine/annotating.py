"""Where the pictures of an annotation are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from posetui.annotation.session import Session
from posetui.errors import SourceError
from posetui.sources.clips import is_clip_name
from posetui.sources.images import find_images, names_of
from posetui.sources.opening import check_source, kind_of
from posetui.tapes.formats.pictures import picture_named
from posetui.text import safe_text


@dataclass(frozen=True, slots=True)
class Beneath:
    """What lies beneath the joints.

    Attributes:
        images: the file of each frame's image, empty where it is missing; nothing where they are elsewhere.
        video: the video that the frames are from, or None for the tape's own pictures.

    """

    images: tuple[str, ...] = ()
    video: str | None = None


def _recorded_from(session: Session) -> str:
    """Return the video that the tape was made from, where that is at hand and the tape has no pictures."""
    title = session.header.source
    if session.pictured or session.header.source_kind != "video":
        return ""
    if is_clip_name(title):
        return title
    beside = session.path.parent / Path(title).name
    return str(beside.resolve()) if title and beside.is_file() else ""


def beneath(session: Session) -> Beneath:
    """Return where the pictures of an annotation are.

    Raises:
        SourceError: they are not where they were.

    """
    source = session.source or _recorded_from(session)
    if not source:
        return Beneath()
    check_source(source)
    if kind_of(source) != "images":
        return Beneath(video=source)
    files = find_images(source) if not Path(source).is_dir() else []
    known = dict(zip(names_of(files), files, strict=True))
    names = session.image_names()
    found = [known.get(name) or picture_named(name, Path(source).resolve()) for name in names]
    if not any(found):
        raise SourceError(
            f"the images of {safe_text(session.path)} are not in {safe_text(source)}",
            "Name their folder: --images DIR.",
        )
    return Beneath(tuple("" if path is None else str(path) for path in found))
