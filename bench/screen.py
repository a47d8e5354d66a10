"""A display without a screen (Xvfb), a window manager and typed keys on it, and how alike two pictures are.

Debian's packages: xvfb, xdotool, x11-utils, openbox.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import numpy.typing as npt

PROGRAMS = ("Xvfb", "xdotool", "xwininfo", "openbox")
Picture = npt.NDArray[np.uint8]


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Display:
    """A display of its own, between `with`, with a window manager.

    Args:
        folder: an empty one, for the picture of the screen.
        size: width, height in pixels.

    Attributes:
        name: for the environment variable DISPLAY.

    """

    def __init__(self, folder: Path, size: tuple[int, int] = (1600, 1000)) -> None:
        self._folder, self._size = folder, size
        self.name = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Display:
        """Start it; RuntimeError when it does not start."""
        read, write = os.pipe()
        screen = f"{self._size[0]}x{self._size[1]}x24"
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-fbdir", str(self._folder)]
        self._start([*command, "-nolisten", "tcp"], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"
        if self.name == ":":
            raise RuntimeError("Xvfb does not start")
        self._start(["openbox"], environ={**os.environ, "DISPLAY": self.name})
        return self

    def _start(
        self, command: list[str], environ: Mapping[str, str] | None = None, pass_fds: tuple[int, ...] = ()
    ) -> None:
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environ, pass_fds=pass_fds)
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait()

    def do(self, *words: str) -> str:
        """Return what xdotool says."""
        return self._run("xdotool", *words)

    def _run(self, *words: str) -> str:
        environ = {**os.environ, "DISPLAY": self.name}
        return subprocess.run(words, env=environ, capture_output=True, text=True, check=False).stdout

    def window(self, name: str = "posetui") -> str | None:
        """Return the id of the visible window whose title begins so, or None."""
        found = self.do("search", "--onlyvisible", "--name", f"^{name}").split()
        return found[-1] if found else None

    def wait(self, predicate: Callable[[], object], what: str, timeout: float = 20.0) -> None:
        """Wait until something holds; AssertionError when it does not."""
        deadline = time.monotonic() + timeout
        while not predicate():
            assert time.monotonic() < deadline, f"after {timeout} s not: {what}"
            time.sleep(0.03)

    def type(self, window: str, key: str) -> None:
        """Press a key in a window; a capital letter as people do, who do not let go of shift at once."""
        keys: tuple[str, ...] = ("key", "--clearmodifiers", key)
        if len(key) == 1 and key.isupper():
            keys = ("keydown", "Shift_L", "key", key.lower(), "sleep", "0.5", "keyup", "Shift_L")
        self.do("windowfocus", "--sync", window, *keys)

    def shot(self, window: str) -> Picture:
        """Return what a window shows, uint8 [H, W, 3], BGR."""
        self.do("mousemove", "0", "0")  # its pointer is in the picture
        said = self._run("xwininfo", "-id", window)
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        found = [re.search(rf"{name}: +(-?\d+)", said) for name in names]
        x, y, width, height = (int(one[1]) if one else 0 for one in found)
        return np.ascontiguousarray(self._screen()[y : y + height, x : x + width])

    def _screen(self) -> Picture:
        """Return the whole screen from Xvfb's file, which is in the format of xwd."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", data[:100])
        width, height, line, colors = head[4], head[5], head[12], head[19]
        rows = np.frombuffer(data, np.uint8, height * line, head[0] + 12 * colors)
        return rows.reshape(height, line)[:, : 4 * width].reshape(height, width, 4)[:, :, :3]


def ssim(a: Picture, b: Picture) -> float:
    """Return the structural similarity of two pictures of one size, in [-1, 1].

    Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
    similarity" (2004): on grey values, with their Gaussian window of 11x11 and sigma 1.5.
    """
    x, y = (cv2.cvtColor(one, cv2.COLOR_BGR2GRAY).astype(np.float64) for one in (a, b))

    def mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5))

    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = ((2 * mx * my + c1) * (2 * both + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(alike.mean())
