"""Transactions on SQLite or PostgreSQL, opened by URL; errors say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edge.errors import StoreError
from edge.masking import masked_address

BUSY_S = 5.0
"""Seconds to wait for another program that holds a SQLite file."""
AWAY_S = 5
"""Seconds to wait for a database server to answer."""
MOST_CAUSE = 160
"""Characters of the database's own error message to show."""


class Database:
    """Owns the connections to one database; use `transaction`."""

    def __init__(self, url: str, *, is_made: bool) -> None:
        """Raises StoreError for an unusable URL, and for a missing file unless it may be made (`is_made`)."""
        where = masked_address(url)
        try:
            self._engine = sa.create_engine(_driver(url), connect_args=_patience(url))
        except (sa.exc.SQLAlchemyError, ImportError, ValueError) as err:
            why = str(err) if isinstance(err, ImportError) else "check its parts"  # others may quote a password
            raise StoreError(
                f"store {where!r} is no usable SQLAlchemy URL ({why}); try sqlite:///booth.sqlite"
            ) from None
        dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        if self._engine.dialect.name not in dialects:
            raise StoreError(f"store {where!r}: expected sqlite:///PATH or postgresql://..., found another database")
        self.url = self._engine.url.render_as_string(hide_password=False)
        is_file = self._engine.dialect.name == "sqlite" and not is_in_memory(url)
        if not is_made and is_file and not Path(str(self._engine.url.database)).exists():
            raise StoreError(f"store {where!r}: no such file; start the booth first, or give its --config")
        self.insert: Any = dialects[self._engine.dialect.name]
        """SQLAlchemy's `insert` for this database, with its `on_conflict` clauses."""
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _pragmas)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Run one transaction, committed completely or not at all; raises StoreError if the database fails."""
        try:
            with self._engine.begin() as db:
                yield db
        except sa.exc.SQLAlchemyError as err:
            cause = " ".join(str(getattr(err, "orig", None) or err).split())
            advice = _advice(cause, self._engine.dialect.name)
            raise StoreError(f"{advice} (store {self._engine.url!r}: {cause[:MOST_CAUSE]})", advice) from err

    def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, which still holds what was deleted. PostgreSQL has no such command.

        Raises StoreError if another program reads the store for longer than BUSY_S, as the log then stays.
        """
        if self._engine.dialect.name == "sqlite":
            with self.transaction() as db:
                is_busy, *_ = db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if is_busy:
                advice = "deleted scores stay in the store's log while another program reads the store: end that one"
                raise StoreError(f"{advice} (store {self._engine.url!r})", advice)

    def close(self) -> None:
        self._engine.dispose()


def is_in_memory(url: str) -> bool:
    """Whether the URL is of an SQLite store without a file, which only its own thread can read.

    >>> is_in_memory("sqlite://"), is_in_memory("sqlite:///booth.sqlite")
    (True, False)
    """
    parsed = sa.make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:")


def _driver(url: str) -> sa.URL:
    """Use the installed driver for `postgresql://`."""
    parsed = sa.make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _patience(url: str) -> dict[str, int]:
    return {"connect_timeout": AWAY_S} if url.startswith("postgresql") else {}


def _pragmas(connection: Any, _record: Any) -> None:
    """Make SQLite flush every commit to disk, and overwrite deleted rows."""
    for pragma in (
        f"busy_timeout = {int(1000 * BUSY_S)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _advice(cause: str, database: str) -> str:
    """Return what is wrong and what to do, by fragments of the database's own message."""
    for complaint, advice in {
        "locked": "another program has locked the store: check whether a second booth is running",
        "is full": "the disk is full: free some space",
        "No space left": "the disk is full: free some space",
        "disk I/O": "the disk is failing: replace it",
        "malformed": "the store is damaged: move it away and start again; nodes send again what was not acknowledged",
        "not a database": "the store is not a database file: give another path",
        "unable to open": "the store cannot be opened: check that its folder exists and is writable",
        "readonly": "the store is read-only: check permissions of file and folder",
    }.items():
        if complaint in cause:
            return advice
    if database == "postgresql":
        return "the database server does not answer: check that PostgreSQL runs, and the URL"
    return "the store cannot be used: check that this is the right file"
