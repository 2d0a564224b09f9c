"""Which counts of colour combinations may leave the node: none that gives away a small group by subtraction; pure."""

from collections import Counter
from collections.abc import Mapping

from edge.limits import FLOOR

PREFIX = "combination:"


def sendable(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the combinations to send, the most common first; `counts` are of one window, by code.

    A combination of FLOOR people may be sent only if nobody can subtract it from its colours, which are sent too, and
    find a group of 1 to FLOOR - 1: of each colour either all people are told apart, or FLOOR or more are left
    (complementary suppression, Willenborg and de Waal 2001, "Elements of Statistical Disclosure Control", 6.2).

    >>> sendable({"colour:upper:red": 11, "colour:lower:blue": 30, "combination:red-over-blue": 6})
    [('combination:red-over-blue', 6)]
    >>> sendable({"colour:upper:red": 8, "colour:lower:blue": 30, "combination:red-over-blue": 6})
    []
    """
    found = {word: n for word, n in counts.items() if word.startswith(PREFIX) and n >= FLOOR}
    while small := _small_groups(found, counts):
        colour = min(small)
        del found[min((word for word in found if colour in _colours(word)), key=lambda word: (found[word], word))]
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _small_groups(found: Mapping[str, int], counts: Mapping[str, int]) -> list[str]:
    """Return the colours of which 1 to FLOOR - 1 people are left when these combinations are subtracted."""
    told = Counter[str]()
    for word, n in found.items():
        for colour in _colours(word):
            told[colour] += n
    return [colour for colour, n in told.items() if 0 < counts.get(colour, 0) - n < FLOOR]


def _colours(word: str) -> tuple[str, str]:
    upper, _, lower = word.removeprefix(PREFIX).partition("-over-")
    return f"colour:upper:{upper}", f"colour:lower:{lower}"
