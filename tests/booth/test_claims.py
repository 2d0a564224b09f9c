"""A node that claims more rare people than its p-values promise is held; a crowd is not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.booth.claims import ALLOWED, Claims
from edge.config import AlertSection

CROWD = AlertSection().crowd or 0


def until_held(claims: Claims, share: float, people: int, each_s: float, seed: int = 1) -> int:
    """Return how many rare people are claimed before the node is held; 0 if it never is."""
    rng, claimed = random.Random(seed), 0
    for number in range(people):
        is_rare = rng.random() < share
        claimed += is_rare
        claims.note("evil", number * each_s, is_rare=is_rare)
        if "evil" in claims.held:
            return claimed
    return 0


@given(share=st.floats(0, 0.05), each_s=st.floats(1, 60), seed=st.integers(0, 99))
@settings(max_examples=20)
def test_an_aged_baseline_is_no_lie(share: float, each_s: float, seed: int) -> None:
    """Five times as many rare people as promised, over thousands of people."""
    assert until_held(Claims(100.0, CROWD), share, 3000, each_s, seed) == 0


def test_a_team_in_one_dress_passes() -> None:
    claims = Claims(100.0, CROWD)
    for number in range(CROWD):
        claims.note("north", number * 0.5, is_rare=True)
    assert not claims.held


@pytest.mark.parametrize(("share", "each_s"), [(1.0, 0.01), (1.0, 5.0), (0.3, 1.0), (0.09, 0.05)])
def test_a_node_that_lies_is_held_soon(share: float, each_s: float) -> None:
    assert 0 < until_held(Claims(100.0, CROWD), share, 20_000, each_s) < 100


def test_once_allowed_it_may_claim_more() -> None:
    claims = Claims(100.0, CROWD)
    until_held(claims, 1.0, 100, 1.0)
    claims.allow("evil", 100.0)
    assert not claims.held
    assert until_held(claims, 1.0, 1000, 0.001) == ALLOWED + 1
