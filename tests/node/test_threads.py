"""The model's threads follow the board's cores and its temperature."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.config import DetectionSection
from edge.node.load_model import open_interpreter
from edge.node.threads import COOL_C, HOT_C, MOST, Cooling, fitting


@given(cores=st.integers(1, 64))
def test_a_core_is_left_for_the_rest(cores: int) -> None:
    assert 1 <= fitting(cores) <= min(MOST, max(cores - 1, 1))


@given(most=st.integers(1, MOST), readings=st.lists(st.one_of(st.none(), st.floats(-20, 110)), max_size=30))
def test_there_is_always_a_thread_and_never_more_than_fit(most: int, readings: list[float | None]) -> None:
    cooling = Cooling(most)
    for cpu_c in readings:
        before = cooling.threads
        has_changed = cooling.feel(cpu_c)
        assert 1 <= cooling.threads <= most
        assert has_changed == (cooling.threads != before)
        if cpu_c is None or COOL_C < cpu_c < HOT_C:
            assert not has_changed


def test_a_board_that_cools_down_gets_its_threads_back() -> None:
    cooling = Cooling(3)
    assert [cooling.feel(85.0) for _ in range(3)] == [True, True, False]
    assert cooling.threads == 1
    assert [cooling.feel(50.0) for _ in range(3)] == [True, True, False]
    assert cooling.threads == 3


def test_another_number_of_threads_says_the_same() -> None:
    model = open_interpreter(DetectionSection(threads=0))
    tensor = np.random.default_rng(0).integers(0, 256, model.input.shape[1:], np.uint8)
    before = [np.array(one) for one in model.invoke(tensor)]
    model.use_threads(2)
    for one, other in zip(before, model.invoke(tensor), strict=True):
        np.testing.assert_array_equal(one, other)
