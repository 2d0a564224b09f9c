"""Few failed logins are possible per minute, and no one is locked out for longer."""

from hypothesis import given
from hypothesis import strategies as st

from edge.booth.page.login_throttle import MOST_ALL, MOST_EACH, WINDOW_S, LoginThrottle
from tests.fakes import FakeClock


def test_each_address_by_itself() -> None:
    clock = FakeClock()
    throttle = LoginThrottle(clock.monotonic)
    for _ in range(MOST_EACH):
        assert throttle.wait_s("192.0.2.1") == 0
        throttle.begin("192.0.2.1")
    assert throttle.wait_s("192.0.2.1") == WINDOW_S
    assert throttle.wait_s("192.0.2.2") == 0
    clock.sleep(WINDOW_S)
    assert throttle.wait_s("192.0.2.1") == 0


def test_all_together() -> None:
    throttle = LoginThrottle(FakeClock().monotonic)
    for i in range(MOST_ALL):
        throttle.begin(f"192.0.2.{i}")
    assert throttle.wait_s("198.51.100.1") > 0


def test_one_network_is_one_address() -> None:
    throttle = LoginThrottle(FakeClock().monotonic)
    for i in range(MOST_EACH):
        throttle.begin(f"2001:db8::{i + 1}")
    assert throttle.wait_s("2001:db8::ffff") > 0


def test_success_clears_the_address() -> None:
    throttle = LoginThrottle(FakeClock().monotonic)
    for _ in range(MOST_EACH):
        throttle.begin("192.0.2.1")
    throttle.succeed("192.0.2.1")
    assert throttle.wait_s("192.0.2.1") == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=80))
def test_never_more_than_allowed_in_a_window(tries: list[tuple[str, float]]) -> None:
    clock = FakeClock()
    throttle = LoginThrottle(clock.monotonic)
    allowed: list[tuple[str, float]] = []
    for address, pause in tries:
        clock.sleep(pause)
        wait_s = throttle.wait_s(address)
        assert 0 <= wait_s <= WINDOW_S
        if wait_s == 0:
            throttle.begin(address)
            allowed.append((address, clock.monotonic()))
    for who in "abc":
        times = [at for address, at in allowed if address == who]
        assert all(later - first >= WINDOW_S for first, later in zip(times, times[MOST_EACH:], strict=False))
