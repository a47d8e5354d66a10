"""Pictures by number, read by a real process of their own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.engine.album import Album
from posetui.engine.albums import Pages
from posetui.pose.frame import Image


class Waiting:
    """Waits for what an album tells."""

    def __init__(self) -> None:
        self.changed = threading.Event()

    def until(self, predicate: Callable[[], bool]) -> None:
        while not predicate():
            assert self.changed.wait(30), "nothing came"
            self.changed.clear()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Album, Waiting, list[Image]]]:
    """An album of four pictures of several sizes, of which the third is none."""
    chance = np.random.default_rng(5)
    pictures: list[Image] = []
    paths: list[Path] = []
    for number, (width, height) in enumerate(((900, 600), (301, 211), (64, 64), (40, 30))):
        pictures.append(chance.integers(0, 256, (height, width, 3), np.uint8))
        paths.append(tmp_path / f"{number}.png")
        cv2.imwrite(str(paths[-1]), pictures[-1])
    paths[2].write_bytes(b"no picture")
    waiting = Waiting()
    album = Album(Pages(tuple(map(str, paths))), tmp_path / "log", waiting.changed.set)
    yield album, waiting, pictures
    album.close()


def test_pictures_come_by_number_whatever_happens(
    opened: tuple[Album, Waiting, list[Image]],
) -> None:
    album, waiting, pictures = opened

    def shown(number: int) -> bool:
        album.want(number, number + 1)
        found = album.picture(number)
        return found is not None and np.array_equal(found.levels[0], pictures[number])

    waiting.until(lambda: shown(0))
    half = album.picture(0)
    assert half is not None and half.levels[1].shape == (300, 450, 3)
    for number in (1, 0, 3, 1):
        waiting.until(partial(shown, number))
    album.want(2)
    waiting.until(lambda: album.missing(2))
    assert album.picture(2) is None
    # A decoder that crashes costs its own picture, and no other.
    assert album.pid is not None
    os.kill(album.pid, signal.SIGKILL)
    waiting.until(lambda: album.pid is None)
    waiting.until(lambda: shown(3))
