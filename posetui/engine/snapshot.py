"""A picture with its overlay, as a PNG file."""

from __future__ import annotations

from pathlib import Path

from posetui.engine.figures import figures
from posetui.engine.messages import Snapshot
from posetui.engine.people import People
from posetui.pose.frame import Image, PoseFrame


def write_snapshot(command: Snapshot, frame: PoseFrame, image: Image) -> None:
    """Write the image with the skeletons of its people; raises OSError when the file cannot be written."""
    import cv2

    from posetui.drawing.overlay import draw_overlay

    people = People(command.skeleton)
    shown = people.update(frame, command.threshold)
    drawn = figures(shown, people.skeleton(frame), command.threshold, dark=command.dark)
    picture = draw_overlay(image, drawn, command.threshold)
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise OSError("the picture cannot be encoded as PNG")
    Path(command.path).write_bytes(data.tobytes())
