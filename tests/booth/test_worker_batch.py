"""A worker stores what all sites sent in one transaction; what cannot be stored costs no other site anything."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from edge import wire
from edge.booth.worker import Worker
from edge.config import WorkerConfig
from edge.errors import StoreError
from edge.fakes import InProcessBroker
from edge.seams import Received
from edge.store.store import Recorded, SiteBatch, SqlStore
from tests.fakes import FakeClock, WatchedBroker
from tests.messages import NOW, make_score

SITES = [f"site-{number}" for number in range(20)]


class Failing(SqlStore):
    """Cannot store what one node sends; or nothing at all."""

    is_away = False

    def record_sites(self, batches: Mapping[str, SiteBatch], *rest: Any, **options: Any) -> dict[str, Recorded]:
        if self.is_away:
            raise StoreError("away")
        if any(score.node == "bad" for batch in batches.values() for score in batch.scores):
            raise OverflowError("a defect")
        return super().record_sites(batches, *rest, **options)


class Bench:
    def __init__(self) -> None:
        self.store, self.broker = Failing("sqlite://"), WatchedBroker(InProcessBroker())
        self.worker = Worker(WorkerConfig(group="workers"), self.broker, self.store, FakeClock(NOW))
        self.worker.step(0.0)

    def hear(self, site: str, seq: int, node: str = "camera-1") -> None:
        payload = wire.pack(make_score(node=node, seq=seq))
        self.worker._receive(Received(wire.node_topic(site, node, "score"), payload, is_retained=False))


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    with closing(made.store):
        yield made


def test_all_sites_share_one_commit(bench: Bench) -> None:
    for seq in (1, 2):
        for site in SITES:
            bench.hear(site, seq)
    bench.worker.step(0.0)
    commits: list[object] = []
    sa.event.listen(bench.store.database._engine, "commit", commits.append)
    for site in SITES:
        bench.hear(site, 3)
    assert bench.worker.step(0.0) == 0
    assert bench.worker.stored == dict.fromkeys(sorted(SITES), 3)
    assert len(commits) == 1


def test_a_score_that_cannot_be_stored_costs_no_other(bench: Bench) -> None:
    bench.hear("soho", 1, "bad")
    for site in ("soho", "mitte"):
        bench.hear(site, 1)
    assert bench.worker.step(0.0) == 0
    assert bench.worker.stored == {"mitte": 1, "soho": 1}
    bench.hear("mitte", 2)
    bench.worker.step(0.0)
    assert bench.worker.stored["mitte"] == 2, "and it is not tried for ever"


def test_while_the_store_is_away_everything_waits(bench: Bench) -> None:
    bench.store.is_away = True
    for site in ("soho", "mitte"):
        bench.hear(site, 1)
    assert bench.worker.step(0.0) > 0
    assert bench.worker.trouble == "away"
    bench.hear("soho", 2)
    bench.store.is_away = False
    for _ in range(2):
        assert bench.worker.step(0.0) == 0
    assert bench.worker.stored == {"mitte": 1, "soho": 2}
