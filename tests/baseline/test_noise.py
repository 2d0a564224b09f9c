import numpy as np
import pytest

from edge.baseline.noise import DELTA, noised, rho
from edge.errors import BaselineError
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.outfits import ordinary, outfit


@pytest.fixture(autouse=True)
def _opendp() -> None:
    pytest.importorskip("opendp", reason="OpenDP is an extra: pip install 'exception-spotter[privacy]'")


@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan")])
def test_no_noise_is_no_privacy(learnt: Baseline, epsilon: float) -> None:
    with pytest.raises(BaselineError, match="expected a positive number"):
        noised(learnt, epsilon)


def test_the_stated_loss_is_what_the_library_computes() -> None:
    """Compares with OpenDP's own map from noise to loss, for one block of the state."""
    import opendp.prelude as dp  # noqa: PLC0415

    dp.enable_features("contrib")
    sensitivity, share = 3.0, rho(4.0) / 16
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
    measurement = dp.m.make_gaussian(*space, scale=sensitivity / np.sqrt(2 * share))
    assert measurement.map(sensitivity) == pytest.approx(share)
    assert rho(4.0) + 2 * np.sqrt(rho(4.0) * np.log(1 / DELTA)) == pytest.approx(4.0)


def test_counts_change_and_the_file_says_so(learnt: Baseline) -> None:
    before = baseline_file.to_bytes(learnt)
    found = baseline_file.from_bytes(baseline_file.to_bytes(noised(learnt, 4.0)), "memory")
    assert found.noise == ("epsilon 4, delta 1e-06",)
    assert baseline_file.to_bytes(learnt) == before
    assert (found.counts.palettes != learnt.counts.palettes).mean() > 0.3
    assert min(counts.min() for name, counts in found.counts._asdict().items() if "_" not in name) >= 0
    merged = found.merge(learnt)
    assert merged.noise == found.noise == learnt.merge(found).noise


def test_more_loss_is_less_noise_and_with_little_it_scores_as_before(learnt: Baseline) -> None:
    away = {
        epsilon: np.abs(noised(learnt, epsilon).counts.palettes - learnt.counts.palettes).mean()
        for epsilon in (1.0, 10.0, 1000.0)
    }
    assert away[1.0] > 2 * away[10.0] > 4 * away[1000.0]
    rng = np.random.default_rng(2)
    found = noised(learnt, 1e6)
    rare, usual = outfit("orange", "orange", rng), [ordinary(rng) for _ in range(50)]
    assert found.score(rare).p_value < 0.05
    assert np.median([found.score(one).p_value for one in usual]) > 0.2, "coarse bins shift it a little"
