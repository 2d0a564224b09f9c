"""A URL to transactions on SQLite or PostgreSQL; what goes wrong is said in words with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edge.errors import StoreError

BUSY_S = 5.0
"""Seconds to wait for another program that holds a SQLite file."""
AWAY_S = 5
"""Seconds to wait for a database server to answer at all."""
MOST_CAUSE = 160
"""Characters of a database's own words."""


class Database:
    """Owner of the connections; its verb is `transaction`."""

    def __init__(self, url: str, *, is_made: bool) -> None:
        """Raises StoreError for a URL of no use, and unless `is_made` for a file that is not there."""
        try:
            self._engine = sa.create_engine(_driver(url), connect_args=_patience(url))
        except (sa.exc.SQLAlchemyError, ImportError) as err:
            raise StoreError(f"store {url!r} is no usable SQLAlchemy URL ({err}); try sqlite:///booth.sqlite") from err
        dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        if self._engine.dialect.name not in dialects:
            raise StoreError(f"store {url!r}: expected sqlite:///PATH or postgresql://..., found another database")
        path = self._engine.url.database
        is_file = self._engine.dialect.name == "sqlite" and path not in (None, "", ":memory:")
        if not is_made and is_file and not Path(str(path)).exists():
            raise StoreError(f"store {url!r}: there is none; run spotter booth first, or give its --config")
        self.insert: Any = dialects[self._engine.dialect.name]
        """SQLAlchemy's `insert` with this database's ways to go on where a row is there already."""
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _pragmas)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All of it or nothing; raises StoreError for what the database does not do."""
        try:
            with self._engine.begin() as db:
                yield db
        except sa.exc.SQLAlchemyError as err:
            cause = " ".join(str(getattr(err, "orig", None) or err).split())
            advice = _advice(cause, self._engine.dialect.name)
            raise StoreError(f"{advice} (store {self._engine.url!r}: {cause[:MOST_CAUSE]})", advice) from err

    def close(self) -> None:
        self._engine.dispose()


def _driver(url: str) -> sa.URL:
    """`postgresql://` means the driver that is installed."""
    parsed = sa.make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _patience(url: str) -> dict[str, int]:
    return {"connect_timeout": AWAY_S} if url.startswith("postgresql") else {}


def _pragmas(connection: Any, _record: Any) -> None:
    """Every commit reaches the disk, and what is deleted is overwritten."""
    for pragma in (
        f"busy_timeout = {int(1000 * BUSY_S)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _advice(cause: str, database: str) -> str:
    """What is wrong and what to do, for the causes a technician meets; the words are the databases' own."""
    for complaint, advice in {
        "locked": "another program holds the store: is a second booth running?",
        "is full": "the disk is full: free some space",
        "No space left": "the disk is full: free some space",
        "disk I/O": "the disk fails: replace it",
        "malformed": "the store is damaged: move it away and start again, the nodes send what is not acknowledged",
        "not a database": "the store is another kind of file: give another path",
        "unable to open": "the store cannot be opened: check that the folder exists and may be written",
        "readonly": "the store is read-only: check permissions of file and folder",
    }.items():
        if complaint in cause:
            return advice
    if database == "postgresql":
        return "the database server is away: is PostgreSQL running, and is the URL right?"
    return "the store cannot be used: is that the right file?"
