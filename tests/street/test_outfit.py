"""People dress as the tables say, and exceptions lie outside the tables."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest

from edge.street import outfit
from edge.street.outfit import Outfit

COUNT = 6000


@pytest.fixture(scope="module")
def ordinary() -> list[Outfit]:
    rng = np.random.default_rng(1)
    return [outfit.draw(rng, 0.0) for _ in range(COUNT)]


@pytest.fixture(scope="module")
def exceptional() -> list[Outfit]:
    rng = np.random.default_rng(2)
    return [outfit.draw(rng, 1.0) for _ in range(1500)]


def assert_shares(found: list[str], shares: Mapping[str, float]) -> None:
    """Check by Pearson's chi-square at about one in 10,000, and that nothing is outside the table."""
    counts = Counter(found)
    assert set(counts) <= set(shares)
    total = sum(shares.values())
    expected = {name: len(found) * share / total for name, share in shares.items()}
    chi = sum((counts[name] - want) ** 2 / want for name, want in expected.items())
    freedom = len(shares) - 1
    assert chi < freedom + 4 * np.sqrt(2 * freedom) + 4


def test_ordinary_people_dress_by_the_tables(ordinary: list[Outfit]) -> None:
    assert_shares([o.silhouette for o in ordinary], outfit.SILHOUETTES)
    tops = [top for o in ordinary if (top := o.upper or o.dress) is not None]
    assert len(tops) == COUNT
    assert_shares([top.colour for top in tops], outfit.UPPER_COLOURS)
    assert_shares([top.pattern for top in tops], outfit.PATTERNS)
    assert_shares([o.lower.colour for o in ordinary if o.lower], outfit.LOWER_COLOURS)
    assert_shares([o.outer.colour for o in ordinary if o.outer], outfit.OUTER_COLOURS)
    assert_shares([o.bag.kind if o.bag else "no" for o in ordinary], outfit.BAGS)
    assert_shares([o.headgear.kind if o.headgear else "no" for o in ordinary], outfit.HEADGEAR)


def test_the_tables_sum_to_one() -> None:
    for shares in (
        outfit.UPPER_COLOURS,
        outfit.LOWER_COLOURS,
        outfit.OUTER_COLOURS,
        outfit.SILHOUETTES,
        outfit.PATTERNS,
    ):
        assert sum(shares.values()) == pytest.approx(1)


def test_nobody_ordinary_is_as_rare_as_an_exception(ordinary: list[Outfit]) -> None:
    for o in ordinary:
        assert o.exceptional == ()
        assert o.silhouette not in outfit.RARE_SILHOUETTES
        patterned = [g for g in o.garments if g.pattern != "plain"]
        assert len(patterned) <= 1
        assert all(g.period_m < 0.1 for g in patterned if g.pattern != "graphic")
        assert not {g.colour for g in o.garments} & set(outfit.RARE_COLOURS)
        assert max(max(g.rgb) - min(g.rgb) for g in o.garments) < 115  # nothing saturated


def test_exceptions_are_outside_of_the_tables(exceptional: list[Outfit]) -> None:
    assert_shares([o.exceptional[0] for o in exceptional], outfit.KINDS)
    for o in exceptional:
        if o.exceptional == ("colour",):
            dyed = [g for g in o.garments if g.colour in outfit.RARE_COLOURS]
            assert dyed
            assert all(max(g.rgb) - min(g.rgb) > 115 for g in dyed)
        elif o.exceptional == ("pattern",):
            assert {g.pattern for g in o.garments} <= set(outfit.BOLD_PATTERNS)
            assert all(g.period_m >= outfit.BOLD_PERIOD_M[0] for g in o.garments)
        else:
            assert o.silhouette in outfit.RARE_SILHOUETTES


def test_the_share_of_exceptions_is_the_one_asked_for() -> None:
    rng = np.random.default_rng(3)
    found = sum(bool(outfit.draw(rng, 0.04).exceptional) for _ in range(COUNT))
    assert found == pytest.approx(0.04 * COUNT, abs=4 * np.sqrt(0.04 * COUNT))
