"""A link code joins sightings for ten minutes, says nothing without the key, and always fits the message."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.message.link import UNSEEN, WORDS, link
from edge.vocabulary import COLOURS
from tests.messages import make_score

KEY = b"k" * 32
OUTFIT = ("orange", "white", "black", "black", "brown", "brown", "covered-legs", "plain")
outfits = st.tuples(*(st.sampled_from(["", *known]) for _, known in WORDS))
times = st.floats(0, 4e9)


def test_links_join_for_ten_minutes_only() -> None:
    assert link(KEY, 600.0, OUTFIT) == link(KEY, 1199.9, OUTFIT)
    assert len({link(key, at, OUTFIT) for key, at in ((KEY, 600.0), (KEY, 1200.0), (b"x", 600.0))}) == 3
    assert link(b"", 600.0, OUTFIT) == ""


@given(times, outfits)
def test_every_link_passes_the_wire(at: float, outfit: tuple[str, ...]) -> None:
    linked = link(KEY, at, outfit)
    assert make_score(link=linked).link == linked
    assert len(linked) == len(WORDS) == 8


@given(times, outfits, outfits)
def test_digits_agree_where_words_do(at: float, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    links = link(KEY, at, one), link(KEY, at, other)
    assert [a == b for a, b in zip(*links, strict=True)] == [a == b for a, b in zip(one, other, strict=True)]


def test_a_garment_of_swapped_colours_is_known() -> None:
    one, other = (link(KEY, 0.0, (*colours, *OUTFIT[2:])) for colours in (("navy", "black"), ("black", "navy")))
    assert one[:2] == other[1::-1]


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_digit_is_any_word_in_some_rotation(position: int) -> None:
    """Without the key a digit reveals no colour: over the rotations every digit is equally common."""
    rotations = 3000
    counts = Counter(link(KEY, 600.0 * i, OUTFIT)[position] for i in range(rotations))
    assert UNSEEN not in counts
    assert len(counts) == len(COLOURS)
    assert max(counts.values()) < 1.5 * rotations / len(COLOURS)


def test_words_fit_a_digit() -> None:
    assert all(len(known) <= 15 for _, known in WORDS)
