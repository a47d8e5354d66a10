"""Poses as a LabStreamingLayer stream: a fixed number of people, each with all joints of one skeleton."""

from __future__ import annotations

import math
import socket
import time

from posetui.errors import OutputError
from posetui.outputs.base import Picture, number_of
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton

_BUFFER = 10
"""Hundreds of samples that are held for a receiver that is slow; the oldest go first."""


class Lsl:
    """Offers a stream of type Mocap; it begins anew when the skeleton changes, as its width is that of one.

    Args:
        name: of the stream.
        people: for how many people there is room.

    Raises:
        OutputError: the native library is not there.

    """

    def __init__(self, name: str, people: int) -> None:
        try:
            import pylsl  # noqa: F401 - it looks for liblsl, which not every wheel brings
        except RuntimeError as error:
            raise OutputError("--lsl needs liblsl, which pylsl does not find", "Install liblsl") from error
        self._name = name
        self._places: list[int | None] = [None] * people
        self._skeleton: Skeleton | None = None

    def send(self, frame: PoseFrame, picture: Picture) -> None:
        """Push a sample, stamped with when the frame was captured."""
        import pylsl

        skeleton = skeletons.get(frame.skeleton)
        if skeleton != self._skeleton:
            self._begin(skeleton)
        # Their clock may be another than ours, but both run alike.
        stamp = pylsl.local_clock() - (time.monotonic() - frame.captured)
        self._outlet.push_sample(self.sample(frame), stamp)

    def sample(self, frame: PoseFrame) -> list[float]:
        """Return the values of a frame, by place: number, score, and x, y, confidence of each joint.

        Whoever has a place keeps it for as long as they are seen. All values of an empty place are not a
        number, and so are x and y of a joint that is absent; its confidence is 0.
        """
        poses = {number_of(pose, place): pose for place, pose in enumerate(frame.poses)}
        places = [number if number in poses else None for number in self._places]
        waiting = [number for number in poses if number not in places]
        self._places = [waiting.pop(0) if one is None and waiting else one for one in places]
        width = 2 + 3 * len(skeletons.get(frame.skeleton).joints)
        values: list[float] = []
        for number in self._places:
            if number is None:
                values += [math.nan] * width
                continue
            pose = poses[number]
            values += [number, pose.score]
            for x, y, confidence in pose.keypoints.tolist():
                values += [x, y, confidence] if confidence > 0 else [math.nan, math.nan, 0.0]
        return values

    def _begin(self, skeleton: Skeleton) -> None:
        import pylsl

        self._skeleton = skeleton
        channels = [
            (f"P{place}_{label}", kind, unit)
            for place in range(1, len(self._places) + 1)
            for label, kind, unit in _labels(skeleton)
        ]
        info = pylsl.StreamInfo(
            self._name,
            "Mocap",
            len(channels),
            pylsl.IRREGULAR_RATE,
            pylsl.cf_float32,
            # By this a receiver finds the stream again after a restart.
            f"posetui-{socket.gethostname()}-{self._name}-{skeleton.name}",
        )
        info.desc().append_child_value("skeleton", skeleton.name)
        described = info.desc().append_child("channels")
        for label, kind, unit in channels:
            channel = described.append_child("channel")
            for key, value in (("label", label), ("type", kind), ("unit", unit)):
                channel.append_child_value(key, value)
        self._outlet = pylsl.StreamOutlet(info, max_buffered=_BUFFER)

    def close(self) -> None:
        """End the stream."""
        if self._skeleton is not None:
            del self._outlet
            self._skeleton = None


def _labels(skeleton: Skeleton) -> list[tuple[str, str, str]]:
    """Return label, type and unit of one person's channels; the types are those of XDF's Mocap."""
    joints = [
        (f"{joint}_{part}", kind, unit)
        for joint in skeleton.joints
        for part, kind, unit in (
            ("x", "PositionX", "pixels"),
            ("y", "PositionY", "pixels"),
            ("confidence", "Confidence", "normalized"),
        )
    ]
    return [("id", "Id", "number"), ("score", "Confidence", "normalized"), *joints]
