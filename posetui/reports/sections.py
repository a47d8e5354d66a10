"""The sections of a report, in the order in which a reader asks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from posetui.engine.subjects import Subject
from posetui.evaluation.bootstrap import Difference
from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation
from posetui.evaluation.rows import Row, rows_of
from posetui.evaluation.speed import speed_figures
from posetui.reports import bars, curves
from posetui.reports.blocks import Block, Head, Paragraph, Plot, Points, Section, Table
from posetui.reports.pictures import Pictures
from posetui.reports.saying import FEW, differences, in_short
from posetui.reports.worst import galleries, worst

_WORST, _MOST_WORST = 6, 12
"""Images that are shown: at least, if there are so many, and at most."""

JUDGED = ("ap", "pck", "recall", "mpjpe", "ece", "mota", "idf1", "hota", "jitter", "dropouts")
"""Of these numbers it is said whether they differ by more than chance."""

HOW_TO_READ = Paragraph(
    "The best of a row is bold. Arrows tell whether more or less is better. In brackets is the 95% interval, "
    "where there is one.",
    note=True,
)


def title(names: Sequence[str], found: Evaluation | None) -> str:
    """Return the title of a report."""
    short = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    who = short[0] if len(short) == 1 else f"{', '.join(short[:-1])} and {short[-1]}"
    return f"{who}: poses compared" if found is None else f"{who}, measured against {found.truth}"


def lead(subjects: Sequence[Subject], found: Evaluation | None) -> str:
    """Return what was compared, in a sentence."""
    if found is None:
        frames = min(len(one.recording.frames) for one in subjects)
        return (
            f"At least {frames:,} frames of each, without truth: what poses are like, not how right they are."
        )
    pieces = "the images" if found.still else "pieces of a second"
    return (
        f"{found.images:,} images with {found.people:,} labelled people; {len(found.joints.skeleton)} joints "
        f"compared. Intervals are 95%, of bootstrap samples over {pieces}."
    )


def measured(
    subjects: Sequence[Subject], found: Evaluation, speeds: Sequence[Mapping[str, Figure]]
) -> Iterator[Section]:
    """Yield the sections of what was measured against truth."""
    yield Section("in-short", "In short", (Points(in_short(found, speeds)),))
    more = [{**of, **one.more} for one, of in zip(subjects, speeds, strict=True)]
    heads = tuple(Head(one.name, series) for series, one in enumerate(subjects))
    yield Section(
        "numbers",
        "Numbers",
        (
            numbers_table(rows_of(found, more), heads),
            HOW_TO_READ,
            *_joints(found),
        ),
    )
    columns = {one.name: one.numbers for one in found.results}
    yield from differing(columns, found.differences, JUDGED)
    yield from plots("pck", "Joints: how near they are", curves.pck_curves(found))
    yield from plots("joints", "Joint by joint", bars.by_joint(found), bars.by_part(found))
    yield from plots("people", "People: how alike they are", curves.similarities(found))
    yield from plots("confidence", "Confidence: is it to be believed?", curves.reliability(found))
    yield from _speed(subjects, found, speeds)


def worst_frames(
    subjects: Sequence[Subject], truth: Subject, found: Evaluation, images: Path | None
) -> list[Section]:
    """Return the section of the frames that went worst; nothing where nobody is labelled.

    Raises:
        PosetuiError: a tape or the video cannot be used.

    """
    bad = worst(found, min(max(_WORST, len(subjects)), _MOST_WORST))
    with Pictures([*subjects, truth], images) as pictures:
        drawn = list(
            galleries(found, bad, truth.recording, pictures, sizes_known=truth.recording.sizes_known)
        )
    if not drawn:
        return []
    said = (
        "The images whose people were found worst, the worst of each in turn. White is the truth, colour is "
        "what was found. OKS is the mean over the labelled people, 0 for who was not found; from 0.5 on "
        "somebody counts as found."
    )
    without = sum(not beneath for _, beneath in drawn)
    if without:
        which = "The pictures" if without == len(drawn) else f"The pictures of {without} of them"
        hint = "" if images else " (--images has them shown)"
        said += f" {which} are not at hand: people are drawn on a plain ground{hint}."
    return [Section("worst", "Worst frames", (Paragraph(said), *(one for one, _ in drawn)))]


def differing(
    columns: Mapping[str, Mapping[str, Figure]],
    apart: Mapping[tuple[str, str, str], Difference],
    judged: Sequence[str],
) -> Iterator[Section]:
    """Yield the section of which differences are more than chance; nothing where there is none to tell.

    Args:
        columns: the numbers of each recording, by its name.
        apart: of each two and each number, how far they differ.
        judged: the numbers that are told.

    """
    table = differences(columns, apart, judged)
    if table is None:
        return
    said = (
        "Measured on the same images, so that what is hard is hard for both. p is two-sided, and each "
        "stands for itself: of twenty comparisons of equals, one is significant by chance."
    )
    if len(columns) > FEW:
        said = f"The best by each number beside all others. {said}"
    yield Section("differences", "Differences", (table, Paragraph(said, note=True)))


def plots(key: str, name: str, *drawn: Plot | None) -> Iterator[Section]:
    """Yield a section of those of the plots that there are, or nothing."""
    there = tuple(one for one in drawn if one is not None)
    if there:
        yield Section(key, name, there)


def _speed(
    subjects: Sequence[Subject], found: Evaluation, speeds: Sequence[Mapping[str, Figure]]
) -> Iterator[Section]:
    name = "ap" if not math.isnan(found.results[0].figures["ap"].value) else "pck"
    names = [one.name for one in found.results]
    accuracy = [one.figures[name] for one in found.results]
    plot = bars.speed_against(names, accuracy, speeds, "accuracy")
    if plot is None:
        return
    blocks: list[Block] = [plot]
    without = [one.name for one, of in zip(subjects, speeds, strict=True) if not of]
    if without:
        blocks.append(Paragraph(f"Nothing is known of the speed of {', '.join(without)}.", note=True))
    yield Section("speed", "Speed against accuracy", (*blocks, *machines(subjects)))


def machines(subjects: Sequence[Subject]) -> Iterator[Paragraph]:
    """Yield a warning where recordings were made on different machines."""
    if len({one.header.setup.machine for one in subjects if one.header.setup is not None}) > 1:
        said = "The recordings were made on different machines: their times cannot be compared."
        yield Paragraph(said, note=True)


def numbers_table(table: Sequence[Row], heads: tuple[Head, ...]) -> Table:
    """Return the table of all numbers, a row each, a column a recording."""
    arrows = {1: " ↑", -1: " ↓", 0: ""}
    lines = tuple((f"{row.label}{arrows[row.better]}", row.cells) for row in table)
    return Table((Head(""), *heads), lines, "Numbers of each recording")


def speeds_of(subjects: Sequence[Subject], found: Evaluation) -> list[Mapping[str, Figure]]:
    """Return the numbers of speed of each recording, over the images that are compared."""
    every: list[Mapping[str, Figure]] = []
    for one, result in zip(subjects, found.results, strict=True):
        there = [(place, frame) for place, frame in enumerate(result.frames) if frame is not None]
        block = np.array([place for place, _ in there], dtype=np.int64)
        frames = [frame for _, frame in there]
        every.append(speed_figures(frames, block, found.weights, one.recording.peak_mb))
    return every


def _joints(found: Evaluation) -> Iterator[Paragraph]:
    """Yield which joints were compared, and what else is worth knowing."""
    joints = found.joints
    yield Paragraph(f"Compared: {listed(joints.skeleton.joints)}.")
    if joints.left_out:
        yield Paragraph(f"Not compared, for not all have them: {listed(joints.left_out)}.")
    for one in found.results:
        if missing := joints.missing[one.name]:
            yield Paragraph(f"{one.name} never has, and is wrong in: {listed(missing)}.")
        if middles := joints.halved[one.name]:
            yield Paragraph(f"Of {one.name}, these are the middle of two joints: {listed(middles)}.")
    yield from (Paragraph(f"{note}.") for note in chain(*(one.notes for one in found.results)))


def listed(joints: Sequence[str]) -> str:
    """Return the names of joints for a sentence."""
    plain = [joint.replace("_", " ") for joint in joints]
    pairs = {name.removeprefix("left ") for name in plain if name.startswith("left ")}
    both = {name for name in pairs if f"right {name}" in plain}
    named = [
        f"both {name.removeprefix('left ')}s" if name.removeprefix("left ") in both else name
        for name in plain
        if name.removeprefix("right ") not in both or not name.startswith("right ")
    ]
    return ", ".join(named)
