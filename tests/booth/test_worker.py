"""Workers share the load, keep sites apart, and acknowledge on each site's own topic."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge import wire
from edge.booth import worker as module
from edge.booth.worker import Worker
from edge.config import BrokerSection, WorkerConfig
from edge.message.mqtt import MqttBroker
from edge.seams import Publish, Received
from edge.store.store import SqlStore
from tests.brokers import Mosquitto, wait_for
from tests.fakes import FakeClock
from tests.messages import EPOCH, NOW, make_score

pytestmark = pytest.mark.requires_broker


class Bench:
    """Workers on one store, each stepped by hand, and two sites that send and listen."""

    def __init__(self, port: int, url: str) -> None:
        self._section = BrokerSection(port=port)
        self._stores: list[SqlStore] = []
        self._brokers: list[MqttBroker] = []
        self.url, self.clock = url, FakeClock(NOW)
        self.heard: list[Received] = []
        self.sites = self._join("sites")
        self.sites.connect(
            will=None,
            births=tuple,
            subscriptions=[wire.node_topic("+", "+", "stored"), wire.booth_topic("+", "alert")],
            on_message=self.heard.append,
        )
        wait_for(lambda: self.sites.is_connected)

    def _join(self, name: str) -> MqttBroker:
        self._brokers.append(MqttBroker(self._section, name))
        return self._brokers[-1]

    def worker(self, name: str) -> tuple[Worker, MqttBroker]:
        self._stores.append(SqlStore(self.url))
        broker = self._join(name)
        made = Worker(WorkerConfig(group="workers"), broker, self._stores[-1], self.clock)
        made.connect()
        wait_for(lambda: self.say("probe", 1, leaf="trend") and made._queue.qsize(), what="a subscription")
        return made, broker

    def say(self, site: str, seq: int, *, leaf: str = "score", node: str = "camera-1") -> bool:
        payload = wire.pack(make_score(seq=seq, node=node))
        return self.sites.publish(Publish(wire.node_topic(site, node, leaf), payload, 1, is_retained=False))

    def stored(self) -> dict[str, int]:
        """Return the highest acknowledgement of each site: those of two workers may overtake each other."""
        found = [(m.topic.split("/")[2], wire.decode(*m[:2])[1]) for m in self.heard]
        acks = [(ack.upto, site) for site, ack in found if isinstance(ack, wire.Ack)]
        return {site: upto for upto, site in sorted(acks)}

    def close(self) -> None:
        for broker in self._brokers:
            broker.close()
        for store in self._stores:
            store.close()


@pytest.fixture
def bench(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Bench]:
    with closing(Bench(mosquitto.port, f"sqlite:///{tmp_path}/centre.sqlite")) as made:
        yield made


def until(*workers: Worker) -> Callable[[Callable[[], object]], None]:
    """Return a function that steps all workers until a condition holds."""

    def wait(condition: Callable[[], object]) -> None:
        wait_for(lambda: all(not worker.step(0.0) for worker in workers) and condition())

    return wait


def test_two_workers_share_and_sites_stay_apart(bench: Bench, tmp_path: Path) -> None:
    one, _ = bench.worker("one")
    other, _ = bench.worker("other")
    for seq in range(1, 21):
        assert bench.say("soho", seq)
        assert seq > 10 or bench.say("mitte", seq)
    until(one, other)(lambda: bench.stored() == {"soho": 20, "mitte": 10})
    shares = [sum(worker.stored.values()) for worker in (one, other)]
    assert (sum(shares), min(shares) > 5) == (30, True)
    assert not [m for m in bench.heard if m.topic.endswith("alert")], "a worker decides on nobody"
    with closing(sqlite3.connect(tmp_path / "centre.sqlite")) as db:
        rows = db.execute("SELECT site, node, epoch, upto FROM cursors ORDER BY site").fetchall()
        people = db.execute("SELECT count(*) FROM cells WHERE words = 'people'").fetchone()
    assert rows == [("mitte", "camera-1", EPOCH, 10), ("soho", "camera-1", EPOCH, 20)]
    assert people == (0,), "who hears of half of all sightings cannot count people"


def test_the_group_goes_on_without_one_that_died(bench: Bench) -> None:
    one, broker = bench.worker("one")
    other, _ = bench.worker("other")
    broker.close()
    assert bench.say("soho", 1), "it may have been handed to the one that leaves, so its node sends it again"
    for seq in range(1, 11):
        bench.say("soho", seq)
    until(other)(lambda: bench.stored() == {"soho": 10})
    assert one.stored == {}


def test_what_cannot_be_served_is_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, _ = bench.worker("one")
    until(worker)(lambda: True)
    monkeypatch.setattr(module, "MOST_SITES", 2)
    bench.say("soho", 1)
    until(worker)(lambda: bench.stored() == {"soho": 1})
    bench.say("mitte", 1)
    bench.sites.publish(Publish("spotter/v1/not a site/node/camera-1/score", b"{}", 1, is_retained=False))
    until(worker)(lambda: worker.refused == {"too_many_sites": 1, "topic": 1})
    assert set(worker.stored) == {"probe", "soho"}


def test_nothing_is_said_to_be_stored_while_the_store_is_held(bench: Bench, tmp_path: Path) -> None:
    worker, _ = bench.worker("one")
    bench.say("soho", 1)
    until(worker)(lambda: bench.stored() == {"soho": 1})
    with worker._store.database.transaction() as db:
        db.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(tmp_path / "centre.sqlite", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        bench.say("soho", 2)
        bench.say("mitte", 1)
        wait_for(lambda: worker.step(0.0) > 0)
        assert bench.stored() == {"soho": 1}
        holder.execute("ROLLBACK")
    wait_for(lambda: worker.step(0.0) == 0)
    bench.say("mitte", 1)  # its node sends it again
    until(worker)(lambda: bench.stored() == {"soho": 2, "mitte": 1})
