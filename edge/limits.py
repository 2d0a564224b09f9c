"""How coarse counts and scores must be, so that none identifies a person. Node and booth both apply these limits."""

from bisect import bisect_left, bisect_right

WINDOW_S = 900
"""15 minutes: the shortest window in which counts are kept or sent."""
FLOOR = 5
"""Smallest count that may be sent or shown; smaller ones say too much about single people and are withheld."""
BATCH = 50
"""Least sightings between two published baselines of one epoch: if only one were between them, their difference would
describe that person."""
FIRST_SCORES = 50
"""Sightings of a camera, against a baseline that others made, before its first scores."""
MOST_IN_WINDOW = 20_000
"""Most sightings of one camera in WINDOW_S: 1.4 people a second and metre of width, the most that walk in a dense crowd
(Fruin 1971, "Pedestrian Planning and Design", level of service E), in a view 15 m wide."""
MOST_SIGHTINGS = 10_000_000
"""Most sightings of a baseline; its sums of products (score/counts.py) stay below 2**63 with these."""
MOST_REASONS = 4
"""Most reasons that leave the node with one score."""
MOST_WORN = 4
"""Most garments that leave the node with one score."""
CANDIDATE_P = 0.1
"""Highest p-value of a candidate: somebody the booth could alert on. Only a candidate's score says more than a coarse p
and a minute. `alert.one_in` is at least 1 / CANDIDATE_P.

With .1 a second view is matched with the right one of 150 people in 12 to 15 % of cases (photos, tools/evaluate
reidentify), without the garments in 11 to 15 %; with .2, and without garments, in 16 to 20 %."""
RARITIES = (*(float(f"{digit}e{power}") for power in range(9) for digit in (1, 2, 5)), 1e9)
"""The only values of `1 in N`, p = 1 / N and the ends of the interval on the wire: 1, 2, 5, 10, 20, 50 and so on.

Simulated days lose nothing by it: 96.2 % of the bits of the best choice in hindsight instead of 96.3 %
(tools/evaluate pacing, 6 days of each pattern), but a score says a third as much about a person.
"""


def rarity_at_most(one_in: float) -> float:
    """Return the largest of RARITIES that is at most `one_in`, so that nobody is called rarer than they are.

    >>> [rarity_at_most(one_in) for one_in in (0.5, 1.99, 99.9, 430.0, 1e12)]
    [1.0, 1.0, 50.0, 200.0, 1000000000.0]
    """
    return RARITIES[max(bisect_right(RARITIES, one_in * (1 + 1e-9)) - 1, 0)]


def rarity_at_least(one_in: float) -> float:
    """Return the smallest of RARITIES that is at least `one_in`.

    >>> [rarity_at_least(one_in) for one_in in (1.0, 99.9, 620.9)]
    [1.0, 100.0, 1000.0]
    """
    return RARITIES[min(bisect_left(RARITIES, one_in * (1 - 1e-9)), len(RARITIES) - 1)]
