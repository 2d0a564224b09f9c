"""What was purged is in neither of SQLite's files: not while the booth runs, not after it was killed."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge import wire
from edge.errors import StoreError
from edge.store.store import SqlStore
from tests.messages import NOW, make_score
from tests.store.stores import nobody

OLD = b"colour:upper:purple"
KILLED = """
import os, signal, sys
from edge.store.store import SqlStore
from edge.store.tables import scores
store = SqlStore(sys.argv[1])
with store.database.transaction() as db:
    db.execute(scores.delete())
os.kill(os.getpid(), signal.SIGKILL)
"""
"""A booth whose power fails after it has deleted, before it has emptied the log."""


def fill(store: SqlStore, batches: int = 10) -> None:
    for batch in range(batches):
        seqs = range(20 * batch + 1, 20 * batch + 21)
        reasons = [wire.Reason(OLD.decode(), 9)]
        store.record([make_score(seq=seq, reasons=reasons) for seq in seqs], [], nobody, {}, now=NOW)


def remains(path: Path) -> int:
    return sum(file.read_bytes().count(OLD) for file in path.parent.glob(path.name + "*"))


def test_a_purge_leaves_nothing_in_the_files(path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{path}")) as store:
        fill(store)
        assert remains(path) >= 200, "the check would not find it"
        assert store.purge(NOW + 900) == 200
        assert remains(path) == 0


def test_nor_after_a_kill(path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{path}")) as store, closing(sqlite3.connect(path)):
        fill(store)
    done = subprocess.run([sys.executable, "-c", KILLED, f"sqlite:///{path}"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert remains(path) > 0, "the log was left over"
    with closing(SqlStore(f"sqlite:///{path}")) as store:
        assert store.purge(NOW + 900) == 0, "as the booth does at its start"
        assert remains(path) == 0


def test_a_reader_that_keeps_the_log_is_said_and_the_next_purge_empties_it(path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{path}")) as store, closing(sqlite3.connect(path)) as reader:
        fill(store)
        with store.database.transaction() as db:
            db.exec_driver_sql("PRAGMA busy_timeout = 50")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM scores").fetchall()
        with pytest.raises(StoreError, match="another program reads the store"):
            store.purge(NOW + 900)
        reader.execute("ROLLBACK")
        store.purge(NOW + 900)
        assert remains(path) == 0
