"""`posetui tape import`: other people's formats as a tape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posetui.errors import TapeError
from posetui.tapes.formats.names import IMPORTS
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.tapes.formats.exchange import Imported, ImportedFrame
    from posetui.tapes.model import Event
    from posetui.tapes.writer import TapeWriter

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import.

    Attributes:
        source: the file or folder.
        output: the tape to make.
        kind: name of the format.
        images: folder of the images, for their sizes.
        keep: put the images into the tape, too.
        fps: frames a second, where the format does not say.
        size: width, height in pixels, where neither format nor images say.
        skeleton: name of the skeleton, where the format does not say.
        force: overwrite a tape that is there.

    """

    source: Path
    output: Path
    kind: str
    images: Path | None = None
    keep: bool = False
    fps: float = 30.0
    size: tuple[int, int] | None = None
    skeleton: str | None = None
    force: bool = False


def _size(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    sides = value.lower().split("x")
    if len(sides) != 2 or not all(
        side.isascii() and side.isdecimal() and 0 < int(side) < 1 << 16 for side in sides
    ):
        raise click.BadParameter(f"{value!r} is not a size such as 1280x720")
    return int(sides[0]), int(sides[1])


@click.command(name="import", short_help="Make a tape of another format.")
@click.argument("source", metavar="PATH", type=_PATH)
@click.option("--format", "kind", type=click.Choice(list(IMPORTS)), required=True, help="What PATH is.")
@click.option("-o", "--output", type=_PATH, metavar="TAPE", required=True, help="The tape to make.")
@click.option("--images", type=_PATH, metavar="FOLDER", help="Where the images are, for their sizes.")
@click.option("--frames", "keep", is_flag=True, help="Put the images into the tape, too; needs --images.")
@click.option(
    "--fps",
    type=click.FloatRange(0.01, 1000),
    default=30.0,
    show_default=True,
    help="Frames a second, where the format has none.",
)
@click.option("--size", metavar="WxH", callback=_size, help="Size of the images, where nothing tells it.")
@click.option("--skeleton", metavar="NAME", help="Joints of the poses, where the format does not say.")
@click.option("--force", is_flag=True, help="Overwrite a tape that exists.")
def import_command(
    *,
    source: Path,
    kind: str,
    output: Path,
    images: Path | None,
    keep: bool,
    fps: float,
    size: tuple[int, int] | None,
    skeleton: str | None,
    force: bool,
) -> None:
    """Make a tape of poses in another format, to look at, to compare and to evaluate like any other.

    docs/exchange.md says what each format gives.

    \b
    Examples:
      posetui tape import person_keypoints_val2017.json --format coco-truth --images val2017 -o truth.mcap
      posetui tape import output --format openpose --fps 25 --size 1920x1080 -o openpose.mcap
      posetui tape import joints.csv --format csv -o joints.mcap
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    if keep and images is None:
        raise click.UsageError("--frames needs --images FOLDER")
    request = ImportRequest(source, output, kind, images, keep, fps, size, skeleton, force)
    for line in run_import(request):
        click.echo(line)


def run_import(request: ImportRequest) -> list[str]:
    """Make the tape and return lines that say what is in it.

    Raises:
        TapeError: the source cannot be read or understood, or the tape exists or cannot be written.

    """
    from posetui.tapes.formats.catalogue import IMPORTERS, by_name
    from posetui.tapes.formats.exchange import ImportOptions
    from posetui.tapes.formats.files import refuse_existing, written
    from posetui.tapes.formats.pictures import with_pictures
    from posetui.tapes.writer import TapeWriter, failure

    refuse_existing(request.output, force=request.force)
    skeleton = by_name(request.skeleton) if request.skeleton else None
    imported = IMPORTERS[request.kind](request.source, ImportOptions(request.fps, request.size, skeleton))
    if request.images is not None:
        imported = with_pictures(imported, request.images)
    # Made under another name first: half a tape would look like a whole one.
    with written(request.output) as temporary, TapeWriter(temporary, imported.header, force=True) as writer:
        filling = _Filling(writer, keep=request.keep)
        try:
            filling.fill(imported)
        except OSError as error:
            writer.abandon()
            raise failure(request.output, error) from error
    return filling.lines(request.output, imported)


class _Filling:
    """Puts what was imported onto a tape, within what a tape may hold."""

    def __init__(self, writer: TapeWriter, *, keep: bool) -> None:
        self._writer = writer
        self._keep = keep
        self._events = 0
        self._bytes = 0
        self._poses = 0
        self._left_out = 0
        self._no_jpeg = 0

    def fill(self, imported: Imported) -> None:
        for one in imported.frames:
            try:
                self._writer.write(one.frame, self._picture(one))
            except ValueError as error:
                raise TapeError(f"Frame {one.frame.index} cannot be on a tape: {safe_text(error)}") from error
            self._poses += len(one.frame.poses)
            if one.facts is not None:
                self._note(one.facts.event(one.frame))

    def lines(self, output: Path, imported: Imported) -> list[str]:
        names = ", ".join(map(safe_text, imported.header.skeletons))
        lines = [f"wrote {safe_text(output)}: {self._writer.frames:,} frames, {self._poses:,} poses, {names}"]
        if self._left_out:
            lines.append(f"names and areas of {self._left_out:,} images are left out: a tape holds no more")
        if self._no_jpeg:
            lines.append(f"{self._no_jpeg:,} images are left out: they are missing or no JPEG")
        return lines

    def _picture(self, one: ImportedFrame) -> bytes | None:
        from posetui.tapes.formats.files import named, reason
        from posetui.tapes.formats.pictures import JPEG

        if not self._keep:
            return None
        if one.picture is not None:
            try:
                data = one.picture.read_bytes()
            except OSError as error:
                raise TapeError(f"{named(one.picture)} cannot be read: {reason(error)}") from error
            if data.startswith(JPEG):
                return data
        self._no_jpeg += 1
        return None

    def _note(self, event: Event) -> None:
        from posetui.tapes import limits

        text = json.dumps(event.data, ensure_ascii=False)
        size = len(text.encode()) + 400
        brackets = text.count("{") + text.count("[") + 10
        fits = (
            self._events < limits.MAX_EVENTS
            and self._bytes + size < limits.MAX_EVENTS_BYTES
            and size < limits.MAX_EVENT_BYTES
            and brackets < limits.MAX_EVENT_BRACKETS
        )
        if not fits:
            self._left_out += 1
            return
        self._events += 1
        self._bytes += size
        self._writer.event(event)
