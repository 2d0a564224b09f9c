"""The store keeps each score once, moves its cursors only over stored rows, and keeps no exact times."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import wire
from edge.errors import StoreError
from edge.store import store as module
from edge.store.store import EVERYWHERE, WALK, Decision, Source, SqlStore
from edge.store.tables import alerts, cells, cursors, scores
from tests.messages import EPOCH, NOW, make_score
from tests.store.stores import CAMERA, counted, nobody, put, rows


def gap(upto: int, dropped: int = 0) -> wire.Gap:
    return wire.Gap(node="camera-1", epoch=EPOCH, upto=upto, dropped=dropped)


def test_once_each(store: SqlStore) -> None:
    assert put(store, 1, 2, 2).new == {wire.ScoreKey("camera-1", EPOCH, 1), wire.ScoreKey("camera-1", EPOCH, 2)}
    assert put(store, 2, 3).new == {wire.ScoreKey("camera-1", EPOCH, 3)}
    assert [row["seq"] for row in rows(store, scores)] == [1, 2, 3]


def test_cursor_stops_at_holes(store: SqlStore) -> None:
    assert put(store, 2, 3).upto == {CAMERA: 0}
    assert put(store, 5).upto == {CAMERA: 0}
    assert put(store, 1).upto == {CAMERA: 3}
    assert put(store, 4).upto == {CAMERA: 5}
    assert put(store, 4).upto == {CAMERA: 5}


def test_cursor_passes_announced_gaps(store: SqlStore) -> None:
    put(store, 6)
    assert store.record([], [gap(5, dropped=4)], nobody, {}, now=NOW).upto == {CAMERA: 6}
    assert store.record([], [gap(2, dropped=1)], nobody, {}, now=NOW).upto == {CAMERA: 6}
    (row,) = rows(store, cursors)
    assert (row["floor"], row["dropped"], row["upto"]) == (5, 4, 6)


def test_long_runs_are_walked_in_pieces(store: SqlStore) -> None:
    put(store, *range(2, 2 * WALK + 500))
    assert put(store, 1).upto == {CAMERA: WALK}
    assert [put(store, 1).upto[CAMERA] for _ in range(2)] == [2 * WALK, 2 * WALK + 499]


def test_nodes_and_epochs_do_not_mix(store: SqlStore) -> None:
    batch = [make_score(), make_score(node="camera-2"), make_score(epoch="ffffffff", seq=2)]
    upto = store.record(batch, [], nobody, {}, now=NOW).upto
    assert upto == {CAMERA: 1, Source("camera-2", EPOCH): 1, Source("camera-1", "ffffffff"): 0}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_finer_than_the_window_is_stored(store: SqlStore, path: Path) -> None:
    put(store, 1, due={wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"})
    (score,) = rows(store, scores)
    (alert,) = rows(store, alerts)
    assert score["window"] == alert["window"] == NOW // 900 * 900
    assert not {"at", "link"} & (score.keys() | alert.keys())
    content = path.read_bytes() + path.with_name("booth.sqlite-wal").read_bytes()
    assert b"2025-06-15T" not in content
    assert b"89abcdef" not in content.replace(EPOCH.encode(), b"")


def test_a_clock_ahead_does_not_outlive_the_retention(store: SqlStore) -> None:
    store.record([make_score(at="2999-01-01T00:00:00Z")], [], nobody, {}, now=NOW)
    assert store.purge(NOW + 900) == 1


def test_alerts_are_pending_until_settled(store: SqlStore) -> None:
    due = {wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"}
    waiting = {wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"}
    assert put(store, 1, 2, due=due).pending == waiting
    assert put(store, 1).pending == waiting, "delivered again before it was sent"
    store.settle("aaaaaaaa", "sent")
    assert put(store, 1).pending == {}
    assert [row["state"] for row in rows(store, alerts)] == ["sent"]


def test_pending_alerts_lapse(store: SqlStore) -> None:
    put(store, 1, due={wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"})
    assert store.lapse(NOW) == 0
    assert store.lapse(NOW + 900) == 1
    assert put(store, 1).pending == {}


def test_purged_scores_do_not_come_back(store: SqlStore) -> None:
    put(store, 1, 2, 3)
    assert store.purge(NOW) == 0
    assert store.purge(NOW + 900) == 3
    assert put(store, 2, 3, 4).new == {wire.ScoreKey("camera-1", EPOCH, 4)}


@pytest.mark.parametrize("jump_s", [86_400, -86_400])
def test_a_clock_that_is_set_makes_nothing_older_or_younger(store: SqlStore, jump_s: int) -> None:
    put(store, 1)
    store.shift_times(jump_s + 0.3)
    assert store.purge(NOW + jump_s) == 0
    assert store.purge(NOW + jump_s + 900) == 1


def test_refusals_add_up(store: SqlStore, url: str) -> None:
    store.record([], [], nobody, {"schema": 2}, now=NOW)
    store.record([], [], nobody, {"schema": 1, "version": 1}, now=NOW)
    with closing(SqlStore(url)) as again:
        assert again.refusals() == {"schema": 3, "version": 1}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_locked_full_and_damaged_are_said(store: SqlStore, path: Path, tmp_path: Path) -> None:
    put(store, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        with store.database.transaction() as db:
            db.exec_driver_sql("PRAGMA busy_timeout = 50")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="second booth is running"):
            put(store, 2)
        holder.execute("ROLLBACK")
    with store.database.transaction() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="disk is full"):
        put(store, *range(2, 200))
    with store.database.transaction() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert put(store, 2).upto == {CAMERA: 2}, "whole or not at all"
    (tmp_path / "text").write_text("no database " * 500)
    with pytest.raises(StoreError, match="not a database file"):
        SqlStore(f"sqlite:///{tmp_path}/text")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no usable SQLAlchemy URL"),
        ("sqlite:////nowhere/at/all/booth.sqlite", "folder exists"),
        ("mysql://host/db", "store"),
        ("postgresql://nobody@/none?host=/nowhere", "PostgreSQL runs"),
    ],
)
def test_bad_urls_are_said(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        SqlStore(url)


@settings(max_examples=30)
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


def test_people_alerts_and_their_words_are_counted_once(store: SqlStore) -> None:
    start, day = module.window(NOW), int(NOW // 86400) * 86400
    final = make_score(seq=3, early=False, follows=2)
    for _ in range(2):
        put(store, 1, 2, due={wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"})
        store.record([final], [], nobody, {}, now=NOW)
    assert counted(store, "traffic") == {(start, "camera-1", "sightings"): 2, (start, "camera-1", "alerts"): 1}
    assert counted(store, "exception") == {
        (day, EVERYWHERE, "colour:upper:orange"): 1,
        (day, EVERYWHERE, "pattern:lower:checked"): 1,
        (day, EVERYWHERE, "alerts"): 1,
    }


def test_decisions_are_asked_for_only_on_what_is_new(store: SqlStore) -> None:
    asked: list[int] = []

    def decide(new: Sequence[wire.Score]) -> Decision:
        asked.extend(score.seq for score in new)
        return Decision({}, len(new))

    batch = [make_score(seq=1), make_score(seq=1), make_score(seq=2)]
    store.record(batch, [], decide, {}, now=NOW)
    store.record([*batch, make_score(seq=3)], [], decide, {}, now=NOW)
    assert asked == [1, 2, 3]
    assert counted(store, "traffic")[module.window(NOW), EVERYWHERE, "people"] == 3


def test_what_is_worn_is_the_larger_of_what_was_told(store: SqlStore) -> None:
    trend = wire.Trend(
        node="camera-1",
        window=wire.to_time(module.window(NOW)),
        sightings=30,
        counts={"colour:upper:black": 12},
        withheld=2,
    )
    for counts in ({"colour:upper:black": 12}, {"colour:upper:black": 9}, {"colour:upper:black": 14}):
        store.save_trend(msgspec.structs.replace(trend, counts=counts))
    start = module.window(NOW)
    expected = {(start, "camera-1", "colour:upper:black"): 14, (start, "camera-1", "sightings"): 30}
    assert counted(store, "worn") == expected
    assert store.cells("worn", since=start + 1) == []


def test_an_outcome_counts_once_and_can_be_corrected(store: SqlStore) -> None:
    put(store, 1, due={wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"})
    day = int(NOW // 86400) * 86400
    assert not store.feedback("bbbbbbbb", "claimed", now=NOW), "an alert nobody sent"
    assert store.feedback("aaaaaaaa", "claimed", now=NOW)
    assert store.feedback("aaaaaaaa", "greeted", now=NOW, greet_s=41.4)
    assert not store.feedback("aaaaaaaa", "greeted", now=NOW, greet_s=50.0)
    assert not store.feedback("aaaaaaaa", "claimed", now=NOW), "a claim after the end"
    assert store.feedback("aaaaaaaa", "not_found", now=NOW)
    found = {words: count for (when, _, words), count in counted(store, "outcome").items() if when == day}
    assert found == {"claimed": 1, "greeted": 0, "not_found": 1, "greet-seconds": 41, "greet-timed": 1}


def test_small_counts_go_with_the_scores_and_large_ones_stay(store: SqlStore) -> None:
    put(store, *range(1, 8))
    put(store, 8, due={wire.ScoreKey("camera-1", EPOCH, 8): "aaaaaaaa"})
    store.feedback("aaaaaaaa", "greeted", now=NOW)
    store.purge(NOW + 2 * 86400)
    left = sorted(str(row["words"]) for row in rows(store, cells))
    assert left == ["greeted", "sightings"], "8 of them; no word of the one person alerted"
    assert not rows(store, scores)
    assert not rows(store, alerts)


def test_sites_do_not_mix(store: SqlStore) -> None:
    """Nodes of two sites may have the same name, the same epoch and the same alert."""
    soho, mitte = store.at("soho"), store.at("mitte")
    due = {wire.ScoreKey("camera-1", EPOCH, 1): "aaaaaaaa"}
    put(soho, 1, 3, due=due)
    assert put(mitte, 1, 2, due=due).upto == {CAMERA: 2}
    assert put(soho, 2).upto == {CAMERA: 3}
    soho.settle("aaaaaaaa", "sent")
    assert put(mitte, 1).pending == due
    assert put(soho, 1).pending == {}
    assert soho.feedback("aaaaaaaa", "greeted", now=NOW)
    assert (counted(mitte, "outcome"), len(counted(soho, "outcome"))) == ({}, 1)
    start = module.window(NOW)
    for site, seen in ((soho, 3), (mitte, 2)):
        found = counted(site, "traffic")
        assert (found[start, "camera-1", "sightings"], found[start, "camera-1", "alerts"]) == (seen, 1)
    assert store.sites() == ["mitte", "soho"]
    assert store.purge(NOW + 900) == 5, "what is personal ends for all sites alike"


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_two_workers_on_one_database_leave_no_hole(url: str) -> None:
    """Each worker stores every other score of one outbox; the cursor ends at the last."""
    with closing(SqlStore(url)) as one, closing(SqlStore(url)) as other, ThreadPoolExecutor(2) as pool:

        def work(store: SqlStore, first: int) -> None:
            for seq in range(first, 101, 2):
                store.record([make_score(seq=seq)], [], nobody, {"schema": 1}, now=NOW)

        for done in [pool.submit(work, one, 1), pool.submit(work, other, 2)]:
            done.result()
        assert put(one).upto == {}
        (row,) = rows(one, cursors)
        assert row["upto"] == 100
        assert one.refusals() == {"schema": 100}
        assert counted(one, "traffic") == {(module.window(NOW), "camera-1", "sightings"): 100}
