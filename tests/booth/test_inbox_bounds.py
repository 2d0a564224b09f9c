"""What one node, one defect or one message can cost: never more than itself."""

from collections.abc import Sequence
from typing import Any

import pytest

from edge import wire
from edge.booth.selection import Selection
from edge.config import BoothConfig
from edge.limits import WINDOW_S
from edge.store.store import MOST_EPOCHS
from tests.booth.benches import Bench, bench, hand_in
from tests.messages import EPOCH, NOW, make_counted, make_health, make_score

__all__ = ["bench"]


def test_a_person_at_many_cameras_is_alerted(bench: Bench) -> None:
    """A message has room for 16 cameras; the last ones are named."""
    for number in range(17):
        bench.say(make_score(node=f"n{number:02d}", one_in=20.0, zone="centre", heading="toward"))
        bench.step()
    bench.say(make_score(node="n17", one_in=1000.0, zone="centre", heading="toward"))
    assert bench.step() == [("alert", 1000.0), ("ack", 1)]
    (one,) = bench.alerts.tracked()
    assert one.alert.cameras == [f"n{number:02d}" for number in range(2, 18)]


class Broken(Selection):
    """Fails for the scores of one node, as a defect would."""

    def consider(self, score: wire.Score, *rest: Any) -> None:
        if score.node == "camera-2":
            raise IndexError("a defect")
        super().consider(score, *rest)


def test_what_an_inner_step_raises_costs_one_alert(bench: Bench) -> None:
    bench.inbox._selection = Broken(BoothConfig(), None)
    bench.say(*(make_score(node=f"camera-{number}", link="") for number in (1, 2, 3)))
    assert sorted(bench.step()) == [("ack", 1), ("ack", 1), ("ack", 1), ("alert", 500.0), ("alert", 500.0)]
    assert bench.inbox.failures.counts == {"choosing whom to alert": 1}
    assert bench.inbox.counters.scores == 3, "stored, so that its node can go on"


@pytest.mark.parametrize("name", ["record", "keep_baseline"])
def test_a_message_that_cannot_be_stored_is_set_aside_alone(bench: Bench, name: str) -> None:
    bad = make_score(node="camera-2", one_in=2.0)
    bench.say(make_score(link=""), bad, make_score(node="camera-3", link=""))
    hand_in(bench, make_counted(), is_retained=False)

    def fail(batch: Sequence[wire.Score]) -> None:
        if bad in batch:
            raise OverflowError("a defect")

    bench.store.on_record = fail
    bench.store.on_write = lambda step: _fail() if step == name == "keep_baseline" else None
    found = bench.step()
    assert found.count(("ack", 1)) == 2
    assert found.count(("alert", 500.0)) == 2
    assert bench.inbox.failures.counts["a message"] == 1
    assert bench.inbox.failures.counts["a baseline"] == (name == "keep_baseline")
    assert bench.inbox.trouble == ""


def _fail() -> None:
    raise TypeError("a defect")


@pytest.mark.parametrize("days", [-700, -2, 0.1, 3000])
def test_windows_of_other_times_are_refused(bench: Bench, days: float) -> None:
    start = WINDOW_S * ((NOW + days * 86_400) // WINDOW_S)
    bench.say(wire.Trend(node="camera-1", window=wire.to_time(start), sightings=9, counts={}, withheld=1))
    bench.step()
    assert bench.inbox.refused == {"window": 1}
    assert bench.store.cells("worn") == []


def test_a_flood_of_one_node_holds_nobody_up(bench: Bench) -> None:
    bench.say(*(make_score(seq=seq, one_in=2.0) for seq in range(1, 1500)))
    bench.say(make_score(node="camera-2"))
    assert ("alert", 500.0) in bench.step(), "in the first batch"


def test_who_sends_more_than_a_camera_can_have_is_named(bench: Bench) -> None:
    bench.say(make_health())
    for seq in range(1, 2300):
        bench.say(wire.Gap(node="camera-1", epoch=EPOCH, upto=0, dropped=seq))
    bench.step()
    assert bench.inbox.roster.nodes["camera-1"].violations.totals["flood"] == 1


def test_outboxes_of_a_node_are_bounded_and_old_ones_make_room(bench: Bench) -> None:
    for number in range(MOST_EPOCHS + 5):
        bench.say(make_score(epoch=f"{number:08x}", one_in=2.0))
        bench.step()
    assert bench.inbox.refused == {"epochs": 5}
    assert len(bench.store.epochs()["camera-1"]) == MOST_EPOCHS
    bench.store.purge(NOW + 86_400)
    bench.inbox.reload_epochs()
    bench.say(make_score(epoch="ffffffff", one_in=2.0))
    assert bench.step() == [("ack", 1)]


def test_nobody_is_rarer_than_the_baseline_can_tell(bench: Bench) -> None:
    bench.inbox.supports = {"0123456789ab": 5000}
    bench.say(make_score(one_in=5000.0), make_score(seq=2, one_in=10000.0))
    bench.say(make_score(seq=3, one_in=1e8, baseline="ffffffffffff"))
    assert bench.step() == [("alert", 5000.0), ("ack", 3)]
    assert bench.inbox.roster.violations("camera-1").totals["impossible"] == 2
