"""What a rendering is written to: a video, an animation, or a folder of pictures.

A video is H.264 in MP4, written in fragments of a second and made an ordinary file when it is finished
(FFmpeg's `hybrid_fragmented`): however writing ends, what was written up to the last fragment plays.
PyAV brings its own FFmpeg with an H.264 encoder; that of OpenCV's wheels has none.
"""

from __future__ import annotations

import contextlib
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from posetui.errors import RenderError
from posetui.pose.frame import Image
from posetui.sources.opencv import load_cv2
from posetui.sources.pictures import LOSSLESS, packed
from posetui.tapes.writer import reason
from posetui.text import safe_text

if TYPE_CHECKING:
    import av
    from av.filter import Graph
    from av.video.stream import VideoStream

Kind = Literal["mp4", "gif", "webp", "frames"]

SUFFIXES: dict[str, Kind] = {".mp4": "mp4", ".m4v": "mp4", ".gif": "gif", ".webp": "webp"}
FASTEST_GIF = 50.0
"""Pictures a second: what is to be shown for less than 0.02 s is shown for 0.1 s by browsers."""
_TICKS = {"mp4": 90_000, "gif": 100, "webp": 1000}
"""Of a second, in which the formats count time."""
_FRAGMENT_S = 1.0
_BT601, _BT709, _LIMITED = 6, 1, 1
"""How OpenCV splits off brightness; what sRGB's colours nearly are; values from 16 to 235."""


def kind_of(path: Path) -> Kind:
    """Return what a path is to become; raises RenderError for what cannot be written."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if suffix and not path.is_dir():
        known = ", ".join(SUFFIXES)
        raise RenderError(
            f"Nothing can be rendered to a {safe_text(suffix)} file",
            f"Name one of {known}, or a folder for PNG pictures.",
        )
    return "frames"


def check_output(path: Path, *, force: bool) -> None:
    """Raise RenderError when a rendering cannot go there, without touching what is there."""
    kind, shown = kind_of(path), safe_text(path)
    if not path.parent.is_dir():
        raise RenderError(f"There is no folder {safe_text(path.parent)}", "Make it, or name another place.")
    if kind == "frames":
        if path.is_dir() and any(path.iterdir()) and not force:
            raise RenderError(f"The folder {shown} is not empty", "Add --force to write into it.")
        if path.exists() and not path.is_dir():
            raise RenderError(f"There is a file {shown}, and no folder can have its name")
    elif path.is_dir() or (path.exists() and not path.is_file()):
        raise RenderError(f"{shown} is there and is no file", "Name another place.")
    elif path.exists() and not force:
        raise RenderError(f"There is a file {shown} already", "Add --force to replace it.")


class Output(Protocol):
    """Takes pictures of one size, in order."""

    def add(self, picture: Image, start: float, duration: float) -> None:
        """Take a picture (uint8 [H, W, 3], BGR), shown from `start` on for `duration` seconds."""

    def close(self) -> None:
        """Finish; OSError or RenderError when that is not possible."""


def open_output(path: Path, size: tuple[int, int]) -> Output:
    """Return what writes pictures of a size (width, height) to a path.

    Raises:
        RenderError: it cannot be written.

    """
    kind = kind_of(path)
    try:
        return Pictures(path) if kind == "frames" else Video(path, kind, size)
    except OSError as error:
        raise failure(path, error) from error


def failure(path: Path, error: OSError) -> RenderError:
    """Return what to tell of a file that cannot be written."""
    why, remedy = reason(error)
    return RenderError(f"{safe_text(path)} cannot be written: {why}", remedy)


class Pictures:
    """A folder of PNG pictures, numbered from 1."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._count = 0

    def add(self, picture: Image, start: float, duration: float) -> None:
        """Write a picture."""
        self._count += 1
        (self._folder / f"{self._count:06d}.png").write_bytes(packed(picture, LOSSLESS))

    def close(self) -> None:
        """Do nothing: all are written."""


class Video:
    """A file with moving pictures: MP4, GIF or WebP.

    Args:
        path: the file; it is replaced.
        kind: its format.
        size: width, height of the pictures in pixels.

    Raises:
        OSError: it cannot be written.

    """

    def __init__(self, path: Path, kind: Kind, size: tuple[int, int]) -> None:
        import av

        self._kind, self._ticks = kind, _TICKS[kind]
        # What is encoded in halves of the size wants an even one.
        self._pad = (size[0] % 2, size[1] % 2) if kind == "mp4" else (0, 0)
        options = {"movflags": "hybrid_fragmented+frag_keyframe"} if kind == "mp4" else {"loop": "0"}
        self._container = av.open(str(path), "w", format=kind, options=options)
        base = Fraction(1, self._ticks)
        self._stream = stream = _stream(self._container, kind)
        stream.width, stream.height = size[0] + self._pad[0], size[1] + self._pad[1]
        stream.time_base = stream.codec_context.time_base = base
        self._palette = _palette_graph(size, base) if kind == "gif" else None
        self._last = -1
        self._durations: deque[int] = deque()  # of pictures whose packets have not come yet
        self._key_at = 0.0

    def add(self, picture: Image, start: float, duration: float) -> None:
        """Encode a picture; raises OSError when there is no room for it."""
        import av
        from av.video.frame import PictureType

        right, bottom = self._pad
        if right or bottom:
            cv2 = load_cv2()
            bordered = cv2.copyMakeBorder(picture, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
            picture = np.asarray(bordered, dtype=np.uint8)
        if self._kind == "mp4":
            # Four times as fast as FFmpeg's own conversion, and half as much to copy.
            planes = load_cv2().cvtColor(picture, load_cv2().COLOR_BGR2YUV_I420)
            frame = av.VideoFrame.from_ndarray(np.asarray(planes, dtype=np.uint8), format="yuv420p")
        else:
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.time_base = Fraction(1, self._ticks)
        # Two pictures cannot begin in the same tick, which for a GIF is a hundredth of a second.
        frame.pts = self._last = max(round(start * self._ticks), self._last + 1)
        if self._kind == "mp4":
            self._durations.append(max(1, round((start + duration) * self._ticks) - frame.pts))
            if start >= self._key_at:
                frame.pict_type, self._key_at = PictureType.I, start + _FRAGMENT_S
            self._encode(frame)
        elif self._palette is not None:
            self._palette.push(frame)
            self._pull(self._palette)
        else:
            self._encode(frame.reformat(format="bgra"))

    def close(self) -> None:
        """Finish the file; raises OSError when there is no room for its end."""
        try:
            if self._palette is not None and self._last >= 0:
                self._palette.push(None)
                self._pull(self._palette)
            if self._last >= 0:
                self._encode(None)
        finally:
            self._container.close()

    def _pull(self, graph: Graph) -> None:
        import av

        with contextlib.suppress(BlockingIOError, av.error.EOFError):
            while True:
                frame = graph.pull()
                assert isinstance(frame, av.VideoFrame)  # noqa: S101 - it was given nothing else
                self._encode(frame)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            if self._durations:  # without pictures that refer to later ones, packets come in their order
                packet.duration = self._durations.popleft()
            self._container.mux(packet)


def _stream(container: av.container.OutputContainer, kind: Kind) -> VideoStream:
    if kind == "gif":
        stream = container.add_stream("gif")
        stream.pix_fmt = "pal8"
        return stream
    if kind == "webp":
        stream = container.add_stream("libwebp_anim", options={"quality": "80"})
        stream.pix_fmt = "bgra"
        return stream
    # Whole pictures are asked for by time, above. Without pictures that refer to later ones times begin at 0
    # in an unfinished file, too.
    options = {"preset": "superfast", "crf": "21", "g": "600", "bf": "0"}
    stream = container.add_stream("libx264", options=options)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace, context.color_range = _BT601, _LIMITED
    context.color_primaries = context.color_trc = _BT709
    return stream


def _palette_graph(size: tuple[int, int], base: Fraction) -> Graph:
    """Return filters that give each picture the 256 colours that suit it best."""
    from av import VideoFormat
    from av.filter import Graph

    graph = Graph()
    pixels = VideoFormat("bgr24", *size)
    source = graph.add_buffer(width=size[0], height=size[1], format=pixels, time_base=base)
    split, palette = graph.add("split"), graph.add("palettegen", "stats_mode=single:reserve_transparent=0")
    use, sink = graph.add("paletteuse", "new=1:dither=bayer:bayer_scale=3"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
