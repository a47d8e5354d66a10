"""From what the user named to an open source.

    0, /dev/video0          camera
    rtsp://..., http://...  stream
    demo, demo:single       clip that ships
    -                       JPEG pictures on standard input
    FILE                    video or image
    FOLDER, 'GLOB'          images
    FILE.mcap               tape

A file that is called like one of the others is given as ./NAME. Nothing here imports cv2 until a source is
opened, so that the app's process can check and show what the user named.
"""

from __future__ import annotations

import glob
from pathlib import Path

from posetui.errors import SourceError
from posetui.sources.base import Kind, Source, SourceOptions
from posetui.sources.camera import camera_title, check_camera, is_camera, open_camera
from posetui.sources.checks import (
    check_file,
    check_tape,
    check_url,
    file_error,
    is_tape,
    is_url,
    redacted_url,
)
from posetui.sources.clips import clip_path, is_clip_name
from posetui.sources.images import ImagesSource, find_images, is_image_name, looks_like_image
from posetui.sources.mjpeg import TITLE as PIPE_TITLE
from posetui.sources.mjpeg import PipeSource, check_pipe
from posetui.text import safe_text


def kind_of(spec: str) -> Kind:
    """Return which kind of source a name means; it need not exist."""
    named: tuple[tuple[bool, Kind], ...] = (
        (spec == "-", "pipe"),
        (is_camera(spec), "camera"),
        (is_url(spec), "stream"),
        (is_clip_name(spec), "video"),
    )
    for answers, kind in named:
        if answers:
            return kind
    path = Path(spec)
    try:
        if path.is_dir() or (glob.has_magic(spec) and not path.exists()):
            return "images"
    except (OSError, ValueError):
        return "video"
    if is_tape(path):
        return "tape"
    return "images" if is_image_name(path) or looks_like_image(path) else "video"


def display_title(spec: str) -> str:
    """Return what the user may see of a source: safe text, credentials redacted, a file's name only."""
    kind = kind_of(spec)
    if kind == "pipe":
        return PIPE_TITLE
    if kind == "camera":
        return camera_title(spec)
    if kind == "stream":
        return redacted_url(spec)
    return safe_text(Path(spec).name or spec)


def check_source(spec: str, stdin_fd: int = 0) -> None:
    """Refuse at once, without cv2 and without the network, what can only fail.

    Args:
        spec: what the user named.
        stdin_fd: the descriptor that `-` means.

    Raises:
        SourceError: what is wrong and what to do about it.
    """
    if not spec.strip():
        raise SourceError("the source has no name", "Name a camera, a file, a stream or a clip: demo.")
    kind = kind_of(spec)
    if kind == "pipe":
        check_pipe(stdin_fd)
    elif kind == "camera":
        check_camera(spec)
    elif kind == "stream":
        check_url(spec)
    elif kind == "images":
        _check_images(spec)
    elif kind == "tape":
        check_tape(Path(spec))
    else:
        check_file(_video_path(spec))


def open_source(spec: str, options: SourceOptions) -> Source:
    """Open what the user named.

    Raises:
        SourceError: what is wrong and what to do about it.
    """
    check_source(spec, options.stdin_fd)
    kind = kind_of(spec)
    title = display_title(spec)
    if kind == "pipe":
        return PipeSource(options, title)
    if kind == "camera":
        return open_camera(spec, options)
    if kind == "images":
        return ImagesSource(find_images(spec), options, title)
    if kind == "stream":
        from posetui.sources.stream import open_stream

        return open_stream(spec, options)
    if kind == "tape":
        from posetui.sources.tape import TapeSource

        return TapeSource(Path(spec), options, title)
    from posetui.sources.video import VideoSource

    return VideoSource(_video_path(spec), options, title)


def _video_path(spec: str) -> Path:
    return clip_path(spec) if is_clip_name(spec) else Path(spec)


def _check_images(spec: str) -> None:
    images = find_images(spec)
    if len(images) > 1:
        return
    try:
        check_file(images[0])
    except (OSError, ValueError) as error:
        raise file_error(images[0], error) from error
