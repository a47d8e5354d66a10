"""What a backend's networks cost alone; one JSON line.

    python bench/raw_network.py CLIP BACKEND DETAIL MAX_PEOPLE RUNS

The backend sees the frames of a clip in order; what it gives its networks on each is noted. Then exactly
these inputs are run again, back to back, with nothing in between: no decoding, no resizing, no poses.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from posetui.backends.base import BackendOptions, Detail
from posetui.backends.network import Array, Network
from posetui.backends.opening import open_backend
from posetui.native import prepare

WARM, FRAMES = 10, 30


def record(clip: str, backend: str, options: BackendOptions) -> list[tuple[Any, dict[str, Array]]]:
    """Return session and inputs of every run of a network, for some frames after the first."""
    import cv2

    noted: list[tuple[Any, dict[str, Array]]] = []
    run = Network.run

    def noting(self: Network, feed: Array | Mapping[str, Array]) -> list[Array]:
        inputs = {self.inputs[0].name: feed} if isinstance(feed, np.ndarray) else feed
        noted.append((self._session, {name: np.array(value) for name, value in inputs.items()}))
        return run(self, feed)

    capture, estimator = cv2.VideoCapture(clip), open_backend(backend, options)
    for number in range(WARM + FRAMES):
        good, image = capture.read()
        if not good:
            sys.exit(f"the clip has fewer than {WARM + FRAMES} frames")
        if number == WARM:
            Network.run = noting  # type: ignore[method-assign]
        estimator.estimate(np.asarray(image, dtype=np.uint8), number / 30)
    return noted


def main() -> None:
    """Print how many frames a second the networks alone would do."""
    prepare()
    clip, backend, detail, people, runs = sys.argv[1:]
    options = BackendOptions(max_people=int(people), detail=cast(Detail, detail))
    noted = record(clip, backend, options)
    rates = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        for session, inputs in noted:
            session.run(None, inputs)
        rates.append(FRAMES / (time.perf_counter() - start))
    result = {"fps": float(np.median(rates)), "runs_a_frame": len(noted) / FRAMES}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
