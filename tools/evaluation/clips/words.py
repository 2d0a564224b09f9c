"""Compares the colour and pattern of a sighting with those seen by eye."""

from collections import Counter
from collections.abc import Iterable

from edge.records import Appearance, Floats
from edge.score.features import pattern_word
from edge.vocabulary import COLOURS, PATTERNS, REGIONS
from tools.evaluation.clips.counts import Counts
from tools.evaluation.clips.fates import Owned
from tools.evaluation.clips.truth import Person, Truth

COLOURED = ("upper", "lower", "shoes")
PATTERNED = ("upper", "lower")
PLAIN, WHITE = PATTERNS[0], "white"
RIGHT, ADJACENT, WRONG, UNSEEN = "right", "adjacent", "wrong", "unseen"
BESIDE = {
    "black": "grey navy brown",
    "grey": "black white blue beige olive",
    "white": "grey beige",
    "brown": "black beige red orange olive",
    "beige": "grey white brown yellow pink olive",
    "red": "brown pink orange purple",
    "orange": "brown red yellow",
    "yellow": "beige olive orange green",
    "olive": "beige brown green yellow grey",
    "green": "olive yellow teal",
    "teal": "green blue navy",
    "blue": "grey teal navy purple",
    "navy": "black blue purple teal",
    "purple": "red blue navy pink",
    "pink": "beige red purple",
}
"""Colours that two people may call the same garment; each pair is listed both ways."""


def colour_word(shares: Floats) -> str | None:
    """Return the main colour of a region's word `shares` [colours]; None if no colour was claimed."""
    return COLOURS[int(shares.argmax())] if shares.any() else None


def colour_verdict(said: str | None, true: str) -> str:
    """Return how a colour compares with the true one.

    >>> colour_verdict("navy", "black"), colour_verdict("red", "black"), colour_verdict(None, "black")
    ('adjacent', 'wrong', 'unseen')
    """
    if said is None:
        return UNSEEN
    if said == true:
        return RIGHT
    return ADJACENT if said in BESIDE[true].split() else WRONG


def word_counts(truth: Truth, sightings: Iterable[Owned]) -> Counts:
    """Return counts of the groups `REGION colour`, `REGION pattern`, `REGION patterned` and `REGION plain`.

    They cover every sighting of a person whose colour or pattern was known by eye. `REGION patterned` are garments with
    a
    pattern: `found` if any pattern was named, `right` if the kind was too. `REGION plain` are the others: `called
    patterned`.
    """
    counts: Counts = Counter()
    for one in sightings:
        if one.person is not None:
            person = truth.people[one.person]
            counts.update(_colours(person, one.sighting.appearance.words))
            counts.update(_patterns(person, one.sighting.appearance))
    return counts


def _colours(person: Person, words: Floats) -> Counts:
    counts: Counts = Counter()
    for region in COLOURED:
        if true := getattr(person, region):
            verdict = colour_verdict(colour_word(words[REGIONS.index(region)]), true)
            counts[f"{region} colour", verdict] += 1
            if true == WHITE:
                counts.update({("white", "all"): 1, ("white", "said"): int(verdict == RIGHT)})
    return counts


def _patterns(person: Person, seen: Appearance) -> Counts:
    counts: Counts = Counter()
    for region in PATTERNED:
        if not (true := person.pattern(region)):
            continue
        said = pattern_word(seen.patterns[REGIONS.index(region)], is_close=seen.looked_again > 0)
        counts[f"{region} pattern", UNSEEN if not said else RIGHT if said == true else WRONG] += 1
        is_called = said not in ("", PLAIN)
        if true == PLAIN:
            counts.update({(f"{region} plain", "all"): 1, (f"{region} plain", "called patterned"): is_called})
        else:
            of_them = {"all": 1, "found": is_called, RIGHT: said == true}
            counts.update({(f"{region} patterned", name): int(number) for name, number in of_them.items()})
    return counts
