"""Agreement with labels by eye, on labels and scores whose answers are known."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import EdgeError
from tools.evaluation import eye

LABELS = np.repeat([0, 1, 2], [60, 30, 10])


def test_a_score_that_sees_what_people_see_is_right_everywhere() -> None:
    found = eye.agree(LABELS + np.linspace(0, 0.5, len(LABELS)), LABELS)
    assert set(found.values()) == {1.0}


def test_a_score_that_knows_nothing_gets_a_half_and_everyday_shares() -> None:
    labels = np.tile(LABELS, 40)
    found = eye.agree(np.random.default_rng(0).random(len(labels)), labels)
    assert found["AUROC of 2 against the rest"] == pytest.approx(0.5, abs=0.05)
    assert found["share of 2 in the top 10%"] == pytest.approx(0.1, abs=0.05)
    assert found["share of 1 and 2 in the top 10%"] == pytest.approx(0.4, abs=0.08)


def test_the_top_is_of_the_people_with_the_highest_scores() -> None:
    own = np.zeros(100)
    own[[95, 70, 5, 6, 7]] = (5, 4, 3, 2, 1)  # one of label 2, one of 1, three of 0
    found = eye.agree(own, LABELS)
    assert found["share of 2 in the top 5%"] == pytest.approx(0.2)
    assert found["share of 1 and 2 in the top 5%"] == pytest.approx(0.4)


def test_intervals_hold_the_figure_and_narrow_with_people() -> None:
    def width(times: int) -> float:
        labels = np.tile(LABELS, times)
        own = labels + np.random.default_rng(1).normal(0, 1.5, len(labels))
        found = eye.intervals(own, labels)
        low, high = found["AUROC of 2 against the rest"]
        assert low < eye.agree(own, labels)["AUROC of 2 against the rest"] < high
        return high - low

    assert width(9) < 0.6 * width(1)


@given(
    st.lists(st.sampled_from(eye.RANKS), min_size=3, max_size=40).filter(lambda one: len(set(one)) > 1), st.randoms()
)
def test_kappa_is_one_for_equal_passes_and_the_same_both_ways(one: list[int], rng: object) -> None:
    other = sorted(one)
    assert eye.kappa(one, one) == pytest.approx(1)
    assert eye.kappa(one, other) == pytest.approx(eye.kappa(other, one))
    assert eye.kappa(one, other) <= 1


def test_kappa_counts_a_step_of_two_four_times() -> None:
    """By hand: the mean squared difference is 1/4 and 4/4, that of all pairs 20/16 and 26/16."""
    assert eye.kappa([0, 0, 1, 2], [0, 1, 1, 2]) == pytest.approx(1 - 0.25 / 1.25)
    assert eye.kappa([0, 0, 1, 2], [2, 0, 1, 2]) == pytest.approx(1 - 1.0 / 1.625)


def test_our_table_holds_two_passes_that_agree() -> None:
    table = eye.read(eye.OWN)
    assert len(table.passes) == 100
    assert all(1005 <= number <= 1804 for number in table.passes)
    found = eye.agreement(table)
    assert found["unusual-1005-1804: weighted kappa of two passes"] == pytest.approx(0.964, abs=0.001)
    assert found["unusual-1005-1804: share of equal labels"] == pytest.approx(0.95)
    assert table.label(1023) == 1, "the lower one of two labels"


@pytest.mark.parametrize("line", ["1010", "1010\t3\tp", "1010\tp", "ten\t1", "1010 1"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text(f"# photo, label\n1005\t0\n{line}\n")
    with pytest.raises(EdgeError, match=r"labels\.tsv:3: expected a photo's number"):
        eye.read(path)


def test_lines_of_different_length_and_a_missing_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text("1005\t0\t1\n1006\t2\n")
    with pytest.raises(EdgeError, match="as many passes in each"):
        eye.read(path)
    with pytest.raises(EdgeError, match="--labels"):
        eye.read(tmp_path / "none.tsv")


def test_a_table_of_one_pass_has_no_agreement(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text("1005\t0\tc\n1006\t2\tpg\ta word\n")
    table = eye.read(path)
    assert eye.agreement(table) == {}
    assert (table.label(1005), table.label(1006)) == (0, 2)
