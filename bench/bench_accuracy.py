"""How right every backend is, at each of its settings, on two sets of labelled pictures; one JSON line last.

Everybody sees the same pictures in one run and is matched in the same way: AP of COCO keypoints on
photographs with many people, PCK@0.2 of the torso on gymnasts, where a joint that is missing is wrong.
Intervals are 95% of bootstrap samples over the pictures; ratios are taken sample by sample. See
bench/accuracy/rows.py for how stills are shown.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy import sets
from bench.accuracy.measures import Measured, average_precision, correct_keypoints
from bench.accuracy.rows import Look, Row, rows
from bench.common import bar, finish, say
from posetui.errors import PosetuiError
from posetui.pose.frame import Pose

RATIO, WITHIN = 1.2, 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured of one row.

    Attributes:
        row: who.
        ap: on the photographs; None without them.
        pck: on the gymnasts; None without them.
        took: median milliseconds a photograph, and a gymnast.

    """

    row: Row
    ap: Measured | None
    pck: Measured | None
    took: tuple[float, float]


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of both sets")
    parser.add_argument(
        "--only", action="append", default=[], help="rows whose name has this in it; may repeat"
    )
    parser.add_argument("--samples", type=int, default=300, help="bootstrap samples")
    parser.add_argument("--quick", action="store_true", help="four pictures of each, to see that it works")
    given = parser.parse_args()
    given.most = 4 if given.quick else 10**6
    return given


def shown(look: Look, stills: Sequence[sets.Still]) -> tuple[list[tuple[Pose, ...]], float]:
    """Return the people of each still, and the median milliseconds that one took."""
    found, times = [], []
    for still in stills:
        image = still.read()
        start = time.perf_counter()
        found.append(look(image))
        times.append((time.perf_counter() - start) * 1e3)
    return found, statistics.median(times) if times else 0.0


def measure(
    row: Row, given: argparse.Namespace, photographs: list[sets.Still], gymnasts: list[sets.Still]
) -> Line:
    """Show one row all pictures."""
    look, close = row.open()
    try:
        many, many_ms = shown(look, photographs)
        alone, alone_ms = shown(look, gymnasts)
    finally:
        close()
    ap = pck = None
    if photographs:
        by_key = {still.key: poses for still, poses in zip(photographs, many, strict=True)}
        ap = average_precision(sets.truth_file(given.data / "coco-mini"), by_key, given.samples)
    if gymnasts:
        pck = correct_keypoints([still.joints for still in gymnasts], alone, given.samples)
    return Line(row, ap, pck, (many_ms / row.looks, alone_ms / row.looks))


def found_sets(given: argparse.Namespace) -> tuple[list[sets.Still], list[sets.Still]]:
    """Return the pictures of both sets; of one that is not there none, and that is said."""
    read = {"coco-mini": sets.coco, "lsp-extended": sets.lsp}
    both = []
    for name, reader in read.items():
        folder = given.data / name
        if not folder.is_dir():
            say(f"skipped: there is no {folder}; --data names the folder of the labelled pictures")
        both.append(reader(folder, given.most) if folder.is_dir() else [])
    return both[0], both[1]


def text(line: Line) -> str:
    """Return a line of the table."""
    cells = [f"{line.row.label:32}"]
    for measured, digits in ((line.ap, 3), (line.pck, 1)):
        if measured is None:
            cells.append(f"{'-':>22}")
            continue
        low, high = measured.interval
        cells.append(f"{measured.value:7.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]".rjust(22))
    more = line.ap.more if line.ap else {}
    cells.append("  ".join(f"{name} {value:.3f}" for name, value in more.items()).rjust(22))
    cells.append(f"{line.took[0]:7.0f} {line.took[1]:7.0f}")
    return " ".join(cells)


def bars(lines: Sequence[Line]) -> dict[str, object]:
    """Return the comparisons that can be made of what was measured."""
    result: dict[str, object] = {}
    ours = [line for line in lines if line.row.family == "topdown" and line.ap]
    others = [line for line in lines if line.row.family != "topdown" and line.ap]
    if ours and others:
        best = max(ours, key=lambda line: line.ap.value if line.ap else 0)
        peer = max(others, key=lambda line: line.ap.value if line.ap else 0)
        result["ap_ratio"] = compared(best, peer)
    by_label = {line.row.label: line for line in lines if line.pck}
    pck = {label: line.pck.value for label, line in by_label.items() if line.pck}
    full, package = (
        pck.get("blazepose:full"),
        next((v for k, v in pck.items() if k.startswith("mediapipe:full")), None),
    )
    if full is not None and package is not None:
        result["pck_blazepose_less_mediapipe"] = bar(round(full - package, 2), at_least=-WITHIN)
    top = [value for label, value in pck.items() if label.startswith("topdown")]
    if top and full is not None:
        result["pck_topdown_less_blazepose"] = bar(round(max(top) - full, 2), at_least=0)
    return result


def compared(best: Line, peer: Line) -> dict[str, object]:
    """Return the ratio of two lines' AP, with its interval."""
    if best.ap is None or peer.ap is None or not peer.ap.value:
        return {}
    samples = best.ap.samples / np.maximum(peer.ap.samples, 1e-9)
    low, high = np.percentile(samples, [2.5, 97.5])
    judged = bar(round(best.ap.value / peer.ap.value, 3), at_least=RATIO)
    names = {"of": best.row.label, "to": peer.row.label}
    return {**names, "bar": judged, "interval": [round(float(low), 3), round(float(high), 3)]}


def recorded(line: Line) -> dict[str, object]:
    """Return a line as plain JSON types."""
    entry: dict[str, object] = {"row": line.row.label, "ms": [round(one, 1) for one in line.took]}
    for name, measured in (("ap", line.ap), ("pck", line.pck)):
        if measured is not None:
            entry[name] = round(measured.value, 4)
            entry[f"{name}_95"] = [round(one, 4) for one in measured.interval]
            entry |= {key: round(value, 4) for key, value in measured.more.items()}
    return entry


def main() -> None:
    """Measure, print the table as it grows, and the JSON line."""
    given = arguments()
    load = os.getloadavg()[0]
    photographs, gymnasts = found_sets(given)
    if not photographs and not gymnasts:
        sys.exit("nothing to measure")
    say(f"{len(photographs)} photographs, {len(gymnasts)} gymnasts")
    print(f"{'':32} {'AP':>22} {'PCK@0.2':>22} {'':>22} {'ms':>7} {'ms':>7}", flush=True)
    lines = []
    for row in rows():
        if given.only and not any(part in row.label for part in given.only):
            continue
        try:
            lines.append(measure(row, given, photographs, gymnasts))
        except (PosetuiError, ImportError) as error:
            say(f"{row.label}: {error}")
            continue
        print(text(lines[-1]), flush=True)
    finish({"rows": [recorded(line) for line in lines], **bars(lines)}, load)


if __name__ == "__main__":
    main()
