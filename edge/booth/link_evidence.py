"""Evidence (bits) that two link codes belong to one person.

A shared rare colour is stronger evidence than a shared common one: these are the weights of record linkage, adjusted
for frequency (Fellegi and Sunter 1969, "A Theory for Record Linkage"). How common a digit is among the links of these
ten minutes is counted here; which colour it stands for is known only with the site key.

The weights come from a logistic regression on pairs of sightings of the simulated street (seed 41, its first 30
minutes), rounded, and shifted so that an equal arrangement or pattern adds nothing.
"""

from collections import Counter
from collections.abc import Callable
from math import log2

GARMENT_BITS = (0.5, 0.0, -1.0, -2.0, -7.5)
SHOES_BITS = (1.75, 0.5, 1.0, -2.75, -4.5)
"""Bits for the two colours of a garment in two links: both equal, swapped, main one equal, one in common, none."""
ARRANGEMENT_BITS, PATTERN_BITS = (0.0, -3.0), (0.0, -3.0)
"""Bits for one digit: equal, different."""
COLOURED = ((0, GARMENT_BITS), (2, GARMENT_BITS), (4, SHOES_BITS))
SINGLE = ((6, ARRANGEMENT_BITS), (7, PATTERN_BITS))
"""Position in a link (message/link.py), and the bits to use there."""
RARITY = 0.75
"""Bits for each bit of a shared colour's rarity; below 1, since the colours of garments are correlated. The regression
says .71; .75 leaves fewer duplicates and joins a few more different people (seeds 41, 31, 23)."""
USUAL_PAIR, USUAL_MAIN = 0.05, 0.1
"""Assumed share of links with a given pair of colours, and with a given main colour, before any were counted."""
PRIOR = 10.0
"""Weight of the assumed shares, in links."""
UNSEEN = "0"


class LinkEvidence:
    """Counts of each colour digit among the links of one rotation."""

    def __init__(self) -> None:
        self._links = 0
        self._counts = Counter[tuple[int, str]]()

    def add(self, link: str) -> None:
        """Count a link of 8 hex digits."""
        self._links += 1
        for at, _ in COLOURED:
            self._counts[at, link[at : at + 2]] += 1
            self._counts[at, link[at]] += 1

    def bits_for(self, link: str) -> Callable[[str], float]:
        """Return a function from another link of this rotation to bits; digits that were not seen add nothing."""
        seen = [(at, link[at : at + 2], bits) for at, bits in COLOURED if UNSEEN not in link[at : at + 2]]
        colours = [(at, colour, *self._colour_bits(at, colour, bits)) for at, colour, bits in seen]
        singles = [(at, link[at], *bits) for at, bits in SINGLE if link[at] != UNSEEN]

        def bits(other: str) -> float:
            total = 0.0
            for at, colour, same, swapped, main, one_of_two, none in colours:
                theirs = other[at : at + 2]
                if UNSEEN in theirs:
                    continue
                if theirs == colour:
                    total += same
                elif theirs == colour[::-1]:
                    total += swapped
                elif theirs[0] == colour[0]:
                    total += main
                else:
                    total += one_of_two if theirs[0] in colour or theirs[1] in colour else none
            for at, digit, same, another in singles:
                if other[at] != UNSEEN:
                    total += same if other[at] == digit else another
            return total

        return bits

    def _colour_bits(self, at: int, colour: str, bits: tuple[float, ...]) -> tuple[float, float, float, float, float]:
        """Bits for another link with both colours equal, swapped, the main one equal, one in common, none."""
        same = RARITY * self._rarity(USUAL_PAIR, (at, colour))
        swapped = RARITY * self._rarity(USUAL_PAIR, (at, colour), (at, colour[::-1]))
        main = RARITY * self._rarity(USUAL_MAIN, (at, colour[0]))
        return bits[0] + same, bits[1] + swapped, bits[2] + main, bits[3], bits[4]

    def _rarity(self, usual: float, *digits: tuple[int, str]) -> float:
        """Surprisal of these digits in bits, by the mean of their shares."""
        count = sum(self._counts[digit] for digit in digits) / len(digits)
        return -log2((count + PRIOR * usual) / (self._links + PRIOR))
