"""The formats by name: how to write and read each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17
from posetui.tapes.formats import (
    coco,
    coco_reading,
    foxglove,
    lists,
    openpose,
    parquet,
    posetrack,
    table_reading,
    tables,
    trc,
)
from posetui.tapes.formats.exchange import Export, Imported, ImportOptions
from posetui.tapes.formats.joints import OTHERS, POSETRACK_17
from posetui.text import safe_text

Write = Callable[[Iterable[PoseFrame], Export, Path], None]
Read = Callable[[Path, ImportOptions], Imported]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format that can be written.

    Attributes:
        write: writes frames of one skeleton.
        skeletons: those it is meant for, the first when nothing else is said; empty for the tape's own.
        folder: it is a folder of files.

    """

    write: Write
    skeletons: tuple[Skeleton, ...] = ()
    folder: bool = False

    def skeleton(self, asked: str | None, tape: Skeleton, defined: Mapping[str, Skeleton]) -> Skeleton:
        """Return the skeleton to write: the one asked for, else the tape's if it fits, else the format's.

        Args:
            asked: a name, or None.
            tape: the skeleton of the tape's first frame.
            defined: the tape's skeletons by name.

        Raises:
            TapeError: there is no skeleton of that name; the remedy lists those there are.

        """
        if asked is not None:
            return by_name(asked, defined)
        fits = not self.skeletons or tape.joints in [one.joints for one in self.skeletons]
        return tape if fits else self.skeletons[0]


EXPORTERS: Mapping[str, Exporter] = {
    "coco-results": Exporter(coco.write_results, (COCO_17,)),
    "coco-truth": Exporter(coco.write_truth, (COCO_17,)),
    "openpose": Exporter(openpose.write, openpose.SKELETONS, folder=True),
    "posetrack18": Exporter(posetrack.write, (POSETRACK_17,)),
    "csv": Exporter(tables.write_tidy),
    "csv-wide": Exporter(tables.write_wide),
    "parquet": Exporter(parquet.write),
    "trc": Exporter(trc.write),
    "foxglove": Exporter(foxglove.write),
}

IMPORTERS: Mapping[str, Read] = {
    "coco-truth": coco_reading.read_truth,
    "coco-results": coco_reading.read_results,
    "openpose": openpose.read,
    "posetrack18": posetrack.read,
    "lsp": lists.read,
    "mpii": lists.read,
    "csv": table_reading.read,
}


def by_name(name: str, defined: Mapping[str, Skeleton] | None = None) -> Skeleton:
    """Return a skeleton of a tape, of the catalogue or of a format; TapeError with those there are."""
    known = {one: skeletons.get(one) for one in skeletons.names()} | OTHERS | dict(defined or {})
    if name not in known:
        raise TapeError(
            f"There is no skeleton {safe_text(name)}", f"Choose one of {', '.join(map(safe_text, known))}."
        )
    return known[name]
