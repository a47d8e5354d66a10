"""Which two people exchange their numbers."""

from __future__ import annotations

from collections.abc import Sequence


def partner(chosen: int | None, here: int, present: Sequence[int]) -> int | None:
    """Return who exchanges numbers with somebody, or None where another has to be chosen first.

    Args:
        chosen: who was chosen for it before, if anybody.
        here: who is chosen now.
        present: the numbers of everybody there; of two, the other one is meant.

    """
    if chosen is None and len(present) == 2:
        chosen = next(number for number in present if number != here)
    return chosen if chosen in present and chosen != here else None
