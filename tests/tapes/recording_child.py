"""Record a tape at 30 frames a second, and say of each frame that it was given, until killed.

Run as `python -m tests.tapes.recording_child PATH`; it prints the time at which it gave each frame.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from posetui.tapes.recorder import Recorder
from tests.tapes import made

FPS = 30.0


def main() -> None:
    recorder = Recorder(Path(sys.argv[1]), made.header())
    print("ready", flush=True)
    start, index = time.monotonic(), 0
    frames = [made.frame(index, 2) for index in range(40)]
    while recorder.record(made.frame(index, poses=frames[index % 40].poses)):
        print(time.monotonic(), flush=True)
        index += 1
        time.sleep(max(0.0, start + index / FPS - time.monotonic()))


if __name__ == "__main__":
    main()
