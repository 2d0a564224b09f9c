import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.interval import wilson
from edge.score.calibration import BIN_BITS, BINS, bin_of, rarity

histograms = st.lists(st.tuples(st.integers(0, BINS - 1), st.integers(1, 500)), max_size=20)


def filled(parts: list[tuple[int, int]]) -> "np.typing.NDArray[np.int64]":
    histogram = np.zeros(BINS, np.int64)
    for at, count in parts:
        histogram[at] += count
    return histogram


@given(parts=histograms, raw=st.floats(-5, 100), more=st.floats(0, 50))
def test_a_p_value_is_a_share_that_falls_with_the_unusual(
    parts: list[tuple[int, int]], raw: float, more: float
) -> None:
    past = filled(parts)
    n = int(past.sum())
    here, there = rarity(past, raw), rarity(past, raw + more)
    assert 1 / (n + 1) <= there.p_value <= here.p_value <= 1
    assert here.low <= 1 / here.p_value
    assert here.high is None or 1 / here.p_value <= here.high <= n + 1 + 1e-9


@given(count=st.integers(0, 500), extra=st.integers(0, 500))
def test_the_interval_holds_the_share(count: int, extra: int) -> None:
    n = count + extra
    low, high = wilson(count, n)
    assert 0 <= low <= (count / n if n else 0.5) <= high <= 1


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    counts = rng.binomial(200, 0.05, 2000)
    hits = [low <= 0.05 <= high for low, high in (wilson(int(c), 200) for c in counts)]
    assert 0.92 < np.mean(hits) < 0.98


def test_rarer_than_the_data_allows_is_never_claimed() -> None:
    past = filled([(10, 6120)])
    found = rarity(past, 60.0)
    assert found.p_value == 1 / 6121
    assert found.high is None
    assert found.low < 6121


def test_bins_take_everything() -> None:
    assert bin_of(-1.0) == 0
    assert bin_of(BIN_BITS * BINS * 2) == BINS - 1
