"""Clocks that are set while the booth runs: nothing hangs, floods or is lost, and the page says what happened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge import wire
from edge.booth.page.snapshot import Snapshot
from edge.booth.run import SAID_S, Booth
from edge.config import AlertSection, BoothConfig
from edge.fakes import InProcessBroker
from edge.seams import Publish
from edge.store.store import SqlStore
from tests.fakes import FakeClock
from tests.messages import NOW, make_health, make_score

HOUR_S, DAY_S = 3600.0, 86_400.0
JUMPS = pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
BUDGET = BoothConfig(alert=AlertSection(per_hour=12, max_open=3, one_in=10.0))


class Site:
    """A booth in memory, nodes with the right time, and a laptop that listens."""

    def __init__(self, path: Path, config: BoothConfig = BUDGET) -> None:
        self.path = path
        self.hub, self.clock, self.store = InProcessBroker(), FakeClock(NOW), SqlStore(f"sqlite:///{path}")
        self.node, self.laptop = self.hub.client(), self.hub.client()
        self.heard: list[Any] = []
        """Alerts."""
        self.node.connect(will=None, births=tuple, subscriptions=(), on_message=print)
        self.laptop.connect(
            will=None,
            births=tuple,
            subscriptions=[wire.booth_topic("booth", "alert")],
            on_message=lambda message: self.heard.append(wire.decode(message.topic, message.payload)[1]),
        )
        self.booth = Booth(config, self.hub.client(), self.store, self.clock)
        self.booth.connect()
        self.right_s = 0.0
        """Seconds that the booth's clock is behind the right time."""
        self._seqs = iter(range(1, 10_000))

    def say(self, *messages: wire.Score | wire.Health) -> Snapshot:
        for message in messages:
            topic = wire.node_topic("booth", message.node, type(message).__name__.lower())
            self.node.publish(Publish(topic, wire.encode(topic, message), 1, is_retained=False))
        return self.step()

    def step(self, pass_s: float = 1.0) -> Snapshot:
        self.clock.sleep(pass_s)
        assert self.booth.step(0.0) == 0.0
        return self.booth.snapshot()

    def time(self, ahead_s: float = 0.0) -> str:
        return wire.to_time(self.clock.now() + self.right_s + ahead_s)

    def sight(self, ahead_s: float = 0.0, one_in: float = 1000.0) -> Snapshot:
        return self.say(make_score(seq=next(self._seqs), at=self.time(ahead_s), one_in=one_in))

    def beat(self, *ahead_s: float) -> Snapshot:
        return self.say(
            *(make_health(node=f"camera-{i}", at=self.time(ahead)) for i, ahead in enumerate(ahead_s, start=1))
        )

    def jump(self, by_s: float) -> None:
        """Set the booth's clock alone."""
        self.clock.time += by_s
        self.right_s -= by_s

    def rows(self) -> int:
        """Return the number of sightings in the store."""
        with closing(sqlite3.connect(self.path)) as db:
            return int(db.execute("SELECT count(*) FROM scores").fetchone()[0])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "booth.sqlite")
    with closing(made.store):
        yield made


@JUMPS
def test_open_and_claimed_alerts_last_as_long_as_they_would_have(site: Site, jump_s: float) -> None:
    site.sight()
    site.jump(jump_s)
    (view,) = site.step(9).alerts
    assert view.state == "open"
    assert 45 < view.left_s < 51
    feedback = wire.Feedback(id=view.alert.id, outcome="claimed", at=site.time(), who="laptop-1")
    topic = wire.booth_topic("booth", "feedback")
    site.node.publish(Publish(topic, wire.encode(topic, feedback), 1, is_retained=False))
    site.step(300)
    (view,) = site.booth.snapshot().alerts
    assert view.state == "claimed"
    site.node.publish(
        Publish(topic, wire.encode(topic, feedback).replace(b"claimed", b"greeted"), 1, is_retained=False)
    )
    outcomes = site.step(30).outcomes
    assert outcomes is not None
    assert outcomes.greet_s == pytest.approx(342, abs=2)


@JUMPS
def test_an_alert_lapses_once_and_in_time(site: Site, jump_s: float) -> None:
    site.sight()
    site.jump(jump_s)
    site.step(55)
    assert [alert.state for alert in site.heard] == ["open"]
    for _ in range(5):
        site.step(10)
    assert [alert.state for alert in site.heard] == ["open", "lapsed"]


@JUMPS
def test_nothing_true_is_deleted_and_nothing_is_kept_longer(site: Site, jump_s: float) -> None:
    site.sight()
    site.step(HOUR_S)
    site.jump(jump_s)
    site.right_s = 0.0
    site.step()
    site.sight()
    for _ in range(22):
        site.step(HOUR_S)
    assert site.rows() == 2
    site.step(HOUR_S)
    site.step(HOUR_S)
    assert site.rows() == 1, "the first one's day is over, the second one's is not"


@JUMPS
def test_no_flood_and_no_silence_once_all_clocks_agree_again(site: Site, jump_s: float) -> None:
    """The budget continues as before: the jump adds no time and removes none."""
    for _ in range(30):
        site.sight(one_in=10.0)
    before = len(site.heard)
    site.jump(jump_s)
    for _ in range(50):
        site.sight()
    assert len(site.heard) == before, "by these clocks nobody knows how old that is"
    site.right_s = 0.0
    site.heard.clear()
    alerts = 0
    for _ in range(240):
        site.step(14)
        site.sight()
        alerts = sum(alert.state == "open" for alert in site.heard)
    assert 6 <= alerts <= 18


@JUMPS
def test_the_page_says_what_happened(site: Site, jump_s: float) -> None:
    site.beat(0.0, 0.0)
    assert site.booth.snapshot().clock == ""
    site.jump(jump_s)
    site.step()
    way = "forward" if jump_s > 0 else "back"
    assert f"This machine's clock was set {way} by 24 h, to {wire.to_time(site.clock.now())}" in (
        site.booth.snapshot().clock
    )
    snapshot = site.beat(0.0, 0.0)
    other = "behind" if jump_s < 0 else "ahead of"
    assert f"This machine's clock is 24 h {other} all cameras' clocks" in snapshot.clock
    assert all(f"its clock is 24 h {'behind' if jump_s > 0 else 'ahead of'}" in v.problems[0] for v in snapshot.nodes)
    site.right_s = 0.0
    assert "all cameras" not in site.beat(0.0, 0.0).clock
    site.step(SAID_S)
    assert site.booth.snapshot().clock == ""


def test_a_clock_that_is_set_by_seconds_is_not_mentioned(site: Site) -> None:
    for by_s in (20.0, -50.0, 40.0):
        site.jump(by_s)
        site.step()
    assert site.booth.snapshot().clock == ""


@pytest.mark.parametrize("ahead_s", [3 * 3600.0, -3 * 3600.0])
def test_a_node_with_a_wrong_clock_is_stored_counted_said_and_never_alerted_late(site: Site, ahead_s: float) -> None:
    site.beat(ahead_s)
    snapshot = site.sight(ahead_s=ahead_s - 7200)
    site.sight(ahead_s=ahead_s)
    assert site.heard == []
    assert "its clock is 3 h" in snapshot.nodes[0].problems[0]
    counts = site.booth.snapshot().counts
    assert (counts["scores"], counts["late"]) == (2, 2)


@JUMPS
def test_traffic_is_counted_anew(site: Site, jump_s: float) -> None:
    site.sight()
    site.jump(jump_s)
    site.sight()
    budget = site.step().budget
    assert budget is not None
    assert budget.traffic_per_h == 1
