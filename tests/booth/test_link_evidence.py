"""Evidence of two link codes that they belong to one person."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.booth.link_evidence import LinkEvidence

ORANGE, GREY = "11223311", "44556611"
LINKS = st.text("0123456789abcdef", min_size=8, max_size=8)


def evidence(links: Sequence[str]) -> LinkEvidence:
    made = LinkEvidence()
    for link in links:
        made.add(link)
    return made


def test_a_word_that_was_not_seen_says_nothing() -> None:
    found = evidence([ORANGE, GREY])
    assert found.bits_for("00000000")(ORANGE) == 0.0
    assert found.bits_for(GREY)(ORANGE) < found.bits_for(ORANGE[:4] + "0000")(ORANGE) < found.bits_for(ORANGE)(ORANGE)


def test_to_share_what_few_wear_says_more() -> None:
    found = evidence([GREY] * 50 + [ORANGE])
    assert found.bits_for(ORANGE)(ORANGE) > found.bits_for(GREY)(GREY) + 5


def test_the_more_wear_it_the_less_it_says() -> None:
    bits = [evidence([GREY] * 50 + [ORANGE] * n).bits_for(ORANGE)(ORANGE) for n in (1, 5, 20, 100)]
    assert bits == sorted(bits, reverse=True)


def test_the_more_two_links_share_the_more_they_say() -> None:
    """Both colours of the upper garment agree, they are swapped, the main one agrees, one of them, none."""
    found = evidence([f"{main}{second}223311" for main in "123456789" for second in "abcdef123"])
    bits = [found.bits_for("12223311")(f"{upper}223311") for upper in ("12", "21", "13", "31", "34")]
    assert bits == sorted(bits, reverse=True)


@pytest.mark.parametrize("at", [6, 7])
def test_another_arrangement_or_pattern_speaks_against(at: int) -> None:
    other = ORANGE[:at] + "2" + ORANGE[at + 1 :]
    found = LinkEvidence()
    assert found.bits_for(ORANGE)(other) == found.bits_for(ORANGE)(ORANGE) - 3.0


@given(links=st.lists(LINKS, max_size=20), one=LINKS, other=LINKS)
def test_nobody_is_first_or_second(links: list[str], one: str, other: str) -> None:
    found = evidence(links)
    assert found.bits_for(one)(other) == pytest.approx(found.bits_for(other)(one))
