"""Colours and patterns of sightings compared with those seen by eye."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from edge.config import DetectionSection
from edge.vocabulary import COLOURS, REGIONS
from tests.tools.evaluation.clips.made_up import sighting, staying, truth
from tools.evaluation.clips.counts import of_group
from tools.evaluation.clips.fates import Owned, owned, stays
from tools.evaluation.clips.truth import read
from tools.evaluation.clips.watch import resampled, watch
from tools.evaluation.clips.words import ADJACENT, BESIDE, RIGHT, WRONG, colour_word, word_counts
from tools.evaluation.networks import open_network

VERDICTS = (RIGHT, ADJACENT, WRONG)


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


@pytest.mark.parametrize("name", ["aiit", "jontet"])
def test_the_words_of_real_clips_are_mostly_those_seen_by_eye(name: str, shared_data: Path) -> None:
    """A pavement in daylight, and a street in deep blue light."""
    folder = shared_data / "street"
    if not (folder / "truth" / f"{name}.json").is_file():
        pytest.skip(f"no street clips at {folder}")
    known = read(folder / "truth" / f"{name}.json", folder / "clips")
    watched = watch(
        folder / "clips" / known.clip, open_network(DetectionSection().model), resampled(6.0, known), lambda *_: None
    )
    found = stays(known, watched.shown)
    counts = word_counts(known, [owned(one, found[one.departure.track_id]) for one in watched.sightings])
    said = Counter({verdict: counts["upper colour", verdict] + counts["lower colour", verdict] for verdict in VERDICTS})
    assert said[RIGHT] + said[ADJACENT] / 2 >= 0.6 * sum(said.values()) > 0


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
