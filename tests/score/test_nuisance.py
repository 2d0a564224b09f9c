from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.errors import BaselineError
from edge.model.manifest import manifest
from edge.score import nuisance
from edge.score.baseline import Baseline
from edge.score.nuisance import Nuisance
from edge.score.surprisal import distance, gaussian
from tests.outfits import RECIPE, ordinary

SIZES = {
    "colour": RECIPE.colour_moments + RECIPE.colour_words,
    "kinds": RECIPE.kind_moments,
    "texture": RECIPE.textures,
    "composition": RECIPE.composition,
}


@pytest.fixture(scope="module")
def shipped() -> Nuisance:
    """The nuisance file of the default model."""
    found = nuisance.of_model(manifest().models[manifest().default].sha256[:12])
    assert found is not None
    return found


def test_what_light_moves_surprises_less() -> None:
    rng = np.random.default_rng(0)
    people = rng.normal(0, 1, (500, 3))
    moments = (500, people.sum(axis=0), people.T @ people)
    light = np.diag([9.0, 0.0, 0.0])
    before, after = gaussian(*moments), gaussian(*moments, light)
    brighter, other = np.array([4, 0, 0], np.float32), np.array([0, 4, 0], np.float32)
    assert distance(brighter, after) < 0.5 * distance(brighter, before)
    assert distance(other, after) == pytest.approx(distance(other, before), rel=0.1)


def test_it_is_found_by_the_model_it_belongs_to(shipped: Nuisance, tmp_path: Path) -> None:
    (tmp_path / "ours.nuisance.json").write_bytes(msgspec.json.encode(shipped))
    assert nuisance.find(tmp_path, shipped.model) == shipped
    assert nuisance.find(tmp_path, "ffffffffffff") is None
    recipe = msgspec.structs.replace(RECIPE, model=shipped.model, nuisance=shipped.id)
    baseline = Baseline(recipe)
    rng = np.random.default_rng(1)
    for _ in range(200):
        baseline.learn(ordinary(rng))
    assert baseline.score(ordinary(rng)).p_value > 0


def test_a_baseline_that_wants_another_says_what_to_do(shipped: Nuisance) -> None:
    recipe = msgspec.structs.replace(RECIPE, model=shipped.model, nuisance="0123456789ab")
    with pytest.raises(BaselineError, match=f"0123456789ab of model {shipped.model}, found {shipped.id}"):
        Baseline(recipe).learn(ordinary(np.random.default_rng(0)))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.nuisance.json").write_text("{")
    with pytest.raises(BaselineError, match=r"broken\.nuisance\.json"):
        nuisance.find(tmp_path, "0123456789ab")


@pytest.mark.parametrize(
    "sha256", [one.sha256 for one in manifest().models.values() if one.is_shipped and one.accelerator == "cpu"]
)
def test_every_shipped_model_has_one(sha256: str) -> None:
    found = nuisance.of_model(sha256[:12])
    assert found is not None
    assert found.people >= 50
    for name in SIZES:
        matrix = found.of(name)
        np.testing.assert_allclose(matrix, matrix.T)
        assert np.linalg.eigvalsh(matrix).min() > -1e-6
