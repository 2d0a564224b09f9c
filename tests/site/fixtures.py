"""A site, its broker, and clients that end with the test."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config import BrokerSection
from edge.site.site import Site
from tests.site.sites import Client, SiteBroker, new_site
from tools.ports import free_ports


@pytest.fixture(scope="session")
def first_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return new_site(tmp_path_factory.mktemp("first") / "soho")


@pytest.fixture
def site(first_site: Site, tmp_path: Path) -> Site:
    """A copy of the first site, as if made here: making keys and writing safely take half a second."""
    folder = Path(shutil.copytree(first_site.folder, tmp_path / "soho"))
    port = str(free_ports(2)[0])  # the next one is for releases
    for path in [*folder.rglob("*.yaml"), *folder.rglob("*.conf")]:
        text = path.read_text().replace(str(first_site.folder), str(folder))
        path.write_text(text.replace(str(first_site.settings.port), port))
    return Site(folder)


@pytest.fixture
def running(site: Site) -> Iterator[SiteBroker]:
    """The broker of `site`."""
    broker = SiteBroker(site).start()
    yield broker
    broker.stop()
    gc.collect()  # paho leaves a refused socket open: the warning is expected here, not later


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(settings: BrokerSection, *subscriptions: str) -> Client:
        made.append(Client(settings, *subscriptions))
        return made[-1]

    yield make
    for client in made:
        client.broker.close()
