"""A real node on the simulated street, killed with SIGKILL while the broker is away: it loses no score."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.brokers import Mosquitto, wait_for
from tests.programs import Program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.requires_broker,
    pytest.mark.timeout(400),
]
OUTAGE_S = float(os.environ.get("SPOTTER_OUTAGE_S", "10"))


def issued(outbox: Path) -> int:
    """Return the number of issued scores; 0 until the node has made the file with its tables and counters."""
    try:
        with closing(sqlite3.connect(f"file:{outbox}?mode=ro", uri=True)) as db:
            row = db.execute("SELECT issued FROM counters").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(row[0]) if row else 0


def test_a_killed_node_and_an_absent_broker_lose_nothing(
    make_mosquitto: Callable[..., Mosquitto], start: Callable[..., Program], tmp_path: Path
) -> None:
    broker, store, state = make_mosquitto(), tmp_path / "booth.sqlite", tmp_path / "state"
    outbox = state / "outbox.sqlite"
    (tmp_path / "booth.yaml").write_text(f"store: sqlite:///{store}\npage_port: 0\nbroker: {{port: {broker.port}}}\n")
    (tmp_path / "node.yaml").write_text(
        f"state: {state}\nbroker: {{port: {broker.port}}}\nframe: {{source: 'street:7?rate=40&fps=6', pace: fast}}\n"
    )
    booth = start("-m", "edge.cli", "booth", "--config", str(tmp_path / "booth.yaml"))
    node = start("-m", "edge.cli", "node", "--config", str(tmp_path / "node.yaml"))
    wait_for(lambda: issued(outbox) >= 10, 60, "ten scores")
    broker.kill()
    time.sleep(OUTAGE_S / 2)
    node.kill()
    before = issued(outbox)
    node.start()
    time.sleep(OUTAGE_S / 2)
    broker.start()
    wait_for(lambda: issued(outbox) >= before + 10, 60, "ten more scores")
    node.end()
    assert node.process.returncode == 0
    booth.end()
    with closing(sqlite3.connect(outbox)) as db:
        epoch, count, floor, dropped = db.execute("SELECT epoch, issued, floor, dropped FROM counters").fetchone()
    with closing(sqlite3.connect(store)) as db:
        stored = [row[0] for row in db.execute("SELECT seq FROM scores WHERE epoch = ? ORDER BY seq", (epoch,))]
    print(f"issued {count}, stored {len(stored)}, doubled {len(stored) - len(set(stored))}, waiting {count - floor}")
    assert stored == list(range(1, count + 1))
    assert (floor, dropped) == (count, 0)
