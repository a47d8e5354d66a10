"""Scenes for the metrics of tracks, from a number alone: Python's own generator is the same everywhere."""

from __future__ import annotations

from random import Random

import numpy as np

from posetui.evaluation.tracks import Moment

SCENES = 50


def scene(number: int) -> list[Moment]:
    """Return the images of a scene: people come and go, tracks break, exchange numbers and invent people."""
    random = Random(number)
    people, length = random.randint(1, 7), random.randint(5, 60)
    spans = [sorted(random.sample(range(length + 1), 2)) for _ in range(people)]
    number_of = {person: person for person in range(people)}
    following = people
    moments = []
    for time in range(length):
        if number == 3:
            true = []  # nobody is ever there
        else:
            true = [person for person, (start, end) in enumerate(spans) if start <= time < end]
        said = []
        for person in true:
            if random.random() < 0.08:
                number_of[person], following = following, following + 1
            if random.random() < 0.85 and number != 7:  # in one, nobody is ever found
                said.append((number_of[person], person))
        if people > 1 and random.random() < 0.06:
            one, other = random.sample(range(people), 2)
            number_of[one], number_of[other] = number_of[other], number_of[one]
        if random.random() < 0.1 and number != 7:
            said.append((1000 + random.randint(0, 2), -1))
        random.shuffle(said)
        alike = [
            [random.uniform(0.35, 1.0) if person == owner else _aside(random) for _, owner in said]
            for person in true
        ]
        moments.append(
            Moment(
                np.array(true, dtype=np.int64),
                np.array([track for track, _ in said], dtype=np.int64),
                np.array(alike, dtype=np.float64).reshape(len(true), len(said)),
            )
        )
    return moments


def _aside(random: Random) -> float:
    """Return how alike another person is: mostly not at all."""
    return random.random() ** 3 if random.random() < 0.6 else 0.0


def joined(scenes: list[list[Moment]]) -> list[Moment]:
    """Return scenes one after the other, with numbers of their own."""
    moments = []
    for place, one in enumerate(scenes):
        apart = 5000 * place
        moments += [Moment(moment.true + apart, moment.said + apart, moment.alike) for moment in one]
    return moments
