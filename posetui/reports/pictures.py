"""The pictures beneath the poses of a report: of the tapes, of a video, of a folder, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from posetui.engine.subjects import Subject
from posetui.engine.underlay import OwnPictures, Underlay, VideoPictures, fitted
from posetui.errors import SettingsError
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.pictures import unpacked
from posetui.tapes.formats.pictures import picture_named
from posetui.tapes.reader import Tape
from posetui.text import safe_text

_LARGEST = 1 << 28  # bytes of a picture's file


def check_pictures(path: Path | None) -> None:
    """Raise SettingsError when there is no such folder or video."""
    if path is not None and not path.exists():
        raise SettingsError(f"There is no {safe_text(path)}", "Name the folder of the images, or the video.")


def check_pairing(path: Path | None, subjects: Sequence[Subject]) -> None:
    """Refuse pictures that are not those of the recordings; best done before all the work.

    Args:
        path: folder of the images, or video; or None.
        subjects: the recordings, and the truth if there is one.

    Raises:
        SettingsError: a folder has none of the images, or a video is not the one that a tape is of.
        SourceError: the video cannot be opened.

    """
    if path is None:
        return
    shown = safe_text(path)
    named = [name for one in subjects for frame in one.recording.frames if (name := _name(one, frame))]
    if not path.is_dir():
        _check_video(path, subjects, stills=bool(named))
    elif not named:
        raise SettingsError(
            f"{subjects[0].recording.shown} names no images, so the folder {shown} says nothing",
            "Name the video that it is of.",
        )
    elif not any(picture_named(name, path.resolve()) for name in dict.fromkeys(named)):
        raise SettingsError(
            f"{shown} has none of the images: {safe_text(named[0], 80)} is not there", "Name their folder."
        )


def _check_video(path: Path, subjects: Sequence[Subject], *, stills: bool) -> None:
    shown = safe_text(path)
    first = next((one for one in subjects if one.taped), None)
    if first is None:
        raise SettingsError("A video's pictures can be shown beneath tapes only", "Name the images' folder.")
    if stills:
        raise SettingsError(
            f"{first.recording.shown} is of images, not of the video {shown}", "Name the images' folder."
        )
    with Tape.open(first.path) as tape:
        video = VideoPictures(str(path), tape)
        try:
            wrong = video.note or video.ends_early
        finally:
            video.close()
    if wrong:
        raise SettingsError(
            f"{shown} is not what {first.recording.shown} is of: {wrong}", "Name the right video."
        )


def _name(one: Subject, frame: PoseFrame) -> str:
    return one.recording.image_name(frame)


class Pictures:
    """Gives the picture of a frame. Used as a context; its files are closed at the end.

    Args:
        subjects: whose tapes may have pictures, or know the names of the images.
        path: folder of the images, or video; or None.

    Raises:
        SourceError: the video cannot be opened.
        TapeError: a tape cannot be read any more.

    """

    def __init__(self, subjects: Sequence[Subject], path: Path | None) -> None:
        self._subjects = subjects
        self._folder = path.resolve() if path is not None and path.is_dir() else None
        self._video = path if path is not None and not path.is_dir() else None
        self._numbers = [_numbers(one) for one in subjects]
        self._own: list[tuple[Tape, Underlay] | None] = []
        self._shown: tuple[int, Tape, Underlay] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Pictures:
        with ExitStack() as opened:
            for place, one in enumerate(self._subjects):
                tape = opened.enter_context(Tape.open(one.path)) if one.taped else None
                self._own.append((tape, OwnPictures(tape)) if tape is not None and tape.images else None)
                if tape is not None and self._video is not None and self._shown is None:
                    underlay = VideoPictures(str(self._video), tape)
                    opened.callback(underlay.close)
                    self._shown = place, tape, underlay
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files."""
        self._open.close()

    def of(self, frames: Sequence[PoseFrame | None], size: tuple[int, int] | None) -> Image | None:
        """Return the picture of an image, or None.

        Args:
            frames: of each subject, its frame of this image, or None.
            size: width, height that the joints are in; None where it is not known.

        """
        for image in self._candidates(frames):
            if image is not None:
                return image if size is None else fitted(image, size)
        return None

    def _candidates(self, frames: Sequence[PoseFrame | None]) -> Sequence[Image | None]:
        """Return pictures by how near they are to what was seen, up to the first one that is there."""
        for place, frame in enumerate(frames):
            own = self._own[place]
            if frame is not None and own is not None:
                image = self._on_tape(*own, place, frame)
                if image is not None:
                    return [image]
        return [self._of_video(frames), self._of_folder(frames)]

    def _on_tape(self, tape: Tape, underlay: Underlay, place: int, frame: PoseFrame) -> Image | None:
        number = self._numbers[place].get(frame.index)
        # Of a damaged tape frames are missing: what has another number is not this one.
        if number is None or number >= len(tape) or tape.frame(number).index != frame.index:
            return None
        return underlay.picture(number, frame, float(tape.times[number]))

    def _of_video(self, frames: Sequence[PoseFrame | None]) -> Image | None:
        if self._shown is None:
            return None
        place, tape, underlay = self._shown
        frame = frames[place]
        return None if frame is None else self._on_tape(tape, underlay, place, frame)

    def _of_folder(self, frames: Sequence[PoseFrame | None]) -> Image | None:
        if self._folder is None:
            return None
        for one, frame in zip(self._subjects, frames, strict=True):
            name = one.recording.image_name(frame) if frame is not None else ""
            path = picture_named(name, self._folder)
            if path is not None:
                return _read(path)
        return None


def _numbers(one: Subject) -> dict[int, int]:
    """Return by frame index its number on the tape."""
    return {frame.index: number for number, frame in enumerate(one.recording.frames)} if one.taped else {}


def _read(path: Path) -> Image | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return unpacked(path.read_bytes())
    except OSError:
        return None  # drawn without a picture, which the report says
