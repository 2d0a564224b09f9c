"""The features of an outfit: values of each garment, and the colours and kinds that a link code is made of."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.message.link import WORDS
from edge.records import Appearance
from edge.score.features import SECOND_COLOUR, main_words, pattern_of, pattern_word, positions, vectors
from edge.vocabulary import COLOURS, PATTERNED, PATTERNS
from tests.outfits import ordinary, outfit


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


@given(shares=arrays(np.float32, len(PATTERNS), elements=st.floats(0, 1, width=32)), is_close=st.booleans())
def test_a_pattern_is_said_in_words_of_the_vocabulary(shares: np.ndarray, is_close: bool) -> None:
    word, kind = (say(shares, is_close=is_close) for say in (pattern_word, pattern_of))
    assert word in ("", PATTERNED, *PATTERNS)
    assert word in (kind, PATTERNED)
    assert (word == "") == (not shares.any())


def test_a_second_look_decides_by_all_kinds_together() -> None:
    """Half a torso of motifs that look like dots here and flowers there is patterned, of no clear kind."""
    mixed = np.array([0.36, 0, 0, 0.32, 0.32, 0], np.float32)
    assert pattern_word(mixed, is_close=True) == PATTERNED
    assert pattern_word(mixed, is_close=False) == "plain", "the map of a whole frame is sure of sharp plain cloth only"
    assert pattern_word(np.array([0.3, 0.6, 0.1, 0, 0, 0], np.float32), is_close=True) == "striped"
    assert pattern_word(np.array([0.45, 0.55, 0, 0, 0, 0], np.float32), is_close=True) == "plain"


def test_words_are_those_that_a_link_knows() -> None:
    words = main_words(outfit("teal", "pink", np.random.default_rng(1), garment="bare-legs"))
    assert all(word in ("", *known) for word, (_, known) in zip(words, WORDS, strict=True))


def dressed(upper: Appearance, lower: Appearance) -> Appearance:
    """Return the upper garment of one person over the lower one of another."""
    words, patterns = upper.words.copy(), upper.patterns.copy()
    words[1], patterns[1] = lower.words[1], lower.patterns[1]
    colour, texture = (
        np.concatenate([np.split(above, 2)[0], np.split(below, 2)[1]])
        for above, below in ((upper.colour, lower.colour), (upper.texture, lower.texture))
    )
    return replace(upper, counted_words=words, patterns=patterns, colour=colour, texture=texture)


@given(name=st.sampled_from(("colour", "kinds", "texture")), seed=st.integers(0, 50), kind=st.sampled_from(PATTERNS))
def test_the_values_of_one_garment_do_not_depend_on_the_other(name: str, seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    one, other = ordinary(rng), outfit("orange", "pink", rng, pattern=kind)
    vector = vectors(dressed(one, other))[name]
    upper, lower = (positions(name, len(vector), region) for region in (0, 1))
    np.testing.assert_array_equal(vector[upper], vectors(one)[name][upper])
    np.testing.assert_array_equal(vector[lower], vectors(other)[name][lower])
    assert sorted([*upper, *lower]) == positions(name, len(vector), None).tolist() == list(range(len(vector)))
