"""A page on loopback, and one that is open to the network, each with somebody at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.booth.page.pages import Browser, Desk, locked, open_desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk() as opened:
        yield opened


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    made = Browser(desk)
    yield made
    made.client.close()


@pytest.fixture
def locked_desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(**locked(tmp_path)) as opened:
        yield opened


@pytest.fixture
def stranger(locked_desk: Desk) -> Iterator[Browser]:
    made = Browser(locked_desk)
    yield made
    made.client.close()
