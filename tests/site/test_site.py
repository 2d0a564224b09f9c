"""A site's folder: what it holds, what it refuses, and that no half-made file stays behind."""

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from edge.config import BoothConfig, LaptopConfig, NodeConfig, load, load_laptop, parse
from edge.errors import ConfigError, ProvisionError
from edge.site import authority, files
from edge.site.authority import read_certificate, read_key
from edge.site.mosquitto import access
from edge.site.settings import Network, check_name
from edge.site.site import IDENTITY, Site
from edge.yaml_file import with_lines
from tests.disk import limited_files
from tests.site.sites import HASH, PURPOSE, add_node, new_site

SECRET = b"a long passphrase"


def files_of(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_what_a_node_is_given(site: Site) -> None:
    identity = site.identity("north")
    assert tuple(identity) == IDENTITY
    config = parse(identity["node.yaml"], NodeConfig, "node.yaml")
    assert (config.site, config.node, config.facing, config.frame.source) == ("soho", "north", 0, "street:7")
    assert config.broker.tls is not None
    assert [config.broker.tls.ca, config.broker.tls.certificate, config.broker.tls.key, config.outbox.booth_key] == [
        f"/etc/spotter/{name}" for name in ("ca.pem", "node.pem", "node.key", "outbox.pub")
    ]
    assert config.state == "/var/lib/spotter"
    assert site.network("north") == Network(booth="127.0.0.1")
    assert "link.key" not in identity, "the booth hands it out, for ten minutes at a time"
    assert identity["node.key"] != site.identity("south")["node.key"]
    assert authority.read_public(identity["release.pub"]) != authority.read_public(identity["baseline.pub"])


def test_certificates(site: Site) -> None:
    root = read_certificate((site.folder / "ca.pem").read_bytes())
    mine = read_certificate(site.identity("north")["node.pem"])
    assert authority.is_issued_by(mine, root)
    assert authority.common_name(mine) == "north"
    assert mine.not_valid_before_utc.year == root.not_valid_before_utc.year == 1970, "boards have no clock"
    assert timedelta(days=729) < mine.not_valid_after_utc - datetime.now(UTC) < timedelta(days=731)
    server = read_certificate((site.folder / "broker" / "broker.pem").read_bytes())
    assert set(authority.hosts_of(server)) == {"127.0.0.1", "localhost"}
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not mine.extensions.get_extension_for_class(x509.BasicConstraints).value.ca, "a node can issue nothing"


def test_the_certificate_of_the_page(site: Site) -> None:
    page = read_certificate((site.folder / "booth" / "page.pem").read_bytes())
    assert authority.is_issued_by(page, read_certificate((site.folder / "ca.pem").read_bytes()))
    assert set(authority.hosts_of(page)) == {"127.0.0.1", "localhost"}
    assert page.not_valid_after_utc - page.not_valid_before_utc <= timedelta(days=825), "Apple's limit"
    assert site.renew_page(["spotter.local"]) == ["127.0.0.1", "localhost", "spotter.local"]
    renewed = read_certificate((site.folder / "booth" / "page.pem").read_bytes())
    assert renewed.serial_number != page.serial_number
    assert "spotter.local" in authority.hosts_of(renewed)


def test_nobody_else_can_read_it(site: Site) -> None:
    paths = [path for path in site.folder.rglob("*") if path.is_file()]
    assert len(paths) > 40
    assert [path for path in paths if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert stat.S_IMODE(site.folder.stat().st_mode) == 0o700


def test_no_private_key_of_the_authority_goes_to_booth_or_nodes(site: Site) -> None:
    secret = [(site.folder / name).read_bytes() for name in ("ca.key", "release.key")]
    elsewhere = [data for name, data in files_of(site.folder).items() if "/" in name]
    assert not [data for data in elsewhere if data in secret]


def test_settings_load(site: Site) -> None:
    booth = load(site.folder / "booth" / "booth.yaml", BoothConfig)
    assert dict(booth.nodes) == {"north": 0, "south": 180}
    assert booth.retention_h == 24
    laptop = load_laptop(site.folder / "laptops" / "desk-1" / "laptop.yaml")
    assert laptop.site == "soho"
    assert laptop.broker.tls is not None
    assert Path(laptop.broker.tls.key) == site.folder / "laptops" / "desk-1" / "laptop.key"
    assert load(site.folder / "laptops" / "desk-1" / "laptop.yaml", LaptopConfig).broker.port == site.settings.port


def test_made_once(site: Site) -> None:
    before = files_of(site.folder)
    with pytest.raises(ProvisionError, match="exists already"):
        new_site(site.folder)
    assert files_of(site.folder) == before


def test_opened_again(site: Site) -> None:
    again = Site(site.folder)
    assert (again.name, again.nodes, again.laptops, again.purpose) == ("soho", ["north", "south"], ["desk-1"], PURPOSE)
    with pytest.raises(ProvisionError, match="spotter provision site"):
        Site(site.folder.parent)


def test_a_passphrase_is_needed_from_then_on(tmp_path: Path) -> None:
    site = new_site(tmp_path / "soho", passphrase=SECRET)
    for name in ("ca.key", "release.key"):
        key = (site.folder / name).read_bytes()
        with pytest.raises(ProvisionError, match="passphrase is wrong"):
            read_key(key, b"another", name=name)
        assert read_key(key, SECRET, name=name)
    before = files_of(site.folder)
    for given_one, words in ((None, "--passphrase-file"), (b"another", "passphrase is wrong")):
        with pytest.raises(ProvisionError, match=words):
            add_node(site, "east", passphrase=given_one)
        with pytest.raises(ProvisionError, match=words):
            site.revoke("north", passphrase=given_one)
    assert files_of(site.folder) == before


@given(st.text(max_size=40) | st.sampled_from(["+", "#", "a/b", "north\n", "booth", "broker", "check", "NORTH", "ab"]))
def test_a_name_is_harmless_or_refused(name: str) -> None:
    try:
        check_name(name)
    except ProvisionError:
        return
    assert 3 <= len(name) <= 32
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name not in ("booth", "broker", "check")


def test_names_that_cannot_be_given(site: Site) -> None:
    before = files_of(site.folder)
    for name in ("+", "#", "north", "desk-1", "booth", "broker", "check", "../north", ""):
        with pytest.raises(ProvisionError):
            add_node(site, name)
        with pytest.raises(ProvisionError):
            site.add_laptop(name)
    assert files_of(site.folder) == before


def test_who_is_not_there(site: Site) -> None:
    for name in ("", "..", "nobody", "+", "north/../../broker"):
        for ask in (site.identity, site.network, site.revoke):
            with pytest.raises(ProvisionError, match=r": .*north"):
                ask(name)


def test_renewed_is_another_and_the_old_one_is_revoked(site: Site) -> None:
    old = read_certificate(site.identity("north")["node.pem"])
    with pytest.raises(ProvisionError, match="--renew"):
        add_node(site, "north")
    add_node(site, "north", 10, is_renewal=True)
    new = read_certificate(site.identity("north")["node.pem"])
    listed = (site.folder / "broker" / "crl.pem").read_bytes()
    assert (authority.is_revoked(old, listed), authority.is_revoked(new, listed)) == (True, False)
    assert site.revoked == [], "the name is still good"
    assert load(site.folder / "booth" / "booth.yaml", BoothConfig).nodes["north"] == 10
    with pytest.raises(ProvisionError, match="leave --renew out"):
        add_node(site, "east", is_renewal=True)
    with pytest.raises(ProvisionError, match="leave --renew out"):
        site.add_laptop("north", is_renewal=True)


def test_revoked(site: Site) -> None:
    certificates = [read_certificate(site.identity(name)["node.pem"]) for name in ("north", "south")]
    site.revoke("north")
    site.revoke("desk-1")
    listed = (site.folder / "broker" / "crl.pem").read_bytes()
    assert [authority.is_revoked(one, listed) for one in certificates] == [True, False]
    assert (site.nodes, site.laptops, site.revoked) == (
        ["south"],
        [],
        ["desk-1", "desk-1-health", "desk-1-watch", "north"],
    )
    assert list(load(site.folder / "booth" / "booth.yaml", BoothConfig).nodes) == ["south"]
    assert "user north\ntopic deny #" in (site.folder / "broker" / "acl").read_text()
    assert not (site.folder / "nodes" / "north").exists(), "nor its key"
    add_node(site, "north")
    assert authority.is_revoked(certificates[0], listed)
    assert site.revoked == ["desk-1", "desk-1-health", "desk-1-watch"]


def test_every_program_of_a_laptop_has_a_certificate_of_its_own(site: Site) -> None:
    home = site.folder / "laptops" / "desk-1"
    for program in ("watch", "health"):
        tls = load_laptop(home / "laptop.yaml", program).broker.tls
        assert tls is not None
        assert authority.common_name(read_certificate(Path(tls.certificate).read_bytes())) == f"desk-1-{program}"
    with pytest.raises(ProvisionError, match="a program of a laptop has this name"):
        add_node(site, "desk-1-watch")
    add_node(site, "till-1-health")
    with pytest.raises(ProvisionError, match="has a certificate already"):
        site.add_laptop("till-1")
    old = read_certificate((home / "health.pem").read_bytes())
    site.add_laptop("desk-1", is_renewal=True)
    assert authority.is_revoked(old, (site.folder / "broker" / "crl.pem").read_bytes())
    assert site.revoked == []
    assert "user north" not in (site.folder / "broker" / "acl").read_text()


def test_a_damaged_revocation_list_is_mended_by_the_next_one(site: Site) -> None:
    old = read_certificate(site.identity("north")["node.pem"])
    site.revoke("north")
    (site.folder / "broker" / "crl.pem").write_text("nonsense")
    add_node(site, "south", is_renewal=True)
    assert authority.is_revoked(old, (site.folder / "broker" / "crl.pem").read_bytes())


def test_what_people_write_in_booth_yaml_stays(site: Site) -> None:
    path = site.folder / "booth" / "booth.yaml"
    path.write_bytes(b"# by hand\n" + with_lines(path.read_bytes(), "alert:\n  per_hour: 12  # two of us\n"))
    add_node(site, "east", 90)
    text = path.read_text()
    assert text.startswith("# by hand\n")
    assert "per_hour: 12  # two of us" in text
    booth = load(path, BoothConfig)
    assert (dict(booth.nodes), booth.alert.per_hour) == ({"north": 0, "south": 180, "east": 90}, 12)
    for name in site.nodes:
        site.revoke(name)
    assert dict(load(path, BoothConfig).nodes) == {}
    add_node(site, "west", 270)
    assert dict(load(path, BoothConfig).nodes) == {"west": 270}
    path.write_text(path.read_text().replace("nodes:", "# nodes:"))
    with pytest.raises(ConfigError):
        add_node(site, "north")
    with pytest.raises(ConfigError):
        site.revoke("west")
    path.write_text("site: soho\n")
    with pytest.raises(ConfigError, match="add or correct it"):
        add_node(site, "north")
    assert site.nodes == ["west"]


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ({"address": "192.168.50.11"}, "prefix length"),
        ({"address": "192.168.50.0/24"}, "prefix length"),
        ({"address": "nonsense/24"}, "prefix length"),
        ({"wifi": "booth"}, "two letters"),
        ({"wifi": "x" * 33, "wifi_country": "DE"}, "32 bytes"),
        ({"wifi": "booth", "wifi_country": "DE", "wifi_password": "short"}, "8 to 63"),
        ({"gateway": "router"}, "expected an address"),
    ],
)
def test_networks_that_cannot_work(network: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse(repr({"booth": "192.168.50.1", **network}).encode(), Network, "network.yaml")


@given(st.binary(max_size=200))
def test_no_file_crashes_the_reader(data: bytes) -> None:
    try:
        parse(data, Network, "network.yaml")
    except ConfigError as err:
        assert "network.yaml" in str(err)  # noqa: PT017


def test_whether_a_node_sees_the_booth() -> None:
    booth = "192.168.50.1"
    assert Network(booth=booth).sees_booth, "DHCP: nobody knows"
    assert Network(booth="booth.local", address="10.0.0.2/24").sees_booth
    assert Network(booth=booth, address="192.168.50.11/24").sees_booth
    assert not Network(booth=booth, address="192.168.5.11/24").sees_booth
    assert Network(booth=booth, address="192.168.5.11/24", gateway="192.168.5.1").sees_booth


def test_a_node_out_of_the_booths_reach_is_not_made(site: Site) -> None:
    with pytest.raises(ProvisionError, match="another subnet"):
        site.add_node("east", facing=90, source="picamera2", network=Network(booth="127.0.0.1", address="10.0.0.2/24"))
    assert site.nodes == ["north", "south"]


@given(st.lists(st.from_regex(r"[a-z0-9-]{3,32}", fullmatch=True), max_size=4, unique=True))
def test_access_rules_name_every_laptop_once(names: list[str]) -> None:
    lines = access("soho", names, ()).splitlines()
    assert sorted(line for line in lines if line.startswith("user ")) == sorted(
        f"user {name}" for name in [*names, "booth", "check", "update"]
    )
    for name in names:
        assert f"topic deny spotter/v1/soho/node/{name}/#" in lines, "or it could play a node"


def test_a_disk_that_fills_leaves_nothing(site: Site) -> None:
    before = files_of(site.folder)
    with limited_files(), pytest.raises(ProvisionError, match="File too large"):
        add_node(site, "east")
    with limited_files(), pytest.raises(ProvisionError, match="File too large"):
        new_site(site.folder.parent / "other")
    assert files_of(site.folder) == before
    assert [path.name for path in site.folder.parent.iterdir()] == ["soho"]
    assert sorted(path.name for path in (site.folder / "nodes").iterdir()) == ["north", "south"]


def test_folders_are_replaced_as_a_whole(tmp_path: Path) -> None:
    files.write_folder(tmp_path / "a", {"old": b"1", "both": b"1"})
    files.write_folder(tmp_path / "a", {"new": b"2", "both": b"2", "in/side": b"2"})
    assert files_of(tmp_path / "a") == {"new": b"2", "both": b"2", "in/side": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_another_sites_authority_key(site: Site) -> None:
    other = new_site(site.folder.parent / "other", "other")
    shutil.copy(other.folder / "ca.key", site.folder / "ca.key")
    with pytest.raises(ProvisionError, match="not the key of"):
        add_node(site, "east")
    assert HASH.startswith("scrypt")
