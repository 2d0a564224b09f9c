"""Each problem, provoked: the heartbeat says it in a sentence with what to do."""

from pathlib import Path
from typing import Any

import pytest

from edge import wire
from edge.node.health import Counters, Machine, Pulse, heartbeat, read_machine

WELL = Counters(
    frames_dropped=0,
    reconnects=0,
    held_back=3,
    accelerator="cpu",
    fallbacks=0,
    outbox_depth=0,
    outbox_max=1000,
    outbox_lost=0,
    refused_publishes=0,
    model="0123456789ab",
    baseline="ba9876543210",
    mode="spot",
    is_calibrated=True,
)
BOARD = Machine(cpu_c=55.0, memory_mb=120.0, disk_free_mb=9000.0)


def running(*, fps: float = 10.0, seconds: float = 30.0, people: int = 1, brightness: float = 120.0) -> Pulse:
    pulse = Pulse(started_at=0.0)
    for i in range(int(fps * seconds)):
        pulse.beat((i + 1) / fps, invoke_s=0.012, people=people, brightness=brightness)
    return pulse


def report(pulse: Pulse, now: float = 30.0, counters: Counters = WELL, board: Machine = BOARD) -> wire.Health:
    found = heartbeat("north", 1_750_000_000.0, now, pulse, counters, board)
    topic = wire.node_topic("soho", "north", "health")
    assert wire.decode(topic, wire.encode(topic, found))[1] == found
    return found


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
        ({"outbox_lost": 7}, "7 scores were lost"),
        ({"refused_publishes": 1}, "certificate"),
        ({"is_calibrated": False}, "warming up"),
        ({"shift": "colour is more unusual than then"}, "shifted since the baseline (colour is more unusual"),
    ],
)
def test_what_others_count_is_said(change: dict[str, Any], word: str) -> None:
    found = report(running(), counters=WELL._replace(**change))
    assert found.state == "degraded"
    assert word in " ".join(found.problems)


@pytest.mark.parametrize(
    ("board", "word"),
    [(BOARD._replace(cpu_c=84.0), "hot"), (BOARD._replace(disk_free_mb=50.0), "disk")],
)
def test_a_board_in_trouble_is_said(board: Machine, word: str) -> None:
    assert word in " ".join(report(running(), board=board).problems)


def test_a_dark_or_empty_or_slow_picture_is_said() -> None:
    assert "dark" in " ".join(report(running(brightness=4.0)).problems)
    assert "Nobody" in " ".join(report(running(people=0, seconds=1000), now=1000.0).problems)
    assert "frames a second" in " ".join(report(running(fps=1.5)).problems)


def test_no_frame_is_first_a_problem_and_then_failing() -> None:
    assert report(running(), now=35.0).state == "degraded"
    late = report(running(), now=45.0)
    assert late.state == "failing"
    assert late.problems[0].startswith("No frame for 15 s")
    assert report(Pulse(started_at=0.0), now=12.0).state == "failing"


def test_everything_at_once_still_fits_the_wire() -> None:
    worst = WELL._replace(
        fallbacks=9, reconnects=9, frames_dropped=10**6, outbox_depth=999, outbox_lost=10**6, refused_publishes=9
    )
    found = report(running(people=0, brightness=1.0), 5000.0, worst, Machine(99.9, 9e3, 0.0))
    assert len(found.problems) == 8
    assert len(wire.encode(wire.node_topic("soho", "north", "health"), found)) < wire.MAX_BYTES


def test_the_board_is_read(tmp_path: Path) -> None:
    found = read_machine(tmp_path)
    assert found.memory_mb > 10
    assert found.disk_free_mb > 0


def test_a_frame_newer_than_the_heartbeat_is_no_negative_age() -> None:
    """The frame loop runs in another thread: this once ended the node's network thread."""
    pulse = running()
    pulse.beat(30.4, invoke_s=0.01, people=1, brightness=100.0)
    found = report(pulse)
    assert found.last_frame_s == found.last_person_s == 0.0
