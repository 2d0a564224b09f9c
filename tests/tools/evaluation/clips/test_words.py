"""Colours and patterns of sightings compared with those seen by eye."""

import numpy as np

from edge.vocabulary import COLOURS, REGIONS
from tests.tools.evaluation.clips.made_up import sighting, staying, truth
from tools.evaluation.clips.counts import of_group
from tools.evaluation.clips.fates import Owned
from tools.evaluation.clips.words import BESIDE, colour_word, word_counts


def shares(**words: str) -> np.ndarray:
    """Return [regions, colours], each named region all of one colour."""
    table = np.zeros((len(REGIONS), len(COLOURS)), np.float32)
    for region, word in words.items():
        table[REGIONS.index(region), COLOURS.index(word)] = 1
    return table


def test_every_colour_is_beside_those_that_it_is_beside_of() -> None:
    assert set(BESIDE) == set(COLOURS)
    assert all(one in BESIDE[other].split() for one, others in BESIDE.items() for other in others.split())


def test_a_region_has_the_colour_of_most_of_it() -> None:
    mixed = 0.6 * shares(upper="red")[0] + 0.4 * shares(upper="blue")[0]
    assert colour_word(mixed) == "red"
    assert colour_word(np.zeros(len(COLOURS), np.float32)) is None


def test_colours_are_right_adjacent_wrong_or_unseen() -> None:
    known = truth({"A": staying(100, upper="red", lower="navy", shoes="white"), "B": staying(300, shoes="")})
    said = sighting(1, words=shares(upper="red", lower="blue"))
    wrong = sighting(2, words=shares(upper="teal", lower="blue", shoes="red"))
    counts = word_counts(known, [Owned(said, "person", "A"), Owned(wrong, "person", "B")])
    assert of_group(counts, "upper colour") == {"right": 1, "wrong": 1}
    assert of_group(counts, "lower colour") == {"adjacent": 1, "right": 1}
    assert of_group(counts, "shoes colour") == {"unseen": 1}, "B's shoes were not known by eye"


def test_patterns_are_found_whatever_their_kind() -> None:
    people = {
        "A": staying(100, upper_pattern="floral", lower_pattern="plain"),
        "B": staying(200, upper_pattern="striped", lower_pattern="plain"),
        "C": staying(300, upper_pattern="plain", lower_pattern=""),
    }
    said = [
        ("A", {"upper": "dotted", "lower": "checked"}),
        ("B", {"upper": "striped", "lower": "plain"}),
        ("A", {"upper": "busy"}),
        ("B", {"upper": "plain", "lower": "plain"}),
        ("C", {"upper": "plain", "lower": "dotted"}),
    ]
    sightings = [Owned(sighting(i, kinds), "person", name) for i, (name, kinds) in enumerate(said)]
    counts = word_counts(truth(people), [*sightings, Owned(sighting(9, {"upper": "busy"}), "nobody", None)])
    assert of_group(counts, "upper patterned") == {"all": 4, "found": 3, "right": 2}
    assert of_group(counts, "upper plain") == {"all": 1, "called patterned": 0}
    assert of_group(counts, "lower plain") == {"all": 4, "called patterned": 1}
    assert of_group(counts, "lower pattern") == {"wrong": 1, "right": 2, "unseen": 1}
