"""Colour words on the simulated street in each of its lights, where the truth is exact."""

import pytest

from edge.street.outfit import RGB
from edge.vocabulary import COLOURS
from tools.evaluation.clips.words import ADJACENT, RIGHT, UNSEEN, WRONG
from tools.evaluation.street_words import LIGHTS, NAMES, street_words

LEAST = {"day": 0.9, "shade under a blue sky": 0.6, "blue walls": 0.6, "red walls": 0.6, "dusk": 0.7, "night": 0.5}
"""Share of right words, adjacent ones counted half, that each light must give."""


@pytest.mark.parametrize("light", LIGHTS)
def test_words_are_right_in_any_light(light: str) -> None:
    counts = street_words(3, LIGHTS[light], minutes=0.5)
    right, adjacent, wrong, unseen = (
        sum(counts[region, verdict] for region in ("upper", "lower")) for verdict in (RIGHT, ADJACENT, WRONG, UNSEEN)
    )
    assert right + adjacent + wrong >= 10
    assert unseen == 0
    assert (right + adjacent / 2) / (right + adjacent + wrong) >= LEAST[light]


def test_every_colour_of_the_street_has_a_word() -> None:
    assert {NAMES.get(colour, colour) for colour in RGB} <= set(COLOURS)
