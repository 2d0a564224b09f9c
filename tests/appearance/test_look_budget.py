from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.look_budget import FRAME_SHARE, SAVED_S, LookBudget

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
            saved = max(per_s * SAVED_S, per_s > 0)
            assert spent <= saved + min(per_s * lasted, FRAME_SHARE * (last - first)) + 1e-6
    assert found == taken(per_s, steps), "the same frames, the same second looks"


def test_what_is_not_used_is_saved_for_a_while_and_no_longer() -> None:
    steps = [(0, 9), *[(0.25, 0)] * 4, (0, 9), *[(0.25, 0)] * 100, (0, 9)]
    assert [count for _, count in taken(2.0, steps) if count] == [4, 2, 4]
    assert [count for _, count in taken(0.1, [(0, 3), *[(1, 3)] * 9, (1.1, 3)])] == [1, *[0] * 9, 1]


def test_a_slow_board_takes_fewer() -> None:
    """At one frame a second a budget of four a second would mean four runs of the model beside each one."""
    assert sum(count for _, count in taken(4.0, [(1, 9)] * 21)) == 8 + 20 * FRAME_SHARE


def test_a_clock_set_back_adds_nothing() -> None:
    budget = LookBudget(1.0)
    budget.refill(100.0)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    budget.refill(50.0)
    assert not budget.take()
    budget.refill(51.0)
    budget.refill(52.0)
    assert budget.take()
