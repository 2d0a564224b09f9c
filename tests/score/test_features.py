"""The colours and kinds of an outfit that a link code is made of."""

import numpy as np

from edge.message.link import WORDS
from edge.score.features import SECOND_COLOUR, main_words
from edge.vocabulary import COLOURS
from tests.outfits import outfit


def test_main_words() -> None:
    rng = np.random.default_rng(0)
    appearance = outfit("orange", "black", rng, pattern="striped")
    assert main_words(appearance) == ["orange"] * 2 + ["black"] * 2 + ["", "", "covered-legs", "striped"]
    navy = COLOURS.index("navy")
    for share, second in ((SECOND_COLOUR - 0.01, "orange"), (SECOND_COLOUR + 0.01, "navy")):
        appearance = outfit("orange", "black", rng)
        appearance.words[0] *= 1 - share
        appearance.words[0, navy] = share
        assert main_words(appearance)[:2] == ["orange", second]


def test_words_are_those_that_a_link_knows() -> None:
    words = main_words(outfit("teal", "pink", np.random.default_rng(1), garment="bare-legs"))
    assert all(word in ("", *known) for word, (_, known) in zip(words, WORDS, strict=True))
