"""How our backends err on the clips that ship: writes `errors.json`, from which scenes are generated.

There is no truth for the clips, so each kind of error is measured by what it does:

- jitter: distance from a parabola through the same joint in the seven frames around (what the fit takes
  away of white noise is put back), robust (1.48 MAD), by joint;
- astray: how often a joint is further than six times that from the parabola, and how far;
- drift: the slow part of the error: half of the variance of the difference between two backends, without the
  jitter; its memory is the autocorrelation of that difference from frame to frame;
- drop-outs: how often a joint of a person who is found falls below `VISIBLE`, and for how many frames;
- misses: how often a person that at least two backends see is not found;
- false poses: poses that no other backend sees and that do not stay for half a second.

Distances are in units of the square root of the person's area. Joints are COCO's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.common import say
from posetui.backends.base import BackendOptions
from posetui.backends.opening import open_backend
from posetui.native import prepare
from posetui.paths import clips_dir
from posetui.pose.convert import convert
from posetui.pose.similarity import areas_of, boxes_of, oks
from posetui.pose.skeletons import COCO_17
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.tracker import Tracker

BACKENDS = ("openpose", "movenet", "mediapipe", "blazepose")
CLIPS = ("demo.mp4", "demo_single.mp4")
STEP, FPS = 2, 30.0
VISIBLE, SAME, STAYS = 0.2, 0.3, 15
OUT = Path(__file__).with_name("errors.json")
WINDOW = 7

Float = npt.NDArray[np.float64]
Frames = list[dict[int, tuple[Float, float]]]
"""By frame: by track: keypoints [17, 3] and the pose's score."""


def watch(backend: str, clip: Path) -> Frames:
    """Return the people a backend sees in a clip, linked; a person without a number gets a negative one."""
    prepare()
    import cv2

    loaded = open_backend(backend, BackendOptions(max_people=4))
    tracker = Tracker(loaded.skeleton)
    capture, frames, index = cv2.VideoCapture(str(clip)), list[dict[int, tuple[Float, float]]](), 0
    while capture.grab():
        if index % STEP == 0:
            image = np.asarray(capture.retrieve()[1], dtype=np.uint8)
            seconds = index / STEP / FPS
            found = suppress_duplicates(loaded.estimate(image, seconds).poses, loaded.skeleton)
            people: dict[int, tuple[Float, float]] = {}
            for place, pose in enumerate(tracker.update(found, seconds)):
                number = -index * 100 - place - 1 if pose.track_id is None else pose.track_id
                points = convert(pose.keypoints, loaded.skeleton, COCO_17).astype(np.float64)
                people[number] = (points, pose.score)
            frames.append(people)
        index += 1
    loaded.close()
    return frames


def size_of(points: Float) -> float:
    """Return the square root of a person's area."""
    return float(np.sqrt(max(areas_of(boxes_of(points[None].astype(np.float32)))[0], 1.0)))


def tracks_of(frames: Frames) -> dict[int, Float]:
    """Return the tracks that stay, each [T, 17, 3], with NaN where the person is not found."""
    counts: dict[int, int] = {}
    for people in frames:
        for number in people:
            counts[number] = counts.get(number, 0) + 1
    nobody = np.full((17, 3), np.nan)
    return {
        number: np.stack([people[number][0] if number in people else nobody for people in frames])
        for number, count in counts.items()
        if count >= STAYS
    }


def residuals(track: Float) -> list[tuple[int, float, float]]:
    """Return (joint, x, y): how far each joint is from the parabola through the frames around it."""
    times = np.arange(WINDOW) - WINDOW // 2
    basis = np.stack([np.ones(WINDOW), times, times**2], axis=1)
    hat = basis @ np.linalg.pinv(basis)
    kept = np.sqrt(1 - hat[WINDOW // 2, WINDOW // 2])
    found = []
    for start in range(len(track) - WINDOW + 1):
        window = track[start : start + WINDOW]
        if np.isnan(window).any():
            continue
        size = size_of(window[WINDOW // 2])
        for joint in np.flatnonzero((window[..., 2] >= VISIBLE).all(axis=0)).tolist():
            points = window[:, joint, :2]
            x, y = ((points - hat @ points)[WINDOW // 2] / kept / size).tolist()
            found.append((joint, x, y))
    return found


def runs(marks: npt.NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(int), [0]])))
    lengths: list[int] = (edges[1::2] - edges[::2]).tolist()
    return lengths


def alike(a: Float, b: Float) -> float:
    """Return the OKS of two poses [17, 3]."""
    return float(oks(a[None].astype(np.float32), b[None].astype(np.float32), COCO_17.sigmas)[0, 0])


def by_joint(values: Sequence[tuple[int, float]], least: int = 10) -> list[float | None]:
    """Return 1.48 MAD of the values of each joint; None with fewer than `least`."""
    joints: list[list[float]] = [[] for _ in range(17)]
    for joint, value in values:
        joints[joint].append(value)
    return [round(1.48 * float(np.median(np.abs(v))), 5) if len(v) >= least else None for v in joints]


def joint_errors(clips: Sequence[Frames]) -> dict[str, Any]:
    """Return jitter, joints astray, drop-outs and confidences of one backend."""
    tracks = [track for frames in clips for track in tracks_of(frames).values()]
    found = [entry for track in tracks for entry in residuals(track)]
    jitter = by_joint([(joint, value) for joint, x, y in found for value in (x, y)])
    typical = float(np.median([value for value in jitter if value is not None]))
    far = [float(np.hypot(x, y)) for joint, x, y in found if np.hypot(x, y) > 6 * (jitter[joint] or typical)]
    seen = np.concatenate([track[~np.isnan(track[:, 0, 2])] for track in tracks])[..., 2]
    lengths = [n for t in tracks for j in range(17) for n in runs(t[:, j, 2] < VISIBLE)]
    strong, weak = seen[seen >= VISIBLE], seen[(seen < VISIBLE)]
    return {
        "jitter": [typical if value is None else value for value in jitter],
        "astray": {"share": round(len(far) / max(len(found), 1), 5), "distance": deciles(far)},
        "dropout": {
            "share": [round(float(share), 4) for share in (seen < VISIBLE).mean(axis=0)],
            "frames": round(float(np.mean(lengths)), 1) if lengths else 1.0,
        },
        "confidence": {"visible": deciles(strong), "weak": deciles(weak)},
    }


def deciles(values: Sequence[float] | Float) -> list[float]:
    """Return the eleven deciles; empty without values."""
    points = np.linspace(0, 1, 11)
    return [round(float(v), 4) for v in np.quantile(values, points)] if len(values) else []


def pose_errors(name: str, seen: dict[str, list[Frames]]) -> dict[str, Any]:
    """Return misses, false poses and scores of one backend, judged by the others."""
    shown = missed = total = 0
    false, true, joints = list[float](), list[float](), list[float]()
    lengths: list[int] = []
    for clip, frames in enumerate(seen[name]):
        stay = tracks_of(frames)
        for index, people in enumerate(frames):
            others = [seen[other][clip][index].values() for other in seen if other != name]
            shown += 1
            for number, (points, score) in people.items():
                known = number in stay or any(alike(points, p) >= SAME for group in others for p, _ in group)
                (true if known else false).append(score)
                if not known:
                    joints.append(float((points[:, 2] >= VISIBLE).mean()))
            sure = [
                points
                for place, group in enumerate(others)
                for points, _ in group
                if any(alike(points, p) >= SAME for later in others[place + 1 :] for p, _ in later)
            ]
            total += len(sure)
            missed += sum(all(alike(p, points) < SAME for p, _ in people.values()) for points in sure)
        for track in stay.values():
            gone = np.isnan(track[:, 0, 2])
            first, last = np.flatnonzero(~gone)[[0, -1]]
            lengths += runs(gone[first:last])
    return {
        "missed": {"share": round(missed / max(total, 1), 4), "frames": lengths},
        "false": {"per_frame": round(len(false) / shown, 4), "scores": deciles(false)},
        "false_joints": deciles(joints),
        "scores": deciles(true),
    }


def drift(seen: dict[str, list[Frames]], jitter: dict[str, list[float]]) -> dict[str, Any]:
    """Return the slow error by joint and its memory from frame to frame, of all backends together."""
    values, pairs = list[tuple[int, float]](), list[tuple[float, float]]()
    names = list(seen)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            for first, second in zip(seen[one], seen[other], strict=True):
                for a in tracks_of(first).values():
                    for b in tracks_of(second).values():
                        difference = compared(a, b)
                        for joint in range(17):
                            known = difference[~np.isnan(difference[:, joint, 0]), joint]
                            values += [(joint, v) for v in known.ravel().tolist()]
                            steady = known - known.mean(axis=0) if len(known) else known
                            pairs += zip(
                                steady[:-1].ravel().tolist(), steady[1:].ravel().tolist(), strict=True
                            )
    spread = by_joint(values)
    noise = np.mean([jitter[name] for name in names], axis=0)
    slow = [
        round(float(np.sqrt(max((s or 0.0) ** 2 / 2 - n**2, 0))), 5)
        for s, n in zip(spread, noise, strict=True)
    ]
    before, after = np.array(pairs).T
    return {"drift": slow, "memory": round(float(np.corrcoef(before, after)[0, 1]), 3)}


def compared(a: Float, b: Float) -> Float:
    """Return float64 [T, 17, 2]: where `a` has its joints less where `b` has them; NaN unless one person."""
    result = np.full((len(a), 17, 2), np.nan)
    for index, (one, other) in enumerate(zip(a, b, strict=True)):
        if np.isnan(one).any() or np.isnan(other).any() or alike(one, other) < SAME:
            continue
        both = (one[:, 2] >= VISIBLE) & (other[:, 2] >= VISIBLE)
        result[index, both] = (one[both, :2] - other[both, :2]) / size_of(other)
    return result


def main() -> None:
    """Measure every backend and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    seen: dict[str, list[Frames]] = {}
    for name in BACKENDS:
        say(name)
        seen[name] = [watch(name, clips_dir() / clip) for clip in CLIPS]
    errors = {name: joint_errors(seen[name]) | pose_errors(name, seen) for name in BACKENDS}
    shared = drift(seen, {name: errors[name]["jitter"] for name in BACKENDS})
    result = {"fps": FPS, "clips": CLIPS, **shared, "backends": errors}
    given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    say(f"wrote {given.out}")


if __name__ == "__main__":
    main()
