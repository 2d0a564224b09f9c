from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import BaselineError
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.disk import limited_files
from tests.outfits import RECIPE, ordinary


@pytest.fixture(scope="module")
def content() -> bytes:
    rng = np.random.default_rng(0)
    baseline = Baseline(RECIPE)
    for _ in range(80):
        baseline.learn(ordinary(rng))
    return baseline_file.to_bytes(baseline)


def test_a_baseline_survives_its_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.baseline"
    baseline_file.save(baseline_file.from_bytes(content, "memory"), path)
    again = baseline_file.load(path)
    assert baseline_file.to_bytes(again) == content
    assert again.recipe == RECIPE
    again.learn(ordinary(np.random.default_rng(1)))
    assert again.sightings == 81
    assert [p.name for p in tmp_path.iterdir()] == ["a.baseline"]


@given(at=st.integers(0), flip=st.integers(1, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_byte_is_noticed(content: bytes, at: int, flip: int) -> None:
    at %= len(content)
    damaged = content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]
    with pytest.raises(BaselineError, match=r"soho\.baseline"):
        baseline_file.from_bytes(damaged, "soho.baseline")


@given(keep=st.integers(0))
@settings(max_examples=30)
def test_a_torn_file_is_noticed(content: bytes, keep: int) -> None:
    with pytest.raises(BaselineError):
        baseline_file.from_bytes(content[: keep % len(content)], "soho.baseline")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="spotter learn"):
        baseline_file.load(tmp_path / "none.baseline")


def test_a_failed_write_leaves_the_old_file_and_nothing_half_written(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.baseline"
    path.write_bytes(b"old")
    with limited_files(1000), pytest.raises(BaselineError, match="File too large"):
        baseline_file.save(baseline_file.from_bytes(content, "memory"), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.baseline"]


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("joint", (0, 0), -1),
        ("palettes", (0, 0), 2**60),
        ("kinds_products", (0, 0), -(2**50)),
        ("colour_products", (0, 1), 2**40),
        ("texture_n", (0,), 0),
    ],
)
def test_counts_that_no_counting_comes_to_are_refused(
    content: bytes, name: str, place: tuple[int, ...], value: int
) -> None:
    """Scoring with them would end a node: an invalid covariance gives distances that are not numbers."""
    counted = baseline_file.from_bytes(content, "memory")
    getattr(counted.counts, name)[place] = value
    with pytest.raises(BaselineError, match="expected"):
        baseline_file.from_bytes(baseline_file.to_bytes(counted), "site.baseline")
