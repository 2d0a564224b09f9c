from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.score.bands import BANDS, HEIGHTS_PX, band_of, fair_bits
from edge.score.calibration import BINS, bin_of
from tests.outfits import ordinary

SEEN = ordinary(np.random.default_rng(0))


def shifted(rng: np.random.Generator, small: int, large: int) -> np.ndarray:
    """Bands in which the scores of small people are 3 bits higher than those of large ones."""
    bands = np.zeros((BANDS, BINS), np.int64)
    for band, n, shift in ((4, small, 3.0), (7, large, 0.0)):
        for score in rng.exponential(1.5, n) + shift:
            bands[band, bin_of(score)] += 1
    return bands


def test_every_height_and_legs_has_a_band_of_its_own() -> None:
    heights = [0.0, *HEIGHTS_PX]
    legs = (replace(SEEN, garments=np.zeros_like(SEEN.garments)), SEEN)
    bands = [band_of(replace(one, height=height)) for one in legs for height in heights]
    assert bands == list(range(BANDS))


def test_nobody_is_rarer_for_being_small() -> None:
    bands = shifted(np.random.default_rng(0), 400, 400)
    assert abs(fair_bits(bands, 4, 3.0 + 2.0) - fair_bits(bands, 7, 2.0)) < 0.3


def test_a_band_without_people_is_compared_with_everybody() -> None:
    bands = shifted(np.random.default_rng(0), 200, 200)
    empty = fair_bits(bands, 0, 4.0)
    assert fair_bits(bands, 4, 4.0) < empty < fair_bits(bands, 7, 4.0)


def test_without_past_scores_nothing_is_rare() -> None:
    assert fair_bits(np.zeros((BANDS, BINS), np.int64), 3, 9.0) == 0.0


@given(st.integers(0, BANDS - 1), st.floats(0, 60), st.floats(0, 60), st.integers(0, 2**32 - 1))
def test_within_a_band_the_order_stays(band: int, one: float, other: float, seed: int) -> None:
    bands = shifted(np.random.default_rng(seed), 20, 50)
    low, high = sorted((one, other))
    assert fair_bits(bands, band, low) <= fair_bits(bands, band, high) + 1e-9
