"""What travels between the two processes: messages through pipes, pictures through shared memory."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from posetui.engine.messages import Pause, Preview, Result
from posetui.engine.shared import CAPACITY, SLOTS, SharedPictures
from posetui.engine.wire import Sender, receive
from posetui.pose.frame import Image, Pose, PoseFrame


def test_a_pose_frame_survives_the_wire() -> None:
    inbound, outbound = os.pipe()
    with os.fdopen(inbound, "rb") as reader, os.fdopen(outbound, "wb") as writer:
        sender = Sender(writer)
        keypoints = np.array([[1.5, 2.5, 0.5], [3, 4, 1]], np.float32)
        frame = PoseFrame(7, 1.25, 0.5, (640, 480), "x", (Pose(keypoints, 0.75, 3),), "b", {"infer": 2.0}, 4)
        assert sender.send(Pause(True))
        assert sender.send(Result(frame, Preview(1, 2, 3, 4), 9.5, frame))
        assert receive(reader) == Pause(True)
        result = receive(reader)
    assert isinstance(result, Result)
    assert result.preview == Preview(1, 2, 3, 4)
    assert result.shown is result.frame
    assert (result.sent, result.frame.to_dict()) == (9.5, frame.to_dict())


def test_the_end_of_a_pipe_is_told_at_both_ends() -> None:
    inbound, outbound = os.pipe()
    reader, writer = os.fdopen(inbound, "rb"), os.fdopen(outbound, "wb")
    writer.write(b"\0\0\0\x09half")
    writer.flush()
    sender = Sender(writer)
    sender.close()
    with pytest.raises(EOFError):
        receive(reader)
    assert not sender.send(Pause(True))
    reader.close()


def picture(value: int, width: int = 30, height: int = 20) -> Image:
    """Return a picture of one value."""
    return np.full((height, width, 3), value, np.uint8)


def test_a_picture_written_on_one_side_is_read_on_the_other() -> None:
    ours = SharedPictures()
    theirs = SharedPictures(str(os.dup(int(ours.handle))))
    place = theirs.write(picture(200))
    found = ours.read(place)
    assert found is not None and found.shape == (20, 30, 3) and (found == 200).all()
    theirs.close()
    ours.close()


def test_an_overwritten_picture_is_not_mistaken_for_a_new_one() -> None:
    pictures = SharedPictures()
    first = pictures.write(picture(1))
    for value in range(2, SLOTS + 2):
        last = pictures.write(picture(value))
    assert pictures.read(first) is None
    newest = pictures.read(last)
    assert newest is not None and newest[0, 0, 0] == SLOTS + 1
    pictures.close()


def test_the_largest_picture_fits() -> None:
    pictures = SharedPictures()
    width = CAPACITY // 3 // 1024
    assert width * 1024 * 3 == CAPACITY
    found = pictures.read(pictures.write(picture(9, width, 1024)))
    assert found is not None and (found == 9).all()
    pictures.close()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system has no /dev/shm to look into")
def test_shared_memory_has_no_name() -> None:
    folder = Path("/dev/shm")
    before = set(folder.iterdir())
    pictures = SharedPictures()
    pictures.write(picture(5))
    assert set(folder.iterdir()) == before
    pictures.close()
