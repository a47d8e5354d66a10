"""What backends are compared on: a source, or the pictures of a dataset that is truth as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from posetui.engine.trials import Picture
from posetui.errors import SourceError
from posetui.sources.opening import check_source, kind_of
from posetui.tapes.formats.recognise import format_of
from posetui.text import safe_text

_LABELS = frozenset({"coco-truth", "lsp", "mpii", "posetrack18", "csv"})
_STILLS = frozenset({"coco-truth", "lsp", "mpii", "images"})
_SOME = 20


@dataclass(frozen=True, slots=True)
class Material:
    """What backends are compared on.

    Attributes:
        source: what the user named.
        stills: each frame is a picture of its own, else they are a video's.
        pictures: the images, where they are a dataset's.
        truth: the file that says who is on them, if the source does.
        missing: how many images of the dataset are not there.
        folder: where the images are.

    """

    source: str
    stills: bool
    pictures: tuple[Picture, ...] = ()
    truth: Path | None = None
    missing: int = 0
    folder: Path | None = None


def find_material(source: str, images: Path | None = None, *, sequence: bool = False) -> Material:
    """Return what is meant by a source.

    Args:
        source: a camera, file, folder and so on (`posetui.sources.opening`), or a dataset's file.
        images: the folder of a dataset's images; found beside the file without it.
        sequence: images follow each other, as the frames of a video.

    Raises:
        SourceError: it cannot be opened, or has no images, or is live.
        TapeError: the file of a dataset cannot be read.

    """
    path = Path(source)
    if path.is_file() and path.suffix.lower() in (".json", ".csv"):
        return _of_dataset(path, images, sequence=sequence)
    if images is not None and kind_of(source) == "tape" and _recorded_kind(path) in _LABELS:
        return _of_dataset(path, images, sequence=sequence)
    if images is not None:
        raise SourceError(
            f"{safe_text(source)} is no dataset, so --images says nothing", _instead(source, path)
        )
    check_source(source)
    kind = kind_of(source)
    if kind in ("camera", "stream", "pipe"):
        raise SourceError(
            f"{safe_text(source)} is live: no two backends would see the same frames",
            "Record it with its pictures first: posetui record SOURCE --frames -o TAPE.",
        )
    made_from = _recorded_kind(path, pictures=True) if kind == "tape" else kind
    truth = path if kind == "tape" and made_from in _LABELS else None
    return Material(source, made_from in _STILLS and not sequence, truth=truth)


def _instead(source: str, path: Path) -> str:
    """Return what to do where --images says nothing."""
    if kind_of(source) == "tape":
        return "Name the video or the folder itself as SOURCE; the tape may be --truth."
    if path.exists():
        return "Its pictures are its own: leave --images out; or name the dataset's file as SOURCE."
    return "Name the dataset's file as SOURCE."


def _recorded_kind(path: Path, *, pictures: bool = False) -> str:
    """Return the kind of source that a tape was made from; SourceError without the pictures wanted."""
    from posetui.tapes.reader import Tape

    with Tape.open(path) as tape:
        if pictures and not tape.images:
            raise SourceError(
                f"the tape {safe_text(path)} has no pictures that others could look at",
                "Record with `posetui record --frames`, or name the video that it was made from.",
            )
        return tape.header.source_kind


def _of_dataset(path: Path, images: Path | None, *, sequence: bool) -> Material:
    from posetui.engine.loading import load

    kind = _recorded_kind(path) if kind_of(str(path)) == "tape" else format_of(path)
    shown = safe_text(path)
    if kind not in _LABELS:
        raise SourceError(f"{shown} has results, but names no images", "Name the images, or the truth.")
    labelled = load(path, path.name)
    names = list(dict.fromkeys(name for frame in labelled.frames if (name := labelled.image_name(frame))))
    if not names:
        raise SourceError(f"{shown} names no images", "Name the folder of the images as SOURCE.")
    folder = _folder(path, images, names)
    found = [(name, _picture(name, folder)) for name in names]
    pictures = tuple(Picture(picture, name) for name, picture in found if picture is not None)
    # The labels of PoseTrack are of videos; other tables are taken for pictures.
    stills = kind != "posetrack18"
    missing = len(names) - len(pictures)
    return Material(str(path), stills and not sequence, pictures, path, missing, folder)


def _folder(path: Path, images: Path | None, names: Sequence[str]) -> Path:
    """Return the folder with most of the images; SourceError when none has any."""
    candidates = [images] if images is not None else list(dict.fromkeys(_usual(path)))
    folders = [one.resolve() for one in candidates if one.is_dir()]
    some = names[:: max(1, len(names) // _SOME)]
    count = {folder: sum(_picture(name, folder) is not None for name in some) for folder in folders}
    best = max(folders, key=lambda folder: count[folder], default=None)
    if best is None or not count[best]:
        where = safe_text(images) if images is not None else "the folders beside it"
        raise SourceError(
            f"the images of {safe_text(path)} are not in {where}: {safe_text(names[0], 80)} is not there",
            "Name their folder: --images DIR.",
        )
    return best


def _usual(path: Path) -> Iterator[Path]:
    """Yield the folders where images of a dataset's file usually are."""
    stem = path.stem
    sets = [stem, re.sub(r"^.*_(?=[^_]+$)", "", stem)]
    for root in (path.parent, path.parent.parent):
        yield root / "images"
        for name in sets:
            yield root / name
            yield root / "images" / name
        yield root
    # PoseTrack: annotations/val/FILE.json beside images/val/..., and names that begin with images.
    yield path.parent.parent.parent


def _picture(name: str, folder: Path) -> Path | None:
    from posetui.tapes.formats.pictures import picture_named

    return picture_named(name, folder)
