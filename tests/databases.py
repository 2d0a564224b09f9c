"""A real PostgreSQL for the tests, started once in a folder of its own; tests are skipped if there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tools.postgresql import Server, find_programs, server


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of an empty server."""
    with postgresql_server() as made:
        yield made.url


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """Yield an empty server, to be stopped and started."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL: apt install postgresql")
    with server(programs, is_durable=False) as made:
        yield made


@contextmanager
def database(url: str) -> Iterator[str]:
    """Yield the URL of an empty database on that server."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
        admin.execute("CREATE DATABASE test")
    yield url.replace("/postgres?", "/test?")
