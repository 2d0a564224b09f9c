import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.score.surprisal import bits_of, cell_bits, distance, gaussian, palette_bits


@given(counts=st.lists(st.integers(0, 1000), min_size=2, max_size=20), withheld=st.floats(0, 1000))
def test_bits_are_a_probability_and_fall_with_the_count(counts: list[int], withheld: float) -> None:
    (bits,) = bits_of(np.array([counts], np.float64), np.full(1, withheld))
    assert np.isclose((2.0 ** -bits.astype(np.float64)).sum(), 1, atol=1e-4)
    assert np.isfinite(bits).all()
    assert (np.argsort(counts, kind="stable") == np.argsort(-bits, kind="stable")).all()


def test_a_neighbouring_cell_is_less_surprising_than_a_far_one() -> None:
    counts = np.zeros((1, 4 * 5 * 5))
    counts[0, 0] = 50
    bits = cell_bits(counts, np.zeros(1), (4, 5, 5))[0]
    assert bits[0] < bits[1] < bits[-1]


def test_a_rare_minority_colour_is_not_averaged_away() -> None:
    bits = np.array([[1.0, 10.0]], np.float32)
    weights = np.ones(1, np.float32)
    common = palette_bits(np.array([[1.0, 0.0]], np.float32), bits, weights)
    accent = palette_bits(np.array([[0.9, 0.1]], np.float32), bits, weights)
    assert accent > 3 * common


def test_distance_is_about_one_for_the_people_it_was_fitted_on() -> None:
    rng = np.random.default_rng(0)
    people = rng.multivariate_normal([10, -5, 40], [[9, 6, 0], [6, 16, 0], [0, 0, 400]], 3000)
    model = gaussian(3000, people.sum(axis=0), people.T @ people)
    distances = [distance(person.astype(np.float32), model) for person in people[:300]]
    assert np.mean(np.square(distances)) == pytest.approx(1, abs=0.15)
    assert distance(np.array([10, -5, 400], np.float32), model) > 5


def test_unseen_values_neither_add_nor_remove_surprise() -> None:
    rng = np.random.default_rng(0)
    people = rng.normal(0, 1, (500, 4))
    model = gaussian(500, people.sum(axis=0), people.T @ people)
    half = distance(np.array([2, 2, np.nan, np.nan], np.float32), model)
    assert half == pytest.approx(
        distance(
            np.array([2, 2], np.float32), gaussian(500, people[:, :2].sum(axis=0), people[:, :2].T @ people[:, :2])
        ),
        rel=0.1,
    )
    assert distance(np.full(4, np.nan, np.float32), model) == 0


def test_two_people_are_no_model() -> None:
    assert gaussian(2, np.zeros(3), np.eye(3)) is None
