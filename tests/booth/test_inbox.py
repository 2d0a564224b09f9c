"""The inbox stores, alerts and acknowledges in that order, once each, and no message can stop it."""

import itertools
import json
import logging
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import wire
from edge.booth import active_alerts
from edge.booth import inbox as module
from edge.config import BoothConfig
from edge.errors import StoreError, WireError
from edge.seams import Publish, Received
from tests.booth.benches import COUNTS, Bench, bench, hand_in
from tests.fakes import ignore
from tests.messages import EPOCH, NOW, make_counted, make_health, make_score, make_status

SCORE = wire.node_topic("booth", "camera-1", "score")
DARK = wire.problem("dark")

__all__ = ["bench"]


def test_stored_alerted_acknowledged_in_this_order(bench: Bench) -> None:
    order: list[str] = []
    bench.store.on_write = order.append
    bench.say(make_score(one_in=3.0), make_score(seq=2))
    bench.broker.on_publish = lambda message: order.append(message.topic.rsplit("/")[-1])
    bench.step()
    assert order == ["record", "alert", "ack"]
    assert vars(bench.inbox.counters) == vars(module.InboxCounters(scores=2))
    assert bench.alerts.sent == 1


def test_repeats_change_nothing_but_are_acknowledged_again(bench: Bench) -> None:
    bench.say(make_score())
    assert bench.step() == [("alert", 500.0), ("ack", 1)]
    bench.say(make_score(), make_score())
    assert bench.step() == [("ack", 1)]
    assert (bench.inbox.counters.scores, bench.inbox.counters.repeats, bench.alerts.sent) == (1, 2, 1)


def test_with_a_centre_a_score_is_acknowledged_once_both_stores_have_it(bench: Bench) -> None:
    def store_there(upto: int, epoch: str = EPOCH) -> None:
        topic = wire.node_topic("booth", "camera-1", "stored")
        ack = wire.encode(topic, wire.Ack(epoch=epoch, upto=upto))
        bench.node.publish(Publish(topic, ack, 1, is_retained=True))

    bench.start(BoothConfig(centre=True))
    bench.say(make_score(seq=1, one_in=2.0), make_score(seq=2, one_in=2.0))
    assert bench.step() == []
    store_there(1)
    assert bench.step() == [("ack", 1)]
    store_there(4)
    assert bench.step() == [("ack", 2)], "the centre was quicker"
    bench.say(make_score(seq=3, one_in=2.0))
    assert bench.step() == [("ack", 3)]
    store_there(2)
    assert bench.step() == [], "said late by another worker"
    store_there(9, epoch="ffffffff")
    assert bench.step() == []
    bench.say(make_score(seq=3, one_in=2.0))
    assert bench.step() == [], "of another outbox"


def test_a_hole_is_not_acknowledged_over_but_an_announced_gap_is(bench: Bench) -> None:
    bench.say(make_score(seq=1, one_in=2.0), make_score(seq=4, one_in=2.0))
    assert bench.step() == [("ack", 1)]
    bench.say(wire.Gap(node="camera-1", epoch=EPOCH, upto=3, dropped=2))
    assert bench.step() == [("ack", 4)]
    assert bench.inbox.lost == {"camera-1": 2}


def test_late_scores_are_stored_and_counted_never_alerted(bench: Bench) -> None:
    bench.say(make_score(at=wire.to_time(NOW - 61)), make_score(seq=2, at=wire.to_time(NOW - 58)))
    bench.step()
    assert (bench.inbox.counters.scores, bench.inbox.counters.late) == (2, 1)
    assert bench.alerts.sent == 1


def test_early_and_final_alert_once(bench: Bench) -> None:
    bench.say(make_score(seq=1, early=True))
    bench.say(make_score(seq=2, follows=1))
    assert bench.step() == [("alert", 500.0), ("ack", 2)]
    bench.say(make_score(seq=3, follows=1))
    assert bench.step() == [("ack", 3)]


def test_a_final_may_alert_where_the_early_one_did_not(bench: Bench) -> None:
    bench.say(make_score(seq=1, early=True, one_in=50.0))
    bench.say(make_score(seq=2, follows=1, one_in=200.0))
    assert bench.step() == [("alert", 200.0), ("ack", 2)]


def test_an_alert_nobody_heard_is_tried_again_until_it_expires() -> None:
    bench = Bench(with_laptop=False)
    with closing(bench.store):
        bench.say(make_score())
        assert bench.step() == [("ack", 1)]
        bench.join(wire.booth_topic("booth", "alert"))
        assert bench.step() == []
        bench.clock.sleep(active_alerts.AGAIN_S)
        assert bench.step() == [("alert", 500.0)]
        assert bench.step() == []


def test_without_a_laptop_a_new_alert_waits_for_no_answer_about_the_others() -> None:
    """The page shows an alert once the step is over; asking for each of twenty cost it a fifth of a second."""
    bench = Bench(with_laptop=False)
    asked: list[str] = []
    bench.broker.on_publish = lambda message: asked.append(message.topic)
    with closing(bench.store):
        for seq in range(1, 6):
            bench.say(make_score(seq=seq, link=f"{seq:08x}"))
            bench.step()
        assert len(bench.alerts.tracked()) == 5
        assert asked.count(wire.booth_topic("booth", "alert")) == 5
        bench.join(wire.booth_topic("booth", "alert"))
        bench.clock.sleep(active_alerts.AGAIN_S)
        assert len(bench.step()) == 5, "all are sent once somebody listens"


def test_an_alert_nobody_ever_hears_lapses() -> None:
    bench = Bench(with_laptop=False)
    with closing(bench.store):
        bench.say(make_score())
        bench.step()
        bench.clock.sleep(60)
        bench.join(wire.booth_topic("booth", "alert"))
        assert bench.step() == []
        assert bench.alerts.lapsed == 1


def test_a_trend_told_twice_counts_once(bench: Bench) -> None:
    start = wire.to_time(NOW // 900 * 900)
    trend = wire.Trend(node="camera-1", window=start, sightings=9, counts={"colour:upper:black": 7}, withheld=1)
    bench.say(trend, trend)
    bench.inbox.step(0.0)
    assert {cell.words: cell.n for cell in bench.store.cells("worn")} == {"colour:upper:black": 7, "sightings": 9}


def test_what_a_node_counted_is_kept_epoch_by_epoch(bench: Bench) -> None:
    """Replays and older counts change nothing; counts of a new epoch are added, in the same batch too."""
    newest, other = make_counted(101), make_counted(60, "fedcba98")
    hand_in(bench, make_counted(50), is_retained=False)
    hand_in(bench, other)
    hand_in(bench, newest)
    assert bench.step() == []
    hand_in(bench, make_counted(50))
    hand_in(bench, newest)
    bench.step()
    assert bench.store.baselines() == [("camera-1", newest), ("camera-1", other)]
    assert not bench.inbox.refused


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "baseline"),
        (wire.encode(COUNTS, make_counted())[:-1], "baseline"),
        (b"x" * (wire.MAX_BASELINE_BYTES + 1), "too_large"),
        (wire.pack(make_score()), "baseline"),
    ],
)
def test_counts_that_cannot_be_read_are_refused_and_counted(bench: Bench, payload: bytes, reason: str) -> None:
    bench.inbox.receive(Received(COUNTS, payload, is_retained=True))
    bench.step()
    assert bench.inbox.refused == {reason: 1}
    assert bench.store.baselines() == []


def test_counts_on_another_topic_are_too_large(bench: Bench) -> None:
    bench.inbox.receive(Received(SCORE, wire.encode(COUNTS, make_counted()) + bytes(2048), is_retained=False))
    bench.step()
    assert bench.inbox.refused == {"too_large": 1}


def test_counts_outlast_a_store_in_trouble(bench: Bench) -> None:
    def full(method: str) -> None:
        if method == "keep_baseline":
            raise StoreError("the disk is full")

    hand_in(bench, make_counted())
    bench.store.on_write = full
    bench.step()
    assert bench.inbox.trouble == "the disk is full"
    bench.store.on_write = ignore
    bench.step()
    assert bench.store.baselines() == [("camera-1", make_counted())]


class Killed(BaseException):
    """Acts as a SIGKILL: nothing after it runs."""


@pytest.mark.parametrize(
    ("where", "waited_s", "heard"),
    [
        ("alert", 5, [("alert", 500.0), ("ack", 1)]),  # committed, not yet sent: sent when delivered again
        ("alert", 61, [("ack", 1)]),  # as above, but too late by then
        ("ack", 5, [("alert", 500.0), ("ack", 1)]),  # sent but not recorded: the second has the same id
    ],
)
def test_killed_in_between(tmp_path: Path, where: str, waited_s: float, heard: list[Any]) -> None:
    bench = Bench(f"sqlite:///{tmp_path}/booth.sqlite")

    def die(message: Publish) -> None:
        if message.topic.endswith(where):
            raise Killed

    bench.broker.on_publish = die
    bench.say(make_score())
    with pytest.raises(Killed):
        bench.inbox.step(0.0)
    bench.broker.close()
    bench.heard.clear()
    bench.clock.sleep(waited_s)
    bench.start(BoothConfig())
    bench.say(make_score())
    with closing(bench.store):
        assert bench.step() == heard
        bench.say(make_score())
        assert bench.step() == [("ack", 1)]


def test_nothing_is_acknowledged_while_the_store_is_in_trouble(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def full(_method: str) -> None:
        raise StoreError("the disk is full: free some space")

    bench.store.on_write = full
    bench.say(make_score())
    pauses = [bench.inbox.step(0.0) for _ in range(7)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert bench.inbox.trouble == "the disk is full: free some space"
    assert caplog.text.count("nothing is stored or acknowledged") == 1
    assert bench.heard == []
    bench.store.on_write = ignore
    assert bench.step() == [("alert", 500.0), ("ack", 1)]
    assert bench.inbox.trouble == ""


def test_the_queue_is_bounded(bench: Bench) -> None:
    bench.say(*(make_score(seq=seq, one_in=2.0) for seq in range(1, module.QUEUED + 11)))
    assert bench.inbox.counters.overflow == 10
    for _ in range(module.QUEUED // module.BATCH - 1):
        bench.step()
    assert bench.step() == [("ack", module.QUEUED)]


def test_statuses_and_health_reach_the_roster(bench: Bench) -> None:
    bench.say(make_health(problems=[DARK], state="degraded"), make_status())
    bench.step()
    (verdict,) = bench.inbox.roster.node_health()
    assert (verdict.node, verdict.state, verdict.problems) == ("camera-1", "degraded", [DARK.sentence])


def test_too_many_names_are_refused(bench: Bench) -> None:
    bench.say(*(make_health(node=f"camera-{number}") for number in range(250)))
    bench.step()
    bench.step()
    assert (len(bench.inbox.roster.nodes), bench.inbox.refused) == (200, {"too_many_nodes": 50})


def test_a_retained_score_is_refused(bench: Bench) -> None:
    bench.inbox.receive(Received(SCORE, wire.encode(SCORE, make_score()), is_retained=True))
    assert bench.step() == []
    assert bench.inbox.refused == {"retained": 1}


def test_even_a_defect_in_reading_stops_nothing(bench: Bench) -> None:
    bench.inbox.receive(Received(SCORE, cast("bytes", 7), is_retained=False))  # no broker hands on such a payload
    bench.step()
    assert bench.inbox.refused == {"unexpected": 1}
    bench.say(make_score())
    assert bench.step() == [("alert", 500.0), ("ack", 1)]


def test_nothing_of_a_score_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        bench.say(make_score())
        bad = json.loads(wire.pack(make_score())) | {"note": "tall man"}
        bench.inbox.receive(Received(SCORE, json.dumps(bad).encode(), is_retained=False))
        bench.step()
    assert "camera-1/score' (schema); more of this kind" in caplog.text
    assert not [word for word in ("one_in", "orange", "tall", "15:06", EPOCH) if word in caplog.text]


NASTY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from([float("nan"), float("inf"), -1, 0, 1e308, "x" * 3000, [[[]]] * 50]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)
TOPICS = [*(f"spotter/v1/booth/node/camera-1/{leaf}" for leaf in ("ack", "alert", "frame", "")), SCORE.upper()]
WAYS = ("retype", "retype", "drop", "add", "flip", "cut", "swell", "version", "sender", "topic", "confuse")


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a valid message that was damaged in one or two ways."""
    gap = wire.Gap(node="camera-1", epoch=EPOCH, upto=0, dropped=0)
    good: list[wire.Message] = [make_score(), make_score(), make_health(), make_status(), gap]
    message = draw(st.sampled_from(good))
    topic = f"spotter/v1/booth/node/camera-1/{type(message).__name__.lower()}"
    fields = json.loads(wire.pack(message))
    ways = draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=2))
    name = draw(st.sampled_from(sorted(fields)))
    if "retype" in ways:
        fields[name] = draw(NASTY)
    if "drop" in ways:
        del fields[name]
    if "add" in ways:
        fields[draw(st.sampled_from(["embedding", "track_id", "note"]) | st.text(max_size=12))] = draw(NASTY)
    if "version" in ways:
        fields["v"] = draw(st.integers(-3, 9))
    if "sender" in ways:
        fields["node"] = draw(st.sampled_from(["camera-2", "Camera", "+", "#", "camera-1\n"]))
    if "topic" in ways:
        topic = draw(st.sampled_from(TOPICS) | st.text(max_size=40))
    if "confuse" in ways:
        topic = draw(st.sampled_from([f"spotter/v1/booth/node/camera-1/{leaf}" for leaf in ("score", "gap", "health")]))
    payload = bytearray(json.dumps(fields).encode())
    if "flip" in ways:
        payload[draw(st.integers(0, len(payload) - 1))] ^= draw(st.integers(1, 255))
    if "cut" in ways:
        del payload[draw(st.integers(0, len(payload) - 1)) :]
    return topic, bytes(payload) * (6 if "swell" in ways else 1)


def _is_good(topic: str, payload: bytes) -> bool:
    try:
        address, message = wire.decode(topic, payload)
    except WireError:
        return False
    return address.node is not None and address.site == "booth" and not isinstance(message, wire.Alert)


def test_a_thousand_spoilt_messages() -> None:
    """Each is valid after all, or refused and counted; a valid one afterwards still passes."""
    bench = Bench()
    seqs = itertools.count(1)

    @settings(max_examples=1000, suppress_health_check=list(HealthCheck))
    @given(mutations())
    def spoil(mutation: tuple[str, bytes]) -> None:
        refused, counts = bench.inbox.refused.total(), bench.inbox.counters
        handled = counts.scores + counts.repeats
        bench.inbox.receive(Received(*mutation, is_retained=False))
        assert bench.inbox.step(0.0) == 0.0
        assert bench.inbox.refused.total() - refused == (0 if _is_good(*mutation) else 1)
        bench.heard.clear()
        seq = next(seqs)
        bench.say(make_score(node="camera-9", epoch="99999999", seq=seq, one_in=2.0))
        assert bench.step() == [("ack", seq)]
        assert counts.scores + counts.repeats > handled

    with closing(bench.store):
        spoil()
        print(f"{next(seqs) - 1} spoilt, refused {dict(bench.inbox.refused)}")
        assert "unexpected" not in bench.inbox.refused
        assert {"schema", "not_json", "topic", "too_large", "version"} <= bench.inbox.refused.keys()
        assert bench.store.refusals() == dict(bench.inbox.refused)
