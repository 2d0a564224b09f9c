from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.look_budget import SAVED_S, LookBudget

steps = st.lists(st.tuples(st.floats(0, 3), st.integers(0, 6)), max_size=60)


def taken(per_s: float, steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return (seconds, second looks taken) of each frame; `steps` are (seconds since the last, wanted)."""
    budget, at, found = LookBudget(per_s), 0.0, []
    for elapsed, wanted in steps:
        at += elapsed
        budget.refill(at)
        found.append((at, sum(budget.take() for _ in range(wanted))))
    return found


@given(per_s=st.floats(0, 10), steps=steps)
def test_no_stretch_of_time_has_more_than_the_budget(per_s: float, steps: list[tuple[float, int]]) -> None:
    found = taken(per_s, steps)
    for first in range(len(found)):
        for last in range(first, len(found)):
            lasted = found[last][0] - found[first][0]
            spent = sum(count for _, count in found[first : last + 1])
            assert spent <= per_s * lasted + max(per_s * SAVED_S, per_s > 0) + 1e-6
    assert found == taken(per_s, steps), "the same frames, the same second looks"


def test_what_is_not_used_is_saved_for_a_while_and_no_longer() -> None:
    assert [count for _, count in taken(2.0, [(0, 9), (1, 9), (100, 9)])] == [4, 2, 4]
    assert [count for _, count in taken(0.1, [(0, 3), (9, 3), (1.1, 3)])] == [1, 0, 1]


def test_a_clock_set_back_adds_nothing() -> None:
    budget = LookBudget(1.0)
    budget.refill(100.0)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    budget.refill(50.0)
    assert not budget.take()
    budget.refill(51.0)
    assert budget.take()
