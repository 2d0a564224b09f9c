"""Each problem, provoked: the heartbeat describes it and says what to do."""

from typing import Any

import pytest

from edge import wire
from edge.node.health import Pulse, Start
from edge.node.selftest import Failure
from edge.node.tamper import View
from edge.score.drift import Shift
from edge.seams import BoardReading
from tests.node.readings import BOARD, NOW, WELL, passing, report, running


def said(beat: wire.Health) -> str:
    """Return the sentences of a heartbeat, as staff read them."""
    return " ".join(problem.sentence for problem in beat.problems)


def test_a_node_that_is_well_says_ok_and_nothing_else() -> None:
    found = report(running())
    assert (found.state, found.problems) == ("ok", [])
    assert found.fps == pytest.approx(10, abs=0.2)
    assert found.invoke_p50_ms == 12.0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"fallbacks": 1}, "Edge TPU"),
        ({"reconnects": 2}, "cable"),
        ({"frames_dropped": 200}, "dropped"),
        ({"outbox_depth": 900}, "wait for the booth"),
        ({"outbox_lost": 7}, "Up to 50 scores were lost"),
        ({"refused_publishes": 1}, "certificate"),
        ({"is_calibrated": False}, "warming up"),
        ({"failures": 2}, "failed 2 times"),
        ({"unstored": 4}, "Up to 50 scores are only in memory"),
        ({"refused_acks": 1}, "lost the newest"),
        ({"certificate_days": 9.4}, "ends in 9 days"),
        ({"certificate_days": -2.2}, "ended 2 days ago"),
        ({"shift": Shift("colour", is_more_unusual=True)}, "since the baseline was made (the colour is more unusual"),
    ],
)
def test_what_others_count_is_said(change: dict[str, Any], word: str) -> None:
    found = report(running(), counters=WELL._replace(**change))
    assert found.state == "degraded"
    assert word in said(found)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cpu_c": 84.0}, "84 C hot"),
        ({"disk_free_mb": 50.0}, "50 MB of disk"),
        ({"memory_free_mb": 20.0}, "20 MB of memory"),
        ({"is_clock_set": False}, "No time server"),
    ],
)
def test_a_board_in_trouble_is_said(change: dict[str, Any], word: str) -> None:
    assert word in said(report(running(), board=BOARD._replace(**change)))


@pytest.mark.parametrize(("word", "sentence"), [("undervolted", "too little power"), ("throttled", "slows itself")])
def test_what_passes_is_said_for_a_while(word: str, sentence: str) -> None:
    pulse = running(seconds=1000)
    pulse.record_board(1000.0, NOW, BOARD._replace(**{f"is_{word}": True}))
    pulse.record_board(1010.0, NOW + 10, BOARD._replace(**{f"is_{word}": False}))
    assert sentence in said(report(pulse, 1010.0))
    assert sentence not in said(report(pulse, 1700.0))


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_clock_that_is_set_is_counted_and_said(jump_s: float) -> None:
    pulse = running()
    pulse.record_board(10.0, NOW, BOARD)
    pulse.record_board(20.0, NOW + 12, BOARD)
    assert report(pulse).clock_jumps == 0, "two seconds are slewing"
    pulse.record_board(30.0, NOW + 22 + jump_s, BOARD)
    found = report(pulse)
    assert (found.clock_jumps, said(found).partition(":")[0]) == (1, f"The clock was set by {jump_s:+.0f} s")


@pytest.mark.parametrize(
    ("view", "state", "word"),
    [
        (View(is_covered=True), "failing", "lens is covered"),
        (View(is_dark=True), "degraded", "too dark"),
        (View(is_frozen=True), "failing", "image is frozen"),
        (View(has_moved=True), "degraded", "was moved"),
    ],
)
def test_a_bad_view_is_said(view: View, state: str, word: str) -> None:
    found = report(running(), view=view)
    assert (found.state, len(found.view)) == (state, 1)
    assert word in found.problems[0].sentence


def test_a_slow_or_empty_street_is_said() -> None:
    assert "Nobody" in said(report(running(people=0, seconds=1000), now=1000.0))
    assert "frames in ten seconds" in said(report(running(fps=1.5)))


@pytest.mark.parametrize(("every_s", "well_s", "late_s"), [(4, 170, 190), (600, 1700, 1900)])
def test_for_how_long_nobody_may_be_seen_follows_the_street(every_s: int, well_s: int, late_s: int) -> None:
    """After an hour, three minutes without people are long on a busy street, half an hour is not on a quiet one."""
    pulse = passing(every_s, 3600)
    assert "Nobody" not in said(report(pulse, 3600.0 + well_s))
    assert "Nobody" in said(report(pulse, 3600.0 + late_s))


def test_what_failed_at_the_start_is_said_while_it_runs() -> None:
    start = Start((Failure("model", "The model finds nobody."),), (wire.Problem("copy-settings"),))
    found = report(running(), start=start)
    assert (found.self_test, found.state) == (["model"], "degraded")
    assert found.problems == [wire.Problem("start-model"), wire.Problem("copy-settings")], "and no text of the node"
    assert report(running()).self_test == []


def test_what_is_well_by_now_is_said_no_more() -> None:
    start = Start(tuple(Failure(part, f"{part}: bad.") for part in ("camera", "clock", "disk")))
    pulse = Pulse(started_at=0.0)
    assert len(report(pulse, 1.0, start=start).problems) == 3
    pulse = running()
    pulse.sightings = 1
    found = report(pulse, board=BOARD._replace(is_clock_set=True), start=start)
    assert (found.problems, found.self_test) == ([], ["camera", "clock", "disk"])
    full = report(pulse, counters=WELL._replace(unstored=1), start=start)
    assert [one.code for one in full.problems if one.code.startswith("start")] == ["start-clock", "start-disk"]


def test_a_missing_edge_tpu_is_said_once_and_one_that_fails_later_too() -> None:
    start = Start((Failure("accelerator", "The Edge TPU was not found at the start: plug it in."),))
    missing = report(running(), counters=WELL._replace(fallbacks=1), start=start)
    assert missing.problems == [wire.Problem("start-accelerator")]
    failed = report(running(), counters=WELL._replace(fallbacks=1))
    assert failed.problems == [wire.Problem("edge-tpu-failed")]


def test_no_frame_is_first_a_problem_and_then_failing() -> None:
    assert report(running(), now=35.0).state == "degraded"
    late = report(running(), now=45.0)
    assert late.state == "failing"
    assert late.problems[0].sentence.startswith("No frame for 15 s")
    assert report(Pulse(started_at=0.0), now=12.0).state == "failing"


def test_everything_at_once_still_fits_the_wire() -> None:
    worst = WELL._replace(
        fallbacks=9, reconnects=9, frames_dropped=10**6, outbox_depth=999, outbox_lost=10**6, refused_publishes=9
    )
    board = BoardReading(99.9, 9e3, 0.0, 0.0, is_throttled=True, is_undervolted=True, is_clock_set=False)
    start = Start((Failure("certificate", "x" * 500), Failure("model", "é" * 180)), (wire.Problem("copy-model"),) * 4)
    found = report(running(people=0), 5000.0, worst, board, View(*(True,) * 4), start)
    assert found.problems[0].code == "no-frame"
    assert len(found.problems) == 8
    assert len(wire.encode(wire.node_topic("soho", "north", "health"), found)) < wire.MAX_BYTES


def test_a_frame_newer_than_the_heartbeat_is_no_negative_age() -> None:
    """The frame loop runs in another thread; a negative age once ended the node's network thread."""
    pulse = running()
    pulse.beat(30.4, invoke_s=0.01, people=1)
    found = report(pulse)
    assert found.last_frame_s == 0.0


def test_a_passer_by_more_changes_nothing_that_a_laptop_hears() -> None:
    """A counter that moves with each person says when that person passed."""
    beats = []
    for people in range(51, 99):
        pulse = running()
        pulse.sightings = people
        counters = WELL._replace(held_back={"still": people}, outbox_depth=people, second_looks=people)
        pulse.last_person_at = 30.0 - people / 10
        beats.append(report(pulse, counters=counters))
    assert all(beat == beats[0] for beat in beats)
    assert (beats[0].sightings, beats[0].outbox_depth) == (50, 50)
