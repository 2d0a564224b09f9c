"""A provisioned file that lost its end, at whatever byte, is accepted by nobody who reads it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from edge.booth.page.password import hash_password, read_hash, read_token
from edge.config import BoothConfig, LaptopConfig, NodeConfig, parse
from edge.errors import ConfigError
from edge.site.check_files import check_node
from edge.site.new_site import make_site
from edge.site.settings import Network, Purpose, SiteSettings
from edge.site.site import Site

PURPOSE = Purpose(who="Shoe shop", purpose="to offer shoes", contact="privacy@example.org", keep_days=1)
SCHEMAS: dict[str, type[Any]] = {
    "site.yaml": SiteSettings,
    "purpose.yaml": Purpose,
    "booth/booth.yaml": BoothConfig,
    "nodes/north/node.yaml": NodeConfig,
    "nodes/north/network.yaml": Network,
    "laptops/desk-1/laptop.yaml": LaptopConfig,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    settings = SiteSettings(site="soho", booth=["192.168.50.1"])
    password = hash_password("grey on grey on grey")
    made = make_site(
        tmp_path_factory.mktemp("cuts") / "soho", settings, PURPOSE, passphrase=None, page_password_hash=password
    )
    network = Network(
        booth="192.168.50.1", address="192.168.50.11/24", wifi="street", wifi_password="0123456789", wifi_country="DE"
    )
    made.add_node("north", facing=45, source="rtsp://admin:secret@10.0.0.9/main", network=network)
    made.add_laptop("desk-1")
    return made


def test_every_yaml_file_is_tried(site: Site) -> None:
    assert {path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*.yaml")} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_cut_of_a_yaml_file_is_accepted(site: Site, name: str) -> None:
    data = (site.folder / name).read_bytes()
    parse(data, SCHEMAS[name], name)
    for end in range(len(data)):
        with pytest.raises(ConfigError):
            parse(data[:end], SCHEMAS[name], name)


@pytest.mark.parametrize("name", ["ca.pem", "node.pem", "node.key", "baseline.pub", "outbox.pub", "release.pub"])
def test_no_cut_of_a_certificate_or_key_is_accepted(site: Site, name: str) -> None:
    """The line end after the last line is no part of them: OpenSSL reads the whole key without it."""
    home = site.folder / "nodes" / "north"
    files, now = {path.name: path.read_bytes() for path in home.iterdir()}, datetime.now(UTC)
    assert list(check_node(files, now, name="north")) == []
    for end in range(0, len(files[name].rstrip()), 3):
        assert list(check_node(files | {name: files[name][:end]}, now, name="north"))


@pytest.mark.parametrize(("name", "read"), [("page.password", read_hash), ("metrics.token", read_token)])
def test_no_cut_of_a_password_or_token_is_accepted(
    site: Site, name: str, read: Callable[[str], str], tmp_path: Path
) -> None:
    data = (site.folder / "booth" / name).read_bytes()
    cut = tmp_path / name
    cut.touch(mode=0o600)
    cut.write_bytes(data)
    read(str(cut))
    for end in range(len(data) - (name == "page.password")):  # a hash is whole without the line end
        cut.write_bytes(data[:end])
        with pytest.raises(ConfigError):
            read(str(cut))
