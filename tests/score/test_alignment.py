import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.manifest import manifest
from edge.recipe import Recipe
from edge.score import nuisance
from edge.score.alignment import Model, aligned, aligned_model, model_of
from edge.score.baseline import Baseline
from edge.score.counts import MOMENTS
from tests.outfits import RECIPE, ordinary

MOVABLE = np.diag([4.0, 0.0])
"""Light moves the first of two features, and never the second."""
SHARED = Model(np.zeros(2), np.diag([4.0, 4.0]))


def test_a_mean_moves_where_light_can_move_it_and_nowhere_else() -> None:
    found = aligned_model(SHARED, Model(np.array([3.0, 3.0]), np.diag([4.0, 4.0])), 50, MOVABLE)
    assert found.mean == pytest.approx([3.0 * 50 / 51, 0.0], abs=0.02)


def test_few_people_move_it_less() -> None:
    own = Model(np.array([3.0, 3.0]), np.diag([4.0, 4.0]))
    means = [aligned_model(SHARED, own, n, MOVABLE).mean[0] for n in (3, 10, 100)]
    assert means == sorted(means)
    assert aligned_model(SHARED, own, 0, MOVABLE).mean[0] == 0


def test_a_spread_follows_the_camera_where_light_can_change_it() -> None:
    found = aligned_model(SHARED, Model(np.zeros(2), np.diag([1.0, 1.0])), 1000, MOVABLE).covariance
    assert 1.0 < found[0, 0] < 3.0
    assert found[1, 1] == pytest.approx(4.0, rel=0.01)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 500))
def test_every_aligned_covariance_is_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    one, other, movable = (part @ part.T for part in rng.normal(size=(3, 5, 4)))
    found = aligned_model(Model(rng.normal(size=5), one), Model(rng.normal(size=5), other), n, movable)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-6
    assert np.allclose(found.covariance, found.covariance.T)


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    """A recipe with the nuisance covariance of a shipped model."""
    shipped = next(filter(None, (nuisance.of_model(one.sha256[:12]) for one in manifest().models.values())))
    return msgspec.structs.replace(RECIPE, model=shipped.model, nuisance=shipped.id)


def learnt(recipe: Recipe, seed: int, shift: float = 0.0) -> Baseline:
    rng, baseline = np.random.default_rng(seed), Baseline(recipe)
    for _ in range(120):
        one = ordinary(rng)
        one.colour[:] += shift
        baseline.learn(one)
    return baseline


def test_aligned_counts_have_the_cameras_means_and_the_baselines_people(recipe: Recipe) -> None:
    shared, own = learnt(recipe, 0), learnt(recipe, 0, shift=6.0)
    found = aligned(shared.counts, own.counts, recipe)
    moved = model_of(found, "colour").mean - model_of(shared.counts, "colour").mean
    assert 1.0 < moved[0] < 6.1
    assert found.sightings == shared.counts.sightings
    assert found.palettes.sum() == pytest.approx(shared.counts.palettes.sum(), abs=500)
    assert (found.palettes != shared.counts.palettes).any()
    for name in MOMENTS:
        assert np.linalg.eigvalsh(model_of(found, name).covariance).min() > -1e-3


def test_without_a_nuisance_covariance_nothing_moves() -> None:
    shared, own = learnt(RECIPE, 0), learnt(RECIPE, 1, shift=6.0)
    assert aligned(shared.counts, own.counts, RECIPE) is shared.counts
