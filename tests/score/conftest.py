import numpy as np
import pytest

from edge.score.baseline import Baseline
from tests.outfits import RECIPE, ordinary


@pytest.fixture(scope="session")
def learnt() -> Baseline:
    """Of 600 ordinary people; tests must leave it as it is."""
    rng = np.random.default_rng(1)
    baseline = Baseline(RECIPE)
    for _ in range(600):
        baseline.learn(ordinary(rng))
    return baseline
