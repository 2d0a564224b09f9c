"""The scores of a PostgreSQL store, parted by day: a day that is over is deleted with its file, in no time.

A deleted row stays in PostgreSQL's files until vacuum frees it; a dropped table is gone at once. A score belongs to the
day of its window. One of a day that has no table, as after a clock was set, is in the table `scores_rest`.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

DAY_S = 86_400
LOCK = 0x5B07733
"""Arbitrary id of a PostgreSQL lock, so that only one of several workers makes a day's table."""
_NAMES = "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'scores'::regclass"


class Partitions:
    """Owner of the days that have a table; does nothing for SQLite."""

    def __init__(self) -> None:
        self._newest = -1
        """Days since 1970 up to which there are tables."""

    def are_ready(self, now: float) -> bool:
        """Whether there are tables for today and tomorrow, as far as is known here; `now` is in seconds since 1970."""
        return self._newest == int(now // DAY_S) + 1

    def prepare(self, db: sa.Connection, now: float) -> None:
        """Make tables for today and tomorrow, in a transaction of their own."""
        today = int(now // DAY_S)
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            there = set(db.exec_driver_sql(_NAMES).scalars())
            for day in (today, today + 1):
                if _name(day) not in there and not _has_rest(db, day):
                    make_day(db, day)
        self._newest = today + 1


def drop_days(db: sa.Connection, before: float) -> int:
    """Delete the tables of days that ended before that time, in seconds since 1970; returns the number of scores."""
    if db.dialect.name != "postgresql":
        return 0
    dropped = 0
    for name in sorted(db.exec_driver_sql(_NAMES).scalars()):
        if name < _name(int(before // DAY_S)) and name != "scores_rest":
            dropped += int(db.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608 - named here
            db.exec_driver_sql(f'DROP TABLE "{name}"')
    return dropped


def make_day(db: sa.Connection, day: int) -> None:
    """Make the table of a day, counted from 1970."""
    bounds = f"FROM ({day * DAY_S}) TO ({(day + 1) * DAY_S})"
    db.exec_driver_sql(f'CREATE TABLE "{_name(day)}" PARTITION OF scores FOR VALUES {bounds}')


def make_rest(db: sa.Connection) -> None:
    """Make the table of all other days."""
    db.exec_driver_sql("CREATE TABLE scores_rest PARTITION OF scores DEFAULT")


def _has_rest(db: sa.Connection, day: int) -> bool:
    """Whether scores of that day are in `scores_rest` already; they would have to be moved."""
    where = 'SELECT EXISTS (SELECT 1 FROM scores_rest WHERE "window" >= %s AND "window" < %s)'
    return bool(db.exec_driver_sql(where, (day * DAY_S, (day + 1) * DAY_S)).scalar_one())


def _name(day: int) -> str:
    """Return the name of a day's table; names sort as the days do.

    >>> _name(20254)
    'scores_20250615'
    """
    return f"scores_{datetime.fromtimestamp(day * DAY_S, UTC):%Y%m%d}"
