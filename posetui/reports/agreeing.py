"""The sections of a report on how far backends agree, where nobody knows the truth or beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from posetui.engine.subjects import Subject
from posetui.evaluation.agreement import Between
from posetui.evaluation.comparison import Comparison
from posetui.evaluation.disagreement import Disagreement
from posetui.evaluation.figures import Figure
from posetui.evaluation.rows import Cell, rows
from posetui.reports import between as plots_of
from posetui.reports.apart import galleries, place_of
from posetui.reports.bars import speed_against
from posetui.reports.blocks import Block, Head, Paragraph, Points, Section, Table
from posetui.reports.pictures import Pictures
from posetui.reports.sections import HOW_TO_READ, differing, listed, machines, numbers_table, plots

_JUDGED = ("people", "agreement", "jitter", "flips", "dropouts", "latency_p50", "cpu")
_SHOWN = 6
"""Of the frames to look at first, so many as pictures."""

_FEW = 100  # frames or images below which a reader should be warned
_NO_TRUTH = "Agreement is not truth: backends that share training data or networks are wrong together."


def compared(subjects: Sequence[Subject], found: Comparison, images: Path | None) -> Iterator[Section]:
    """Yield the sections of a comparison without truth.

    Args:
        subjects: the recordings, in the order of the backends.
        found: what they are like beside each other.
        images: folder of the images, or video; or None for the tapes' own.

    Raises:
        PosetuiError: a tape or the video cannot be used.

    """
    columns = {one.name: one.figures for one in found.backends}
    heads = tuple(Head(one.name, series) for series, one in enumerate(found.backends))
    yield Section("in-short", "In short", (Points(tuple(_in_short(found))),))
    table = numbers_table(rows(list(columns.values())), heads)
    joints = Paragraph(f"Compared: {listed(found.skeleton.joints)}.")
    yield Section("numbers", "Numbers", (table, HOW_TO_READ, joints))
    yield from agreement(found)
    yield from plots("joints", "Joint by joint", plots_of.joints_apart(found))
    yield from plots("along", "Along the video", plots_of.along(found))
    yield from _speed(subjects, found)
    yield from differing(columns, found.differences, _JUDGED)
    yield from _first(subjects, found, images)


def agreement(found: Comparison) -> Iterator[Section]:
    """Yield the section of how far each two backends agree; nothing for one alone."""
    if not found.between:
        return
    blocks: list[Block] = []
    if (plot := plots_of.each_two(found)) is not None:
        blocks.append(plot)
    cells = rows([one.figures for one in found.between])
    pairs = tuple(
        (" / ".join(one.names), tuple(Cell(row.cells[place].text, row.cells[place].between) for row in cells))
        for place, one in enumerate(found.between)
    )
    heads = (Head("of each two"), *(Head(row.label) for row in cells))
    blocks.append(Table(heads, pairs, "How far each two backends agree"))
    said = (
        "OKS is the median over people that both found; found by both is of all people that either found; "
        "% of torso is the median distance of joints that both are sure of; agreement is the mean OKS over "
        f"everybody that either found, 0 for who was found by one alone. {_NO_TRUTH}"
    )
    yield Section("agreement", "Agreement", (*blocks, Paragraph(said, note=True)))


def _in_short(found: Comparison) -> Iterator[str]:
    """Yield what a reader should know who reads nothing else."""
    yield from _of_pairs(found.between)
    columns = {one.name: one.figures for one in found.backends}
    if (most := _extreme(columns, "people", 1)) and (least := _extreme(columns, "people", -1)):
        (who, many), (other, few) = most, least
        if f"{many.value:.2f}" != f"{few.value:.2f}":
            what = "picture" if found.still else "frame"
            yield (
                f"{who} finds the most people, {many.value:.2f} a {what}; {other} the fewest, "
                f"{few.value:.2f}."
            )
    if (still := _extreme(columns, "jitter", -1)) is not None:
        yield f"{still[0]} holds joints stillest, with a jitter of {still[1].value:.2f}% of the torso."
    if (fast := _extreme(columns, "latency_p50", -1)) is not None:
        rate = columns[fast[0]]["fps"].value
        yield f"{fast[0]} is the fastest, with {fast[1].value:,.1f} ms a frame ({rate:,.1f} frames a second)."
    yield _NO_TRUTH
    if found.frames < _FEW:
        what = "pictures" if found.still else "frames"
        yield f"There are only {found.frames:,} {what}: what holds here need not hold for others."


def _of_pairs(between: Sequence[Between]) -> Iterator[str]:
    known = [one for one in between if not math.isnan(one.figures["agreement"].value)]
    ranked = sorted(known, key=lambda one: -one.figures["agreement"].value)
    words = ("agree most", "agree least") if len(ranked) > 1 else ("agree so far",)
    for how, one in zip(words, (ranked[0], ranked[-1]) if len(ranked) > 1 else ranked, strict=True):
        oks, both = one.figures["oks"].value, one.figures["overlap"].value
        alike = "they never found the same person" if math.isnan(oks) else f"an OKS of {oks:.2f}"
        yield (
            f"{one.names[0]} and {one.names[1]} {how}: {alike} in the median, {both:.0f}% of the people "
            f"found by both, agreement {one.figures['agreement'].value:.2f}."
        )
    apart = [
        (distance, joint, one.names)
        for one in known
        for joint, distance in one.joints.items()
        if not math.isnan(distance)
    ]
    if apart:
        distance, joint, (first, second) = max(apart)
        yield (
            f"The joint that two place farthest apart is the {joint.replace('_', ' ')}: {distance:.0f}% of "
            f"the torso between {first} and {second} in the median."
        )


def _extreme(columns: Mapping[str, Mapping[str, Figure]], name: str, sign: int) -> tuple[str, Figure] | None:
    """Return who has the most of a number, or with the sign -1 the least; None where nobody has it."""
    known = [(who, of[name]) for who, of in columns.items() if name in of and not math.isnan(of[name].value)]
    return max(known, key=lambda one: sign * one[1].value, default=None)


def _speed(subjects: Sequence[Subject], found: Comparison) -> Iterator[Section]:
    if len(found.backends) < 3:
        return  # of two, both agree as much with the other
    names, columns = [one.name for one in found.backends], [one.figures for one in found.backends]
    plot = speed_against(names, [one["agreement"] for one in columns], columns, "agreement")
    if plot is not None:
        yield Section("speed", "Speed against agreement", (plot, *machines(subjects)))


def _first(subjects: Sequence[Subject], found: Comparison, images: Path | None) -> Iterator[Section]:
    """Yield the section of the frames to look at first; nothing where all agree."""
    told = found.disagreements
    if not told:
        return
    with Pictures(subjects, images) as pictures:
        drawn = list(galleries(found, told[:_SHOWN], pictures))
    said = (
        "The frames in which the mean agreement of each two backends is least, the worst first. "
        "Each picture shows what one backend found; joints that it is not sure of are faint."
    )
    if not found.still:
        said += " Of frames within a second only the worst is told."
    without = sum(not beneath for _, beneath in drawn)
    if without:
        which = "The pictures" if without == len(drawn) else f"The pictures of {without} of them"
        said += f" {which} are not at hand: people are drawn on a plain ground."
    heads = ("", "agreement", "farthest apart", "theirs", "joint", "people")
    cells = tuple((place_of(one), _row(one)) for one in told)
    table = Table(tuple(map(Head, heads)), cells, "Frames to look at first")
    note = Paragraph(
        f"People are those that {', '.join(found.aligned.names)} found, in this order.", note=True
    )
    galleries_drawn = (one for one, _ in drawn)
    yield Section("first", "Look at these first", (Paragraph(said), table, note, *galleries_drawn))


def _row(one: Disagreement) -> tuple[Cell, ...]:
    joint = "-" if one.joint is None else f"{one.joint.replace('_', ' ')} {one.percent:.0f}%"
    people = "/".join(map(str, one.people.values()))
    return tuple(map(Cell, (f"{one.agreement:.2f}", " / ".join(one.pair), f"{one.least:.2f}", joint, people)))
