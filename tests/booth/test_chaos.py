"""Broker, node and booth killed at random moments: every score ends in the store exactly once."""

import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge.sealing import make_pair
from tests.brokers import Mosquitto
from tests.programs import Program

pytestmark = [pytest.mark.requires_broker, pytest.mark.timeout(400)]

COUNT, RATE = 1500, 250
OUTAGE_S = float(os.environ.get("SPOTTER_OUTAGE_S", "3"))
"""Seconds that the broker stays away; 60 for the acceptance test."""


def settings(folder: Path, port: int) -> str:
    """Return booth.yaml; what the node leaves on its disk is sealed to this booth."""
    for name, content in zip(("outbox.key", "outbox.pub"), make_pair(), strict=True):
        (folder / name).write_bytes(content)
    return (
        f"store: sqlite:///{folder}/booth.sqlite\npage_port: 0\nbroker: {{port: {port}}}\n"
        f"outbox_key: {folder}/outbox.key\n"
    )


@pytest.mark.parametrize(
    "with_defaults",
    [pytest.param(False, id="booth settings"), pytest.param(True, id="mosquitto defaults", marks=pytest.mark.slow)],
)
def test_nothing_is_lost_or_doubled(
    make_mosquitto: Callable[..., Mosquitto], start: Callable[..., Program], tmp_path: Path, *, with_defaults: bool
) -> None:
    broker = make_mosquitto(with_defaults=with_defaults)
    store, outbox, config = tmp_path / "booth.sqlite", tmp_path / "outbox.sqlite", tmp_path / "booth.yaml"
    config.write_text(settings(tmp_path, broker.port))
    booth = start("-m", "edge.cli", "booth", "--config", str(config))
    node = start("tests/chaos_node.py", str(outbox), str(broker.port), str(COUNT), str(RATE))

    time.sleep(1.5)
    node.kill()
    node.start()
    time.sleep(1)
    broker.kill()
    outage_ends = time.monotonic() + OUTAGE_S
    time.sleep(OUTAGE_S / 4)
    booth.kill()
    node.kill()
    node.start()
    booth.start()
    time.sleep(max(0.0, outage_ends - time.monotonic()))
    broker.start()
    time.sleep(1)
    booth.kill()
    booth.start()

    all_stored_once(node, booth, outbox, store, COUNT)


@pytest.mark.slow
def test_seventeen_kills_at_random_moments(
    make_mosquitto: Callable[..., Mosquitto], start: Callable[..., Program], tmp_path: Path
) -> None:
    """Kill the broker five times, the booth five and the node seven, under load and with mosquitto's defaults."""
    broker, rng = make_mosquitto(with_defaults=True), random.Random(17)
    store, outbox, config = tmp_path / "booth.sqlite", tmp_path / "outbox.sqlite", tmp_path / "booth.yaml"
    config.write_text(settings(tmp_path, broker.port))
    booth = start("-m", "edge.cli", "booth", "--config", str(config))
    count = 12_000
    node = start("tests/chaos_node.py", str(outbox), str(broker.port), str(count), str(RATE))
    victims: list[Mosquitto | Program] = [broker] * 5 + [booth] * 5 + [node] * 7
    rng.shuffle(victims)
    for victim in victims:
        time.sleep(rng.uniform(0.5, 3.0))
        victim.kill()
        time.sleep(rng.uniform(0.0, 1.0))
        victim.start()
    all_stored_once(node, booth, outbox, store, count)


def all_stored_once(node: Program, booth: Program, outbox: Path, store: Path, count: int) -> None:
    """Check, once the node has ended, that every score it issued is in the store exactly once."""
    assert node.process.wait(120) == 0, "the node ends only when its outbox is empty"
    booth.end()
    assert booth.process.returncode == 0
    with closing(sqlite3.connect(outbox)) as db:
        epoch, issued, floor, dropped = db.execute("SELECT * FROM counters").fetchone()
    with closing(sqlite3.connect(store)) as db:
        stored = [seq for (seq,) in db.execute("SELECT seq FROM scores WHERE epoch = ? ORDER BY seq", (epoch,))]
        others = db.execute("SELECT count(*) FROM scores WHERE epoch != ?", (epoch,)).fetchone()[0]
    kinds = len(set(stored))
    print(f"issued {issued}, stored {len(stored)}, lost {issued - kinds}, doubled {len(stored) - kinds}")
    assert (issued, floor, dropped, others) == (count, count, 0, 0)
    assert stored == list(range(1, issued + 1))
