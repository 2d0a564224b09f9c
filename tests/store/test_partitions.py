"""Days of scores in PostgreSQL have tables of their own, which are dropped when they are over."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from edge.store.store import DAY_S, SqlStore
from edge.store.tables import scores
from tests.messages import NOW, make_score
from tests.store.stores import nobody, put, rows

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def tables(store: SqlStore) -> list[str]:
    with store.database.transaction() as db:
        return sorted(name for name in sa.inspect(db).get_table_names() if name.startswith("scores_"))


def test_today_and_tomorrow_have_tables_and_a_day_that_is_over_has_none(store: SqlStore) -> None:
    put(store, 1, 2)
    assert tables(store) == ["scores_20250615", "scores_20250616", "scores_rest"]
    store.record([make_score(seq=3)], [], nobody, {}, now=NOW + 2 * DAY_S)
    assert store.purge(NOW + DAY_S) == 3
    assert tables(store) == ["scores_20250616", "scores_20250617", "scores_20250618", "scores_rest"]
    assert rows(store, scores) == []


def test_scores_of_other_days_are_kept_and_deleted_in_time(store: SqlStore) -> None:
    store.record([make_score(at="2025-01-01T00:00:00Z")], [], nobody, {}, now=NOW)
    put(store, 2)
    store.shift_times(-40 * DAY_S)
    assert len(rows(store, scores)) == 2
    assert store.purge(NOW - 40 * DAY_S + 900) == 2


def test_a_day_whose_scores_came_before_its_table_goes_without(store: SqlStore, url: str) -> None:
    put(store, 1)
    store.shift_times(9 * DAY_S)
    with closing(SqlStore(url)) as later:
        later.record([make_score(seq=2)], [], nobody, {}, now=NOW + 9 * DAY_S)
        assert later.purge(NOW + 10 * DAY_S) == 2
