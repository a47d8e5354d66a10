"""Poses as Open Sound Control messages over UDP; docs/outputs.md lists them."""

from __future__ import annotations

import socket

from posetui.errors import OutputError
from posetui.outputs.base import Picture, address, number_of
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame

_MOST = (1 << 31) - 1


class Osc:
    """Sends a bundle a frame and one a person.

    Args:
        where: `HOST:PORT`.

    Raises:
        OutputError: the host is not known.

    """

    def __init__(self, where: str) -> None:
        host, port = address(where, "--osc")
        from pythonosc.udp_client import UDPClient

        try:
            # A name is looked up here once, not with each message.
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4][0]
            self._client = UDPClient(str(found), port, allow_broadcast=True)
        except OSError as error:
            raise OutputError(f"--osc {where}: {error.strerror}", "Check the host") from error

    def send(self, frame: PoseFrame, picture: Picture) -> None:
        """Send the messages of a frame: a bundle of its own for each person fits into any datagram."""
        numbers = [number_of(pose, place) for place, pose in enumerate(frame.poses)]
        width, height = frame.size
        about: list[int | float] = [frame.index, float(frame.pts), width, height]
        self._bundle([("/posetui/frame", about), ("/posetui/people", list(numbers))])
        joints = skeletons.get(frame.skeleton).joints
        for number, pose in zip(numbers, frame.poses, strict=True):
            person = f"/posetui/person/{number}"
            points = zip(joints, pose.keypoints.tolist(), strict=True)
            self._bundle(
                [(person, [float(pose.score)]), *((f"{person}/{joint}", point) for joint, point in points)]
            )

    def _bundle(self, messages: list[tuple[str, list[int | float]]]) -> None:
        from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
        from pythonosc.osc_message_builder import OscMessageBuilder

        bundle = OscBundleBuilder(IMMEDIATELY)
        for where, values in messages:
            message = OscMessageBuilder(where)
            for value in values:
                # 32 bits each, which every receiver understands.
                if isinstance(value, float):
                    message.add_arg(value, message.ARG_TYPE_FLOAT)
                else:
                    message.add_arg(max(-_MOST, min(value, _MOST)), message.ARG_TYPE_INT)
            bundle.add_content(message.build())
        self._client.send(bundle.build())

    def close(self) -> None:
        """Close the socket."""
        self._client.close()
