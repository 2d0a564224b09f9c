"""The store keeps each score once, moves its cursors only over what is there, and keeps no fine time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import store as module
from edge import wire
from edge.errors import StoreError
from edge.store import Key, Source, SqlStore, alerts, cursors, scores
from tests.messages import EPOCH, NOW, make_score

CAMERA = Source("camera-1", EPOCH)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "booth.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{path}")) as opened:
        yield opened


def rows(store: SqlStore, table: sa.Table) -> list[dict[str, object]]:
    with store._engine.connect() as db:
        return [dict(row) for row in db.execute(sa.select(table)).mappings()]


def put(store: SqlStore, *seqs: int, due: dict[Key, str] | None = None) -> module.Recorded:
    return store.record([make_score(seq=seq) for seq in seqs], [], due or {}, {}, now=NOW)


def gap(upto: int, dropped: int = 0) -> wire.Gap:
    return wire.Gap(node="camera-1", epoch=EPOCH, upto=upto, dropped=dropped)


def test_once_each(store: SqlStore) -> None:
    assert put(store, 1, 2, 2).new == {Key("camera-1", EPOCH, 1), Key("camera-1", EPOCH, 2)}
    assert put(store, 2, 3).new == {Key("camera-1", EPOCH, 3)}
    assert [row["seq"] for row in rows(store, scores)] == [1, 2, 3]


def test_cursor_stops_at_holes(store: SqlStore) -> None:
    assert put(store, 2, 3).upto == {CAMERA: 0}
    assert put(store, 5).upto == {CAMERA: 0}
    assert put(store, 1).upto == {CAMERA: 3}
    assert put(store, 4).upto == {CAMERA: 5}
    assert put(store, 4).upto == {CAMERA: 5}


def test_cursor_passes_announced_gaps(store: SqlStore) -> None:
    put(store, 6)
    assert store.record([], [gap(5, dropped=4)], {}, {}, now=NOW).upto == {CAMERA: 6}
    assert store.record([], [gap(2, dropped=1)], {}, {}, now=NOW).upto == {CAMERA: 6}
    (row,) = rows(store, cursors)
    assert (row["floor"], row["dropped"], row["upto"]) == (5, 4, 6)


def test_long_runs_are_walked_in_pieces(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WALK", 10)
    put(store, *range(2, 40))
    assert put(store, 1).upto == {CAMERA: 10}
    assert [put(store, 1).upto[CAMERA] for _ in range(3)] == [20, 30, 39]


def test_nodes_and_epochs_do_not_mix(store: SqlStore) -> None:
    batch = [make_score(), make_score(node="camera-2"), make_score(epoch="ffffffff", seq=2)]
    upto = store.record(batch, [], {}, {}, now=NOW).upto
    assert upto == {CAMERA: 1, Source("camera-2", EPOCH): 1, Source("camera-1", "ffffffff"): 0}


def test_nothing_finer_than_the_window_is_stored(store: SqlStore, path: Path) -> None:
    put(store, 1, due={Key("camera-1", EPOCH, 1): "aaaaaaaa"})
    (score,) = rows(store, scores)
    (alert,) = rows(store, alerts)
    assert score["window"] == alert["window"] == NOW // 900 * 900
    assert not {"at", "link"} & (score.keys() | alert.keys())
    content = path.read_bytes() + path.with_name("booth.sqlite-wal").read_bytes()
    assert b"2025-06-15T" not in content
    assert b"89abcdef" not in content.replace(EPOCH.encode(), b"")


def test_a_clock_ahead_does_not_outlive_the_retention(store: SqlStore) -> None:
    store.record([make_score(at="2999-01-01T00:00:00Z")], [], {}, {}, now=NOW)
    assert store.purge(NOW + 900) == 1


def test_alerts_are_pending_until_settled(store: SqlStore) -> None:
    due = {Key("camera-1", EPOCH, 1): "aaaaaaaa"}
    assert put(store, 1, 2, due=due).pending == {"aaaaaaaa"}
    assert put(store, 1, due=due).pending == {"aaaaaaaa"}, "delivered again before it was sent"
    store.settle("aaaaaaaa", "sent")
    assert put(store, 1, due=due).pending == set()
    assert [row["state"] for row in rows(store, alerts)] == ["sent"]


def test_pending_alerts_lapse(store: SqlStore) -> None:
    put(store, 1, due={Key("camera-1", EPOCH, 1): "aaaaaaaa"})
    assert store.lapse(NOW) == 0
    assert store.lapse(NOW + 900) == 1
    assert put(store, 1, due={Key("camera-1", EPOCH, 1): "aaaaaaaa"}).pending == set()


def test_purged_scores_do_not_come_back(store: SqlStore) -> None:
    put(store, 1, 2, 3)
    assert store.purge(NOW) == 0
    assert store.purge(NOW + 900) == 3
    assert put(store, 2, 3, 4).new == {Key("camera-1", EPOCH, 4)}


def test_refusals_add_up(store: SqlStore, path: Path) -> None:
    store.record([], [], {}, {"schema": 2}, now=NOW)
    store.record([], [], {}, {"schema": 1, "version": 1}, now=NOW)
    with closing(SqlStore(f"sqlite:///{path}")) as again:
        assert again.refusals() == {"schema": 3, "version": 1}


def test_locked_full_and_damaged_are_said(
    store: SqlStore, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(store, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        with store._engine.connect() as db:
            db.exec_driver_sql("PRAGMA busy_timeout = 50")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="second booth running"):
            put(store, 2)
        holder.execute("ROLLBACK")
    with store._engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="disk is full"):
        put(store, *range(2, 200))
    with store._engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert put(store, 2).upto == {CAMERA: 2}, "whole or not at all"
    (tmp_path / "text").write_text("no database " * 500)
    with pytest.raises(StoreError, match="another kind of file"):
        SqlStore(f"sqlite:///{tmp_path}/text")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no usable SQLAlchemy URL"),
        ("sqlite:////nowhere/at/all/booth.sqlite", "folder exists"),
        ("mysql://host/db", "store"),
        ("postgresql://host/db", "no usable SQLAlchemy URL"),
    ],
)
def test_bad_urls_are_said(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        SqlStore(url)


def test_the_sql_is_portable() -> None:
    dialect = sa.dialects.postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in module.tables.sorted_tables:
        assert "CREATE TABLE" in str(sa.schema.CreateTable(table).compile(dialect=dialect))
        statement = module.postgresql.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        assert "ON CONFLICT DO NOTHING RETURNING" in str(statement.compile(dialect=dialect))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(1, 12), max_size=6), max_size=8))
def test_any_order_of_delivery(batches: list[list[int]]) -> None:
    with closing(SqlStore("sqlite://")) as store:
        seen: set[int] = set()
        for batch in batches:
            recorded = put(store, *batch)
            assert {found.seq for found in recorded.new} == set(batch) - seen
            seen |= set(batch)
            expected = next(n for n in range(14) if n + 1 not in seen)
            assert not batch or recorded.upto == {CAMERA: expected}
