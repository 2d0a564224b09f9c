import random
import re
from dataclasses import replace
from functools import reduce

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BaselineError
from edge.records import ScoreState
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.vocabulary import FACETS, REASON
from tests.outfits import RECIPE, ordinary, outfit


def test_too_little_data_is_a_state_and_not_a_low_score() -> None:
    rng = np.random.default_rng(2)
    baseline = Baseline(RECIPE, min_sightings=100)
    states = []
    for _ in range(200):
        appearance = ordinary(rng)
        states.append(baseline.score(appearance).state)
        baseline.learn(appearance)
    assert states[0] is ScoreState.WARMING_UP
    assert states[-1] is ScoreState.SCORED
    assert sorted(states, reverse=True) == states, "it never goes back to warming up"


def test_scoring_never_learns(learnt: Baseline) -> None:
    rng = np.random.default_rng(3)
    before = baseline_file.to_bytes(learnt)
    one = ordinary(rng)
    assert learnt.score(one) == learnt.score(one)
    assert baseline_file.to_bytes(learnt) == before


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"upper": "orange", "lower": "orange"}, "colour:upper:orange"),
        ({"upper": "black", "lower": "pink"}, "colour:(lower|shins):pink"),
        ({"upper": "yellow", "lower": "navy"}, "combination:yellow-over-navy"),
    ],
)
def test_a_rare_outfit_is_rare_and_says_why(learnt: Baseline, change: dict[str, str], word: str) -> None:
    rng = np.random.default_rng(4)
    score = learnt.score(outfit(change["upper"], change["lower"], rng))
    assert score.p_value < 0.02
    assert any(re.fullmatch(word, reason.words) for reason in score.reasons)


@pytest.mark.parametrize(("upper", "lower", "word"), [("pink", "black", "upper"), ("black", "pink", "lower")])
def test_one_odd_garment_beside_an_ordinary_one_counts_and_is_named(
    learnt: Baseline, upper: str, lower: str, word: str
) -> None:
    score = learnt.score(outfit(upper, lower, np.random.default_rng(4)))
    assert score.p_value < 0.01
    assert [reason.words for reason in score.reasons if reason.words.startswith("colour")] == [f"colour:{word}:pink"]


def test_the_shape_of_garments_gives_reasons_and_does_not_count(learnt: Baseline) -> None:
    one = outfit("black", "navy", np.random.default_rng(4))
    odd = replace(one, composition=one.composition + 3)
    plain, long = learnt.score(one), learnt.score(odd)
    assert long.p_value == plain.p_value
    assert long.facets["garment"] > plain.facets["garment"]
    assert any(reason.words.startswith("garment:") for reason in long.reasons)


def test_a_rare_pattern_is_rarer_than_none(learnt: Baseline) -> None:
    rng = np.random.default_rng(5)
    plain = learnt.score(outfit("navy", "black", rng))
    checked = learnt.score(outfit("navy", "black", rng, pattern="checked"))
    assert checked.surprisal_bits > plain.surprisal_bits
    assert checked.facets["pattern"] > plain.facets["pattern"]


def test_ordinary_people_have_uniform_p_values(learnt: Baseline) -> None:
    """Calibration on people never counted; the bounds are three binomial standard errors at n = 500."""
    rng = np.random.default_rng(6)
    p_values = np.array([learnt.score(ordinary(rng)).p_value for _ in range(500)])
    for nominal in (0.5, 0.2, 0.05):
        error = 3 * np.sqrt(nominal * (1 - nominal) * (1 / 500 + 1 / learnt.calibrated_on))
        assert abs((p_values <= nominal).mean() - nominal) < error


@given(seed=st.integers(0, 10_000), upper=st.sampled_from(("black", "orange", "purple", "beige")))
@settings(max_examples=40)
def test_a_score_is_consistent(learnt: Baseline, seed: int, upper: str) -> None:
    score = learnt.score(outfit(upper, "black", np.random.default_rng(seed)))
    assert 1 / (score.sightings + 1) <= score.p_value <= 1
    assert score.one_in == 1 / score.p_value
    assert score.low <= score.one_in <= score.sightings + 1
    assert score.high is None or score.one_in <= score.high <= score.sightings + 1
    assert set(score.facets) == set(FACETS)
    assert min(score.facets.values()) >= 0
    assert all(REASON.match(reason.words) for reason in score.reasons)
    assert [r.bits for r in score.reasons] == sorted((r.bits for r in score.reasons), reverse=True)


@given(seeds=st.lists(st.integers(0, 50), min_size=1, max_size=4), order=st.randoms())
@settings(max_examples=25)
def test_merging_is_exact_whatever_the_order_and_grouping(seeds: list[int], order: random.Random) -> None:
    parts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        part = Baseline(RECIPE)
        for _ in range(40):
            part.learn(ordinary(rng))
        parts.append(part)
    straight = reduce(Baseline.merge, parts)
    order.shuffle(parts)
    grouped = reduce(lambda a, b: b.merge(a), parts, Baseline(RECIPE))
    assert baseline_file.to_bytes(straight) == baseline_file.to_bytes(grouped)
    assert straight.sightings == 40 * len(seeds)


@given(split=st.integers(0, 20), seed=st.integers(0, 100))
@settings(max_examples=15)
def test_counts_do_not_depend_on_which_node_saw_whom(split: int, seed: int) -> None:
    """This holds for everything except the calibration, which has the scores that each node gave at the time."""
    rng = np.random.default_rng(seed)
    people = [ordinary(rng) for _ in range(20)]
    one, other, whole = Baseline(RECIPE), Baseline(RECIPE), Baseline(RECIPE)
    for i, person in enumerate(people):
        (one if i < split else other).learn(person)
        whole.learn(person)
    merged = one.merge(other).counts._asdict()
    for name, counts in whole.counts._asdict().items():
        if name not in ("channels", "joint"):
            np.testing.assert_array_equal(merged[name], counts)


def test_another_recipe_is_refused_with_what_differs() -> None:
    other = Baseline(msgspec.structs.replace(RECIPE, model="ba9876543210"))
    with pytest.raises(BaselineError, match="model: 0123456789ab here, ba9876543210 there"):
        Baseline(RECIPE).merge(other)


def test_unseen_legs_are_left_out_and_not_counted_as_something() -> None:
    rng = np.random.default_rng(7)
    baseline = Baseline(RECIPE)
    half = outfit("black", "black", rng)
    half.palettes[1:3], half.words[1:3], half.counted_words[1:3] = 0, 0, 0
    half.garments[:] = 0
    half.colour[5:] = np.nan
    baseline.learn(half)
    assert baseline.counts.palettes[1].sum() == 0
    assert baseline.counts.garments.sum() == 0
    assert baseline.counts.colour_n[0] == 0
    assert baseline.counts.texture_n[0] == 1


def test_the_state_is_of_constant_and_small_size(learnt: Baseline) -> None:
    assert len(baseline_file.to_bytes(learnt)) < 64 * 1024
    assert learnt.counts.palettes.dtype == np.int64


def test_a_context_is_compared_within_once_it_has_seen_enough() -> None:
    """In the rain everyone wears dotted yellow: that is rare among all, and ordinary among people in the rain."""
    rng = np.random.default_rng(8)
    baseline = Baseline(RECIPE)
    for i in range(1000):
        baseline.learn(ordinary(rng))
        if i % 8 == 0:
            baseline.learn(outfit("yellow", "yellow", rng, pattern="dotted"), "rain")
    wet = [outfit("yellow", "yellow", rng, pattern="dotted") for _ in range(200)]
    one = wet[0]
    assert np.mean([baseline.score(other, "rain").p_value for other in wet]) == pytest.approx(0.5, abs=0.15)
    assert np.mean([baseline.score(other).p_value for other in wet]) < 0.1
    assert 100 < baseline.score(one, "rain").sightings < 125
    assert baseline.score(one, "cold") == baseline.score(one), "nobody was seen in the cold"


def test_merging_adds_contexts_too() -> None:
    rng = np.random.default_rng(9)
    parts = [Baseline(RECIPE), Baseline(RECIPE)]
    for part, context in zip(parts, ("rain", "night"), strict=True):
        for _ in range(80):
            part.learn(ordinary(rng), context)
    merged = parts[0].merge(parts[1])
    assert merged.counts.joint.sum(axis=1)[[0, 4, 5]].tolist() == [40, 20, 20]


@given(owners=st.lists(st.integers(0, 4), min_size=30, max_size=90), seed=st.integers(0, 100), order=st.randoms())
@settings(max_examples=15)
def test_any_split_over_nodes_merges_to_equal_bytes_in_any_order(
    owners: list[int], seed: int, order: random.Random
) -> None:
    rng = np.random.default_rng(seed)
    nodes = {owner: Baseline(RECIPE) for owner in sorted(set(owners))}
    for owner in owners:
        nodes[owner].learn(ordinary(rng))
    parts = list(nodes.values())
    straight = baseline_file.to_bytes(reduce(Baseline.merge, parts))
    while len(parts) > 1:
        one, other = order.sample(range(len(parts)), 2)
        both = parts[one].merge(parts[other])
        parts = [part for i, part in enumerate(parts) if i not in (one, other)] + [both]
    assert baseline_file.to_bytes(parts[0]) == straight
