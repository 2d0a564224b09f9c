from collections.abc import Mapping
from functools import reduce
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.limits import BATCH
from edge.records import Counts
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import added, grouped, source_name, sums_of, sums_of_one, unlike
from tests.outfits import RECIPE, ordinary, outfit

sums = st.lists(st.integers(0, 200), min_size=3, max_size=3).map(lambda values: np.array(values, np.int64))
some = st.dictionaries(st.sampled_from(["a/x", "a/y", "a/other", "b/x", "b/y"]), sums)


def learnt(people: int, seed: int, source: str = "") -> Baseline:
    baseline, rng = Baseline(RECIPE), np.random.default_rng(seed)
    for _ in range(people):
        baseline.learn(ordinary(rng))
    if source:
        baseline.label(source)
    return baseline


def plain(sources: Mapping[str, Counts]) -> dict[str, list[int]]:
    return {name: one.tolist() for name, one in sources.items()}


def test_the_sums_of_all_are_those_of_each() -> None:
    rng = np.random.default_rng(0)
    people = [ordinary(rng) for _ in range(30)]
    baseline = Baseline(RECIPE)
    for one in people:
        baseline.learn(one)
    assert (sums_of(baseline.counts) == sum(sums_of_one(one) for one in people)).all()


@given(st.lists(some, min_size=2, max_size=5), st.randoms())
def test_adding_does_not_depend_on_the_order(parts: list[dict[str, Counts]], random: Random) -> None:
    forward = plain(reduce(added, parts))
    random.shuffle(parts)
    assert plain(reduce(lambda one, other: added(other, one), parts)) == forward


@given(some)
def test_no_sum_is_of_a_few_people_unless_its_place_has_no_more(sources: dict[str, Counts]) -> None:
    found = grouped(sources)
    for place in ("a", "b"):
        mine = [one for name, one in found.items() if name.startswith(place)]
        before = [one for name, one in sources.items() if name.startswith(place)]
        assert len(mine) <= 1 or min(int(one[0]) for one in mine) >= BATCH
        assert plain({"": sum(mine, np.zeros(3, np.int64))}) == plain({"": sum(before, np.zeros(3, np.int64))})


def test_merged_and_saved_a_baseline_still_knows_its_cameras() -> None:
    merged = learnt(60, 0, "soho/north").merge(learnt(70, 1, "soho/south")).merge(learnt(50, 2, "soho/north"))
    again = baseline_file.from_bytes(baseline_file.to_bytes(merged), "here")
    assert {name: int(one[0]) for name, one in again.sources.items()} == {"soho/north": 110, "soho/south": 70}
    assert baseline_file.baseline_id(again) == baseline_file.baseline_id(merged)


def test_a_camera_that_sees_otherwise_stands_out() -> None:
    odd, rng = Baseline(RECIPE), np.random.default_rng(9)
    for _ in range(60):
        odd.learn(outfit("yellow", "pink", rng, pattern="checked"))
    odd.label("soho/odd")
    merged = reduce(Baseline.merge, (learnt(200, 0, "soho/a"), learnt(200, 1, "soho/b"), odd))
    found = {one.source: one.spreads or 0.0 for one in unlike(merged.sources, merged.counts)}
    assert found["soho/odd"] > 1
    assert max(found["soho/a"], found["soho/b"]) < 0.5


def test_one_camera_has_no_others_to_be_unlike() -> None:
    baseline = learnt(60, 0, "soho/north")
    assert [one.spreads for one in unlike(baseline.sources, baseline.counts)] == [None]


def test_names_are_made_of_what_people_write() -> None:
    assert source_name("Soho Square", "/data/North door.mp4") == "soho-square/north-door"
    assert source_name("soho", "v4l2:/dev/video0") == "soho/video0"
    assert source_name("soho", "...") == "soho/unnamed"
