"""Links to bits: what the words behind two links say for their being of one person.

Who shares a rare word is more surely one person than who shares a common one: the weights of record linkage, adjusted
for frequency (Fellegi and Sunter 1969, "A Theory for Record Linkage"). How common a word is among the links of these
ten minutes is counted here; the words themselves are the site key's and stay unknown.

The weights are those of a logistic regression on pairs of sightings of the simulated street (seed 41, its first 30
minutes), rounded, and moved so that one arrangement and one pattern say nothing.
"""

from collections import Counter
from collections.abc import Callable
from math import log2

GARMENT_BITS = (0.5, 0.0, -1.0, -2.0, -7.5)
SHOES_BITS = (1.75, 0.5, 1.0, -2.75, -4.5)
"""Of two colour words in two links: both the same, swapped, the main one the same, one in common, none in common."""
ARRANGEMENT_BITS, PATTERN_BITS = (0.0, -3.0), (0.0, -3.0)
"""Of one word: the same, another."""
COLOURED = ((0, GARMENT_BITS), (2, GARMENT_BITS), (4, SHOES_BITS))
SINGLE = ((6, ARRANGEMENT_BITS), (7, PATTERN_BITS))
"""Where in a link (message/link.py)."""
RARITY = 0.75
"""Bits for each bit of a shared colour's rarity; below 1, since those of one garment tell of the next. The regression
says .71; .75 has fewer duplicates and a few more people joined with somebody else (seeds 41, 31, 23)."""
USUAL_PAIR, USUAL_MAIN = 0.05, 0.1
"""Share of links with two given colours of a garment, with a given main one, before any were counted."""
PRIOR = 10.0
"""Links that those shares weigh as much as."""
UNSEEN = "0"


class LinkEvidence:
    """What is worn in one rotation of the links: no more than how often each colour was among them."""

    def __init__(self) -> None:
        self._links = 0
        self._worn = Counter[tuple[int, str]]()

    def add(self, link: str) -> None:
        self._links += 1
        for at, _ in COLOURED:
            self._worn[at, link[at : at + 2]] += 1
            self._worn[at, link[at]] += 1

    def bits_for(self, link: str) -> Callable[[str], float]:
        """Another link of this rotation to the bits for their being of one person; what was not seen says nothing."""
        seen = [(at, link[at : at + 2], bits) for at, bits in COLOURED if UNSEEN not in link[at : at + 2]]
        colours = [(at, colour, *self._colour_bits(at, colour, bits)) for at, colour, bits in seen]
        words = [(at, link[at], *bits) for at, bits in SINGLE if link[at] != UNSEEN]

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
            for at, word, same, another in words:
                if other[at] != UNSEEN:
                    total += same if other[at] == word else another
            return total

        return bits

    def _colour_bits(self, at: int, colour: str, bits: tuple[float, ...]) -> tuple[float, float, float, float, float]:
        """For another link with both of these colours there, with them swapped, the main one, one of them, none."""
        same = RARITY * self._rarity(USUAL_PAIR, (at, colour))
        swapped = RARITY * self._rarity(USUAL_PAIR, (at, colour), (at, colour[::-1]))
        main = RARITY * self._rarity(USUAL_MAIN, (at, colour[0]))
        return bits[0] + same, bits[1] + swapped, bits[2] + main, bits[3], bits[4]

    def _rarity(self, usual: float, *words: tuple[int, str]) -> float:
        """Bits of surprise at these words, of the mean share where there are two."""
        worn = sum(self._worn[word] for word in words) / len(words)
        return -log2((worn + PRIOR * usual) / (self._links + PRIOR))
