"""Fixtures: an empty store, in SQLite and in PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.store.store import SqlStore
from tests import databases


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "booth.sqlite"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with databases.postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, path: Path) -> Iterator[str]:
    """URL of an empty store; everything holds for SQLite and PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{path}"
    else:
        with databases.database(request.getfixturevalue("server")) as made:
            yield made


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(SqlStore(url)) as opened:
        yield opened
