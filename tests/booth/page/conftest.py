"""Fixtures: a page on loopback and one that is open to the network, each with a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.booth.page.pages import Browser, ServedPage, locked, serve_page
from tests.site.fixtures import first_site, site

__all__ = ["first_site", "site"]


@pytest.fixture
def served() -> Iterator[ServedPage]:
    with serve_page() as opened:
        yield opened


@pytest.fixture
def browser(served: ServedPage) -> Iterator[Browser]:
    made = Browser(served.page.url)
    yield made
    made.client.close()


@pytest.fixture
def locked_page(tmp_path: Path) -> Iterator[ServedPage]:
    with serve_page(**locked(tmp_path)) as opened:
        yield opened


@pytest.fixture
def stranger(locked_page: ServedPage) -> Iterator[Browser]:
    made = Browser(locked_page.page.url)
    yield made
    made.client.close()
