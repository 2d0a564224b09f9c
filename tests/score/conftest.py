import numpy as np
import pytest

from edge.score.baseline import Baseline
from tests.outfits import RECIPE, ordinary


@pytest.fixture(scope="session")
def learnt() -> Baseline:
    """A baseline of 1500 ordinary people; tests must not change it.

    With fewer, p-values still drift: the earliest were scored against a rough covariance.
    """
    rng = np.random.default_rng(1)
    baseline = Baseline(RECIPE)
    for _ in range(1500):
        baseline.learn(ordinary(rng))
    return baseline
