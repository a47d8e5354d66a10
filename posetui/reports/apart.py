"""The frames that backends agree least on, as pictures: each backend's people beside the others'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posetui.evaluation.comparison import Comparison
from posetui.evaluation.disagreement import Disagreement
from posetui.evaluation.stability import SEEN
from posetui.reports.blocks import Gallery, Shot
from posetui.reports.people import drawn_on, people_of, region_around
from posetui.reports.pictures import Pictures
from posetui.reports.style import rgb
from posetui.sources.pictures import packed
from posetui.text import safe_text


def galleries(
    found: Comparison, told: Sequence[Disagreement], pictures: Pictures
) -> Iterator[tuple[Gallery, bool]]:
    """Yield the pictures of each of these frames, one a backend, and whether there was one beneath.

    Args:
        found: the comparison.
        told: which frames.
        pictures: gives what lies beneath; of the subjects in the order of the backends.

    """
    aligned = found.aligned
    for number, one in enumerate(told):
        frames = [frames[one.place] for frames in aligned.frames]
        beneath = pictures.of(frames, frames[0].size)
        people = [people_of(each, one.place) for each in aligned.people]
        region = region_around([each for every in people for each in every], beneath)
        shots = []
        for series, (name, mine) in enumerate(zip(aligned.names, people, strict=True)):
            drawn = drawn_on(beneath, region, [(mine, rgb(series))], aligned.skeleton, SEEN)
            caption = f"{name}: {_counted(len(mine))}"
            shots.append(Shot(f"apart-{number + 1:02}-{series + 1}", series, caption, packed(drawn, 84)))
        yield Gallery(f"{place_of(one)}: {_farthest(one)}", tuple(shots)), beneath is not None


def place_of(one: Disagreement) -> str:
    """Return which frame it is: its image's name, or number and time."""
    return safe_text(one.image or f"frame {one.index:,}, {one.seconds:.2f} s", 80)


def _counted(people: int) -> str:
    return "nobody" if not people else "1 person" if people == 1 else f"{people} people"


def _farthest(one: Disagreement) -> str:
    first, second = one.pair
    said = f"agreement {one.agreement:.2f}; least between {first} and {second}, {one.least:.2f}"
    if one.joint is None:
        return said
    return f"{said}, farthest in the {one.joint.replace('_', ' ')}, {one.percent:.0f}% of the torso"
