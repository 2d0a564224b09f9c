"""Many rows with one statement whose text never changes, so that the database prepares it once.

PostgreSQL takes the rows as one array for each column; SQLite runs the statement for each row, inside its C library.
All names in the statements are those of `tables.py`; every value is a parameter.
"""

import functools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

MOST_AT_ONCE = 200
"""Most keys that are looked up with one statement in SQLite, which limits its parameters."""

_TYPES = postgresql.dialect()  # type: ignore[no-untyped-call]


def write(
    db: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], then: str
) -> None:
    """Insert rows in the order given; `then` says what to do about those that exist, such as `DO NOTHING`."""
    if not rows:
        return
    named = f"INSERT INTO {table.name} ({_names(columns)})"  # every name is one of tables.py
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"{named} SELECT * FROM {_arrays(table, columns)} ON CONFLICT {then}", _turned(rows))
    else:
        places = ", ".join("?" * len(columns))
        db.exec_driver_sql(f"{named} VALUES ({places}) ON CONFLICT {then}", list(rows))


def change(
    db: sa.Connection, table: sa.Table, column: str, keys: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set one column of rows found by their keys; each of `rows` is the keys' values and then the new one."""
    if not rows:
        return
    if db.dialect.name == "postgresql":
        columns = (*keys, column)
        found = " AND ".join(f"{table.name}.{_names([key])} = new.{_names([key])}" for key in keys)
        new = f"{_arrays(table, columns)} AS new ({_names(columns)})"
        db.exec_driver_sql(f"UPDATE {table.name} SET {column} = new.{column} FROM {new} WHERE {found}", _turned(rows))
    else:
        found = " AND ".join(f"{_names([key])} = ?" for key in keys)
        changed = [(row[-1], *row[:-1]) for row in rows]
        db.exec_driver_sql(f"UPDATE {table.name} SET {column} = ? WHERE {found}", changed)


def find(
    db: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    keys: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    where: str = "TRUE",
    lock: bool = False,
) -> list[tuple[Any, ...]]:
    """Return these columns of the rows with these keys, if `where` holds for them too.

    With `lock` they are locked for this transaction, in the order of the keys; SQLite has one writer at a time anyway.
    """
    start = f"SELECT {_names(columns)} FROM {table.name} WHERE {where} AND ({_names(keys)}) IN"
    if not rows:
        return []
    if db.dialect.name == "postgresql":
        then = f" ORDER BY {_names(keys)} FOR UPDATE" if lock else ""
        statement = f"{start} (SELECT * FROM {_arrays(table, keys)}){then}"
        return [tuple(row) for row in db.exec_driver_sql(statement, _turned(rows))]
    answers: list[tuple[Any, ...]] = []
    for first in range(0, len(rows), MOST_AT_ONCE):
        some = rows[first : first + MOST_AT_ONCE]
        places = ", ".join([f"({', '.join('?' * len(keys))})"] * len(some))
        values = tuple(value for row in some for value in row)
        answers += [tuple(row) for row in db.exec_driver_sql(f"{start} (VALUES {places})", values)]
    return answers


def distinct(db: sa.Connection, table: sa.Table, column: str) -> list[Any]:
    """Return the values of the first column of a table's key, jumping in its index from one to the next."""
    name, first = table.name, f"SELECT min({column}) FROM {table.name}"
    after = f"{first} WHERE {name}.{column} > found.one"
    steps = f"{first} UNION ALL SELECT ({after}) FROM found WHERE one IS NOT NULL"
    statement = f"WITH RECURSIVE found (one) AS ({steps}) SELECT one FROM found WHERE one IS NOT NULL"
    return list(db.exec_driver_sql(statement).scalars())


def _turned(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """Return one list for each column."""
    return tuple(map(list, zip(*rows, strict=True)))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@functools.cache
def _type(table: sa.Table, column: str) -> str:
    return str(table.c[column].type.compile(dialect=_TYPES))


def _arrays(table: sa.Table, columns: Sequence[str]) -> str:
    return f"unnest({', '.join(f'%s::{_type(table, name)}[]' for name in columns)})"
