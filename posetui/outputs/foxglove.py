"""Poses for Foxglove, over its WebSocket: the same messages as in an exported MCAP."""

from __future__ import annotations

import json

from posetui.errors import OutputError
from posetui.outputs.base import Picture, address, wall_clock_ns
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.tapes.formats.foxglove import IMAGE, POSES, annotations_of, image_of
from posetui.tapes.formats.foxglove_schemas import COMPRESSED_IMAGE, IMAGE_ANNOTATIONS

_WAITING = 64
"""Messages that may wait for each client; the oldest go first."""
_PICTURE_S = 0.09
"""Ten pictures a second, at most: a JPEG as large as the source costs as much as all poses together."""


class Foxglove:
    """Serves `/poses`, and `/image` to who asks for it.

    Args:
        where: `PORT` of loopback, or `HOST:PORT`.

    Raises:
        OutputError: the port is taken, or no such host is ours.

    """

    def __init__(self, where: str) -> None:
        host, port = address(where, "--foxglove")
        import foxglove

        context = self._context = foxglove.Context()  # gone, its channels would be, too
        try:
            self._server = foxglove.start_server(
                name="posetui", host=host, port=port, context=context, message_backlog_size=_WAITING
            )
        except (OSError, RuntimeError) as error:
            raise OutputError(f"--foxglove {where}: {error}", "Choose another port") from error
        self._pictured = -_PICTURE_S
        self._poses = foxglove.Channel(POSES, schema=IMAGE_ANNOTATIONS, context=context)
        self._image = foxglove.Channel(IMAGE, schema=COMPRESSED_IMAGE, context=context)

    def send(self, frame: PoseFrame, picture: Picture) -> None:
        """Log a frame at the time of its capture; its picture only if somebody looks at it."""
        time = wall_clock_ns(frame)
        due = frame.captured - self._pictured >= _PICTURE_S
        if due and self._image.has_sinks() and (jpeg := picture()) is not None:
            self._pictured = frame.captured
            self._image.log(image_of(jpeg, time), log_time=time)
        if self._poses.has_sinks():
            said = annotations_of(frame, skeletons.get(frame.skeleton), time)
            self._poses.log(json.dumps(said, separators=(",", ":"), allow_nan=False).encode(), log_time=time)

    def close(self) -> None:
        """Close all connections."""
        self._poses.close()
        self._image.close()
        self._server.stop()
