from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.limits import MOST_REASONS
from edge.score.baseline import Baseline
from edge.score.channels import REASON_BITS
from edge.score.features import Features, features
from edge.score.reason import SURE_BITS, reasons
from edge.vocabulary import COLOURS, PATTERNS, REASON
from tests.outfits import outfit
from tests.score.test_garments import wearing


@given(
    upper=st.sampled_from(COLOURS),
    lower=st.sampled_from(COLOURS),
    pattern=st.sampled_from(PATTERNS),
    seed=st.integers(0, 99),
)
@example(upper="black", lower="brown", pattern="plain", seed=24)
@settings(max_examples=60)
def test_the_reasons_of_a_facet_add_up_to_its_bits(
    learnt: Baseline, upper: str, lower: str, pattern: str, seed: int
) -> None:
    score = learnt.score(outfit(upper, lower, np.random.default_rng(seed), pattern=pattern))
    said: dict[str, float] = {}
    for reason in score.reasons:
        assert REASON.match(reason.words)
        said[reason.words.split(":")[0]] = said.get(reason.words.split(":")[0], 0.0) + reason.bits
    told = {facet: bits for facet, bits in score.facets.items() if bits >= REASON_BITS}
    if "pattern" not in said and told.get("pattern", SURE_BITS) < SURE_BITS:
        assert pattern == "plain", "a pattern that shows is a reason, however few its bits"
        del told["pattern"]
    assert said == pytest.approx(told)
    assert len(score.reasons) <= MOST_REASONS


def test_two_rare_garments_are_both_named(learnt: Baseline) -> None:
    score = learnt.score(outfit("orange", "yellow", np.random.default_rng(2)))
    words = [reason.words for reason in score.reasons]
    assert "colour:upper:orange" in words
    assert "colour:lower:yellow" in words


def test_a_rare_pattern_is_named_and_plain_is_not(learnt: Baseline) -> None:
    score = learnt.score(outfit("black", "black", np.random.default_rng(3), pattern="dotted"))
    kinds = [reason.words for reason in score.reasons if reason.words.startswith("pattern")]
    assert kinds
    assert all(words.endswith("dotted") for words in kinds)


def test_an_unusual_silhouette_is_said_in_words(learnt: Baseline) -> None:
    one = outfit("black", "navy", np.random.default_rng(4))
    one.composition[9] += 3.0
    score = learnt.score(one)
    assert score.facets["garment"] > REASON_BITS
    assert "garment:long-outer" in [reason.words for reason in score.reasons]


def test_a_pattern_is_said_only_where_a_garment_shows_it(learnt: Baseline) -> None:
    one = outfit("black", "black", np.random.default_rng(5))
    one.patterns[:2] = [0.7, 0.0, 0.0, 0.3, 0.0, 0.0]
    seen, usual = features(one), learnt._built()

    def said(bits: float, seen: Features) -> list[str]:
        return [reason.words for reason in reasons(seen, usual, {"pattern": bits})]

    assert said(2.5, seen) == []
    assert said(4.0, seen), "something is unusual about it"
    top = wearing({"upper": (0.6, "black", "dotted")}).worn
    assert said(2.5, features(replace(one, worn=top))) == ["pattern:upper:dotted"], "under a plain coat"
    one.patterns[1] = [0.2, 0.0, 0.0, 0.8, 0.0, 0.0]
    assert said(2.5, features(one)) == ["pattern:lower:dotted"]
