"""Copy an SQLite store while a booth writes to it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from edge.errors import StoreError
from edge.store.database import is_in_memory


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite store; None for another database, or one in memory.

    >>> sqlite_file("sqlite:////var/lib/spotter/booth.sqlite"), sqlite_file("postgresql://db/spotter")
    (PosixPath('/var/lib/spotter/booth.sqlite'), None)
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or is_in_memory(url):
        return None
    return Path(str(parsed.database))


def copy_store(source: Path, target: Path) -> None:
    """Copy a store as it is at one moment, by SQLite's backup interface; replaces `target`. Raises StoreError."""
    if not source.is_file():
        raise StoreError(f"{source}: expected the booth's store, found nothing there; is it the right booth.yaml?")
    new = target.with_name(target.name + ".new")
    try:
        new.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(new)) as there,
        ):
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")
        new.chmod(0o600)
        for rest in ("-wal", "-shm"):
            target.with_name(target.name + rest).unlink(missing_ok=True)  # of the store that is replaced
        new.replace(target)
    except (sqlite3.Error, OSError) as err:
        new.unlink(missing_ok=True)
        raise StoreError(f"{source}: cannot be copied to {target} ({err}); check space and permissions") from err
