"""A bucket allows its burst, then its rate; names do not share."""

from hypothesis import given
from hypothesis import strategies as st

from edge.booth.buckets import Allowance, Buckets


@given(gaps=st.lists(st.floats(0, 10), max_size=50), rate=st.floats(0.01, 5), burst=st.integers(1, 10))
def test_never_more_than_burst_and_rate(gaps: list[float], rate: float, burst: int) -> None:
    buckets, now, allowed = Buckets(Allowance(rate, burst)), 0.0, 0
    for gap in gaps:
        now += gap
        allowed += buckets.take("a", now)
        assert allowed <= burst + rate * now + 1e-6
    assert buckets.take("b", now), "another name is not held up"


def test_names_are_bounded() -> None:
    buckets = Buckets(Allowance(0.0, 1), most=2)
    assert [buckets.take(name, 0.0) for name in ("a", "a", "b", "c", "a")] == [True, False, True, True, True]
