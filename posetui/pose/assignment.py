"""Optimal assignment: who goes with whom so that the total likeness is highest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def assign(gain: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of the assignment with the highest total gain.

    Rows and columns may stay alone: only pairs with a gain above 0 are returned. O(n^2 m).

    Args:
        gain: float64 [N, M], finite; 0 or less where the two must not be paired.

    """
    if not gain.size:
        return []
    if gain.shape[0] > gain.shape[1]:
        return sorted((row, column) for column, row in assign(gain.T))
    best = [(max(gains), gains) for gains in gain.tolist()]
    wanted = [(row, gains.index(most)) for row, (most, gains) in enumerate(best) if most > 0]
    if len({column for _, column in wanted}) == len(wanted):
        return wanted  # nobody wants the same: nothing can be better, and this is nearly every frame
    cost = np.minimum(-gain, 0.0).tolist()
    return [(row, column) for row, column in enumerate(_columns(cost)) if gain[row, column] > 0]


def _columns(cost: Sequence[Sequence[float]]) -> list[int]:
    """Return each row's column in an assignment of lowest total cost; at least as many columns as rows.

    Shortest augmenting paths with potentials: Jonker and Volgenant, "A shortest augmenting path algorithm
    for dense and sparse linear assignment problems", Computing 38, 1987. Plain lists: for the handful of
    people in a picture they are faster than arrays.
    """
    rows, columns = len(cost), len(cost[0])
    row_price, column_price = [0.0] * rows, [0.0] * (columns + 1)
    owner = [-1] * (columns + 1)  # the last column is where each new row's path starts
    for row in range(rows):
        owner[columns] = row
        here = columns
        distance, came_from = [math.inf] * columns, [columns] * columns
        done = [False] * (columns + 1)
        while owner[here] >= 0:
            done[here] = True
            current, step, nearest = owner[here], math.inf, here
            for column in range(columns):
                if done[column]:
                    continue
                slack = cost[current][column] - row_price[current] - column_price[column]
                if slack < distance[column]:
                    distance[column], came_from[column] = slack, here
                if distance[column] < step:
                    step, nearest = distance[column], column
            for column in range(columns + 1):
                if done[column]:
                    row_price[owner[column]] += step
                    column_price[column] -= step
                elif column < columns:
                    distance[column] -= step
            here = nearest
        while here != columns:
            owner[here] = owner[came_from[here]]
            here = came_from[here]
    found = [0] * rows
    for column in range(columns):
        if owner[column] >= 0:
            found[owner[column]] = column
    return found
