"""Two minutes of readings give one answer: a release stays only if systemd agrees, whatever the node says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.node.health import heartbeat, status_line
from edge.release.trial import HEALTHY_S, Beat, Trial, read_status
from edge.seams import ServiceReading
from tests.node.readings import BOARD, WELL, running

BEFORE = ServiceReading(is_running=True, run="a", status="ok, 900 frames, broker connected")
BEAT_S = 10.0


@pytest.mark.parametrize("is_connected", [True, False])
@pytest.mark.parametrize(("now", "state"), [(30.0, "ok"), (300.0, "failing")])
def test_what_a_node_says_is_understood(now: float, state: str, *, is_connected: bool) -> None:
    beat = heartbeat("north", 1_750_000_000.0, now, running(), WELL, BOARD)
    assert read_status(status_line(beat, is_connected=is_connected)) == Beat(state, 300, is_connected)


@given(st.text())
def test_anything_else_is_nothing(text: str) -> None:
    assert read_status(text) is None or "frames" in text


READING = st.builds(
    ServiceReading,
    is_running=st.booleans(),
    run=st.sampled_from("aab"),
    status=st.builds(
        "{}, {} frames, broker {}".format,
        st.sampled_from(("ok", "degraded", "failing", "fine")),
        st.integers(0, 3000),
        st.sampled_from(("connected", "away")),
    ),
)


@given(st.lists(READING, max_size=90))
def test_every_trial_ends_in_three_minutes_and_no_release_stays_that_was_not_there(readings: list[Any]) -> None:
    trial, verdict, now = Trial(0.0, BEFORE, BEAT_S), None, 0.0
    for reading in [*readings, *[BEFORE] * 90]:
        now += 2.0
        verdict = trial.see(now, reading)
        if verdict is not None:
            break
    assert verdict is not None
    assert now <= BEFORE.start_s + HEALTHY_S + 4
    if verdict == "":
        assert now >= HEALTHY_S
        seen = readings[: int(now / 2)]
        after = seen[next(i for i, reading in enumerate(seen) if reading.run == "b") :]
        assert all(reading.run == "b" and reading.is_running for reading in after)


def test_the_status_of_the_release_before_is_not_taken_for_the_new_ones() -> None:
    trial = Trial(0.0, BEFORE, BEAT_S)
    seen = [trial.see(float(now), BEFORE._replace(status=f"ok, {now} frames, broker connected")) for now in range(40)]
    assert set(seen) == {None}
    assert "it processed no frame" in (trial.see(61.0, BEFORE) or "")


def test_a_unit_with_longer_limits_has_a_longer_trial() -> None:
    """As a drop-in for a slow board sets them: systemd would wait, so the trial does."""
    trial = Trial(0.0, BEFORE._replace(start_s=600.0, watchdog_s=120.0), BEAT_S)
    assert trial.see(590.0, BEFORE._replace(run="b", status="")) is None
    slow = BEFORE._replace(run="b", status="degraded, 1 frames, broker connected")
    assert [trial.see(now, slow) for now in (600.0, 719.0)] == [None, None]
    assert trial.see(721.0, slow) == "it processed no frame for 121 s"
