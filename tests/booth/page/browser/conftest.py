"""Fixtures of the browser tests: each file has one browser and one booth, over TLS; each test opens its own windows."""

import ssl
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium

from edge.site.site import Site
from tests.axe import axe_script
from tests.booth.page.browser.windows import DESKTOP, PHONE, Devices, Window, trusting
from tests.booth.page.pages import Browser, ServedPage, locked, serve_page


@pytest.fixture(scope="module")
def chromium(first_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with trusting(first_site, tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def booth(first_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    keys = first_site.folder / "booth"
    settings = locked(tmp_path_factory.mktemp("page"), tls_cert=str(keys / "page.pem"), tls_key=str(keys / "page.key"))
    with serve_page(**settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def cookies(booth: ServedPage, first_site: Site) -> dict[str, str]:
    """The cookies of one who has logged in, by name."""
    trust = ssl.create_default_context(cafile=str(first_site.folder / "ca.pem"))
    visitor = Browser(booth.url, verify=trust)
    assert visitor.log_in().status_code == 303
    found = dict(visitor.client.cookies)
    visitor.client.close()
    return found


@pytest.fixture
def served(booth: ServedPage) -> ServedPage:
    booth.begin_anew()
    return booth


@pytest.fixture
def devices(chromium: Chromium, served: ServedPage, cookies: dict[str, str]) -> Iterator[Devices]:
    made = Devices(chromium, served.url, cookies)
    yield made
    made.close()


@pytest.fixture
def window(devices: Devices) -> Window:
    return devices.open(**DESKTOP)


@pytest.fixture
def phone(devices: Devices) -> Window:
    return devices.open(**PHONE)


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_script()
