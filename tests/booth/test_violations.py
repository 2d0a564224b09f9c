"""Behaviour that no sound node shows is noticed; the effects of outages are not held against a node."""

from collections.abc import Iterator

import pytest

from edge import wire
from edge.booth.violations import FAR, KINDS, MANY, SHOWN_S, WINDOW, is_impossible
from edge.problems import numbers_of
from edge.seams import Received
from tests.booth.benches import Bench, bench
from tests.messages import EPOCH, NOW, make_health, make_score

__all__ = ["bench"]

YESTERDAY = wire.to_time(NOW - 86_400)


def shown(bench: Bench) -> str:
    while bench.inbox.queued:
        bench.step()
    bench.step()
    (verdict,) = bench.inbox.roster.node_health()
    return " | ".join(verdict.problems)


def ordinary(seqs: range, at: str) -> Iterator[wire.Score]:
    return (make_score(seq=seq, at=at, one_in=2.0) for seq in seqs)


def test_yesterday_played_again_is_said(bench: Bench) -> None:
    bench.say(make_health(), *ordinary(range(1, 20), YESTERDAY))
    assert shown(bench) == "", "late, but new"
    bench.say(*ordinary(range(1, 20), YESTERDAY))
    assert "sent 19 sightings from long ago again" in shown(bench)
    assert bench.inbox.counters.scores == 19
    bench.clock.sleep(SHOWN_S)
    bench.say(make_health(at=wire.to_time(bench.clock.now())))
    assert shown(bench) == ""


def test_a_whole_recording_with_its_gaps_is_said(bench: Bench) -> None:
    gap = wire.Gap(node="camera-1", epoch=EPOCH, upto=0, dropped=0)
    count = FAR + WINDOW
    bench.say(make_health(), gap, *ordinary(range(1, count), YESTERDAY))
    assert shown(bench) == ""
    bench.say(gap, *ordinary(range(1, count), YESTERDAY))
    assert "sightings from long ago again" in shown(bench)


def test_a_node_that_was_away_and_heard_no_acknowledgement_is_sound(bench: Bench) -> None:
    """The node reports its gap and repeats what was in flight."""
    bench.say(make_health(), *ordinary(range(1, WINDOW + 1), YESTERDAY))
    bench.say(wire.Gap(node="camera-1", epoch=EPOCH, upto=0, dropped=0))
    bench.say(*ordinary(range(1, WINDOW + 1), YESTERDAY))
    assert shown(bench) == ""
    assert bench.inbox.counters.repeats == WINDOW


def test_a_connection_that_comes_and_goes_is_said(bench: Bench) -> None:
    bench.say(make_health(), *ordinary(range(1, 11), wire.to_time(NOW)))
    for _ in range(MANY // 10 - 1):
        bench.say(*ordinary(range(1, 11), wire.to_time(NOW)))
    assert shown(bench) == ""
    bench.say(*ordinary(range(1, 11), wire.to_time(NOW)))
    assert f"sent {MANY} sightings more than once: check its network" in shown(bench)


def test_numbers_given_twice_are_said(bench: Bench) -> None:
    """This happens when a card is restored from a copy: new sightings reuse numbers."""
    bench.say(make_health(), *ordinary(range(1, 9), wire.to_time(NOW)))
    bench.step()
    bench.clock.sleep(80)
    bench.say(*ordinary(range(5, 7), wire.to_time(NOW + 80)))
    assert "gave 2 new sightings numbers that were already used" in shown(bench)


def test_another_baseline_than_the_heartbeats_name_is_said(bench: Bench) -> None:
    def beat(baseline: str = "0123456789ab") -> None:
        bench.clock.sleep(10)
        bench.say(make_health(at=wire.to_time(bench.clock.now()), baseline=baseline))
        bench.step()

    def sight(seq: int, baseline: str) -> None:
        bench.clock.sleep(1)
        bench.say(make_score(seq=seq, at=wire.to_time(bench.clock.now()), baseline=baseline, one_in=10.0))
        bench.step()

    beat()
    sight(1, "0123456789ab")
    beat()
    sight(2, "ffffffffffff")
    beat("ffffffffffff")
    assert shown(bench) == "", "a new baseline in between is no contradiction"
    sight(3, "0123456789ab")
    beat("ffffffffffff")
    assert "scores against another baseline than its heartbeat names" in shown(bench)


IMPOSSIBLE = [
    {"low": 1000.0},
    {"high": 200.0},
    {"follows": 1},
    {"early": True, "follows": 1, "seq": 2},
]


@pytest.mark.parametrize("changes", IMPOSSIBLE)
def test_figures_no_recipe_makes_are_stored_and_said_but_alert_nobody(bench: Bench, changes: dict[str, object]) -> None:
    score = make_score(**changes)
    assert is_impossible(score)
    bench.say(make_health(), *ordinary(range(1, score.seq), wire.to_time(NOW)), score)
    assert "sent 1 sightings whose figures contradict each other" in shown(bench)
    assert bench.inbox.counters.scores == score.seq
    assert bench.alerts.sent == 0


@pytest.mark.parametrize("one_in", [None, 1.0, 5.0, 10.0, 1e9])
def test_what_a_recipe_makes_is_possible(one_in: float | None) -> None:
    assert not is_impossible(make_score(one_in=one_in))
    assert one_in is None or one_in < 10 or not is_impossible(make_score(one_in=one_in, high=None, reasons=[]))


def test_all_violations_at_once_fit_the_wire() -> None:
    problems = [wire.problem(kind, *[1e9] * numbers_of(kind)) for kind in KINDS]
    wire.pack(wire.Notice(at=YESTERDAY, nodes={"camera-1": problems}))


def test_who_sends_what_is_refused_is_named(bench: Bench) -> None:
    bench.say(make_health())
    bench.step()
    topic = wire.node_topic("booth", "camera-1", "score")
    for payload in (b"{", b"{}"):
        bench.inbox.receive(Received(topic, payload, is_retained=False))
    assert "had 2 messages refused" in shown(bench)


def test_a_node_that_sends_no_heartbeat_is_seen(bench: Bench) -> None:
    bench.say(make_score())
    assert "has sent no heartbeat" in shown(bench)
