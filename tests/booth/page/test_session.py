"""Sessions end, and cannot be forged."""

from hypothesis import given
from hypothesis import strategies as st

from edge.booth.page.session import LASTS_S, Sessions
from tests.fakes import FakeClock


def test_a_session_is_what_was_sealed() -> None:
    sessions = Sessions(FakeClock().monotonic)
    opened = sessions.open(is_in=True)
    assert sessions.read(sessions.seal(opened)) == opened


def test_over_after_a_shift() -> None:
    clock = FakeClock()
    sessions = Sessions(clock.monotonic)
    cookie = sessions.seal(sessions.open(is_in=True))
    clock.sleep(LASTS_S - 1)
    assert sessions.read(cookie) is not None
    clock.sleep(1)
    assert sessions.read(cookie) is None


def test_over_once_closed_whoever_kept_a_copy() -> None:
    clock = FakeClock()
    sessions = Sessions(clock.monotonic)
    first, second = sessions.open(is_in=True), sessions.open(is_in=True)
    sessions.close(first)
    assert sessions.read(sessions.seal(first)) is None
    assert sessions.read(sessions.seal(second)) == second
    clock.sleep(LASTS_S)
    sessions.close(second)
    assert len(sessions._closed) == 1, "what is over anyway is forgotten"


def test_another_start_knows_nobody() -> None:
    clock = FakeClock()
    before, after = Sessions(clock.monotonic), Sessions(clock.monotonic)
    session = before.open(is_in=True)
    assert after.read(before.seal(session)) is None
    assert not after.is_token(session, before.token(session))


@given(st.text(max_size=200))
def test_nothing_made_up_is_believed(cookie: str) -> None:
    sessions = Sessions(FakeClock().monotonic)
    assert sessions.read(cookie) is None
    assert not sessions.is_token(sessions.open(is_in=True), cookie)


def test_a_cookie_that_was_changed_is_not_believed() -> None:
    sessions = Sessions(FakeClock().monotonic)
    visit, member = sessions.open(is_in=False), sessions.open(is_in=True)
    payload = sessions.seal(member).rpartition(".")[0]
    signature = sessions.seal(visit).rpartition(".")[2]
    assert sessions.read(f"{payload}.{signature}") is None
