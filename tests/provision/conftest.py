"""A site, its broker, and clients that end with the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config import BrokerSection
from edge.provision.site import Site
from tests.programs import start
from tests.provision.sites import Client, SiteBroker, new_site

__all__ = ["start"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return new_site(tmp_path / "soho")


@pytest.fixture
def running(site: Site) -> Iterator[SiteBroker]:
    """The broker of `site`."""
    broker = SiteBroker(site).start()
    yield broker
    broker.stop()


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(settings: BrokerSection, *subscriptions: str) -> Client:
        made.append(Client(settings, *subscriptions))
        return made[-1]

    yield make
    for client in made:
        client.broker.close()
