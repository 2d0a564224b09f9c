"""Noise hides any one sighting: measured on pairs of data sets, with and without it, block by block."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from edge.baseline.noise import DELTA, LEFT_OUT, STATED, blocks_of, noised, rho
from edge.baseline_shapes import shapes
from edge.errors import BaselineError
from edge.records import Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.counts import BaselineCounts
from tests.outfits import RECIPE, ordinary, outfit
from tests.sites import left

CROWD = 300


def learn(people: Sequence[Appearance]) -> BaselineCounts:
    baseline = Baseline(RECIPE)
    for one in people:
        baseline.learn(one)
    return baseline.counts


def extreme() -> Appearance:
    """Return the sighting that changes sums the most: every value at its limit."""
    one = outfit("orange", "pink", np.random.default_rng(6), pattern="checked", garment="bare-legs")
    far = {name: np.full_like(getattr(one, name), 1e9) for name in ("colour", "texture", "composition")}
    return replace(one, **far)


def moved(array: str, one: BaselineCounts, other: BaselineCounts) -> float:
    """L2 distance of one array in two baselines."""
    return float(np.linalg.norm((getattr(one, array) - getattr(other, array)).astype(float)))


@pytest.fixture(scope="module")
def neighbours() -> list[tuple[BaselineCounts, BaselineCounts]]:
    """Counts with and without one sighting: a rare one, and the most extreme one; early, in between and late."""
    rng = np.random.default_rng(5)
    crowd = [ordinary(rng) for _ in range(CROWD)]
    without = learn(crowd)
    rare = outfit("orange", "pink", rng, pattern="checked", garment="bare-legs")
    return [
        (learn([*crowd[:where], one, *crowd[where:]]), without)
        for where, one in ((5, rare), (70, extreme()), (CROWD, rare))
    ]


def test_every_array_of_a_baseline_has_a_stated_sensitivity_or_is_left_out() -> None:
    assert set(BaselineCounts._fields) == STATED == set(shapes(RECIPE)), "state it in edge/baseline/noise.py"


def test_an_array_that_nobody_stated_is_refused(learnt: Baseline) -> None:
    class More(NamedTuple):
        """Counts with one array more, as a new version of the software may have them."""

        sightings: np.ndarray
        hats: np.ndarray

    with pytest.raises(BaselineError, match="hats: no sensitivity is stated"):
        blocks_of(More(learnt.counts.sightings, np.zeros(3, np.int64)))  # type: ignore[arg-type]


def test_one_sighting_changes_no_block_by_more_than_is_stated(
    neighbours: list[tuple[BaselineCounts, BaselineCounts]],
) -> None:
    for one, other in neighbours:
        theirs = blocks_of(other)
        for name, part in blocks_of(one).items():
            change = np.linalg.norm((part.values - theirs[name].values).astype(float))
            assert change <= part.sensitivity, name


def test_the_blocks_hold_every_array_that_is_not_left_out(
    neighbours: list[tuple[BaselineCounts, BaselineCounts]],
) -> None:
    """Any array that a sighting moves must be in a block: else it would be given away without noise."""
    one, other = neighbours[1]
    for array in sorted(set(BaselineCounts._fields) - {"withheld"}):  # all 0 while counting
        touched = one._replace(**{array: getattr(one, array) + 1})
        mine, theirs = blocks_of(touched), blocks_of(one)
        is_in_a_block = any((part.values != theirs[name].values).any() for name, part in mine.items())
        assert is_in_a_block != (array in LEFT_OUT), array
        assert moved(array, one, other) > 0, f"{array}: the measured sightings do not touch it"


def test_past_values_of_others_move_so_histograms_are_left_out(
    neighbours: list[tuple[BaselineCounts, BaselineCounts]],
) -> None:
    for array, one_bin_each in zip(LEFT_OUT, (18**0.5, 4**0.5, 1.0, 2**0.5), strict=True):
        assert moved(array, *neighbours[0]) > one_bin_each


@pytest.fixture
def _opendp() -> None:
    pytest.importorskip("opendp", reason="OpenDP is an extra: pip install 'exception-spotter[privacy]'")


def test_rounded_counts_are_refused(learnt: Baseline) -> None:
    """One sighting can move each of their cells by five, for which no sensitivity is stated."""
    with pytest.raises(BaselineError, match="come from a site's nodes and are rounded"):
        noised(left(learnt), 4.0)


@pytest.mark.usefixtures("_opendp")
@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan")])
def test_no_noise_is_no_privacy(learnt: Baseline, epsilon: float) -> None:
    with pytest.raises(BaselineError, match="expected a positive number"):
        noised(learnt, epsilon)


@pytest.mark.usefixtures("_opendp")
def test_the_stated_loss_is_what_the_library_computes() -> None:
    """Compares with OpenDP's own map from noise to loss, for one block of the state."""
    import opendp.prelude as dp  # noqa: PLC0415

    dp.enable_features("contrib")
    sensitivity, share = 3.0, rho(4.0) / 16
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
    measurement = dp.m.make_gaussian(*space, scale=sensitivity / np.sqrt(2 * share))
    assert measurement.map(sensitivity) == pytest.approx(share)
    assert rho(4.0) + 2 * np.sqrt(rho(4.0) * np.log(1 / DELTA)) == pytest.approx(4.0)


@pytest.mark.usefixtures("_opendp")
def test_counts_change_and_the_file_says_so(learnt: Baseline) -> None:
    before = baseline_file.to_bytes(learnt)
    found = baseline_file.from_bytes(baseline_file.to_bytes(noised(learnt, 4.0)), "memory")
    assert found.noise == ("epsilon 4, delta 1e-06",)
    assert not any(getattr(found.counts, name).any() for name in LEFT_OUT)
    assert baseline_file.to_bytes(learnt) == before
    assert (found.counts.palettes != learnt.counts.palettes).mean() > 0.3
    assert min(counts.min() for name, counts in found.counts._asdict().items() if "_" not in name) >= 0
    merged = found.merge(learnt)
    assert merged.noise == found.noise == learnt.merge(found).noise


@pytest.mark.usefixtures("_opendp")
def test_more_loss_is_less_noise_and_with_little_it_scores_as_before(learnt: Baseline) -> None:
    away = {
        epsilon: np.abs(noised(learnt, epsilon).counts.palettes - learnt.counts.palettes).mean()
        for epsilon in (1.0, 10.0, 1000.0)
    }
    assert away[1.0] > 2 * away[10.0] > 4 * away[1000.0]


@pytest.mark.usefixtures("_opendp")
def test_with_little_noise_it_scores_as_before_once_it_is_calibrated(learnt: Baseline) -> None:
    rng = np.random.default_rng(2)
    found = noised(learnt, 1e6)
    assert found.score(ordinary(rng)).state == "warming_up", "it has no past scores"
    for _ in range(200):
        found.learn(ordinary(rng))
    rare, usual = outfit("orange", "orange", rng), [ordinary(rng) for _ in range(50)]
    assert found.score(rare).p_value < 0.05
    assert 0.2 < np.median([found.score(one).p_value for one in usual]) < 0.8
