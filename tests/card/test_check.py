"""Damage done to a card, in a folder and in an image file: each kind has a sentence of its own."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.card.bundle import Bundle, boot_files, connection, make_bundle, read_connection
from edge.card.write import write_card
from edge.cli import main
from edge.errors import EdgeError, ProvisionError
from edge.provision.check import check_path
from edge.release.install import MANIFEST, SIGNATURE, Release
from edge.release.signature import sign_release
from edge.site.settings import Network
from edge.site.site import Site
from tests.card.cards import CMDLINE, CONFIG, START, make_card, unpack
from tests.release.releases import make_release
from tests.site.nodes import ADDRESS, OPEN, WIFI
from tests.site.sites import LONG_AGO, issue, new_site

PYTHONS = ("3.11", "3.13")
NETWORK = Network(booth="127.0.0.1")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, first_site: Site) -> Release:
    made = make_release(tmp_path_factory.mktemp("release") / "release", pythons=PYTHONS)
    return sign_release(made.folder, first_site.folder / "release.key", None)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, first_site: Site, release: Release) -> Path:
    """A good card of node north."""
    made = make_card(tmp_path_factory.mktemp("card") / "card.img")
    write_card(make_bundle("north", first_site.identity("north"), NETWORK, release), made)
    return made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, image: Path) -> Path:
    return unpack(image, tmp_path_factory.mktemp("whole") / "boot")


class Card:
    """A boot partition as a folder, to be damaged."""

    def __init__(self, boot: Path, site: Site, release: Release) -> None:
        self.boot, self.site, self.release = boot, site, release

    def lay(self, network: Network = NETWORK, *, release: Release | None = None, **identity: bytes) -> None:
        """Write another complete bundle."""
        changes = {name.replace("_", "."): data for name, data in identity.items()}
        files = {**self.site.identity("north"), **changes}
        bundle = make_bundle("north", files, network, release or self.release)
        shutil.rmtree(self.boot / "spotter")
        self.write(bundle, boot_files(bundle, CONFIG, CMDLINE, has_cloud_init=self.has_cloud_init))

    @property
    def has_cloud_init(self) -> bool:
        return (self.boot / "meta-data").exists()

    def write(self, bundle: Bundle, others: dict[str, bytes]) -> None:
        for name, data in {**bundle.files, **others}.items():
            (self.boot / name).parent.mkdir(parents=True, exist_ok=True)
            (self.boot / name).write_bytes(data if isinstance(data, bytes) else data.read_bytes())

    def edit(self, name: str, pattern: str, replacement: str) -> None:
        path = self.boot / name
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        assert count, f"{pattern} is not in {path}"
        path.write_text(text)

    def wheel(self) -> Path:
        return next((self.boot / "spotter/release").glob("exception_spotter-*.whl"))

    def wipe(self) -> None:
        for name in ("node.key",):
            (self.boot / "spotter/identity" / name).unlink()

    def expire(self) -> None:
        made = issue(self.site, "north", LONG_AGO)
        self.lay(node_pem=made.certificate, node_key=made.key)

    def be_foreign(self) -> None:
        made = issue(new_site(self.boot.parent / "other", "other"), "north")
        self.lay(node_pem=made.certificate, node_key=made.key)

    def with_settings(self, pattern: str, replacement: str) -> None:
        self.edit("spotter/identity/node.yaml", pattern, replacement)

    def for_other_pythons(self) -> None:
        made = make_release(self.boot.parent / "release", pythons=("3.9", "3.12"))
        self.lay(release=sign_release(made.folder, self.site.folder / "release.key", None))

    def change_and_repin(self) -> None:
        """Change files as an expert would: all checksums are right, only the signature is not."""
        data = self.wheel().read_bytes() + b"x"
        manifest = json.loads((self.boot / "spotter/release" / MANIFEST).read_text())
        other = make_release(self.boot.parent / "release", version=manifest["version"], pythons=PYTHONS)
        (other.folder / self.wheel().name).write_bytes(data)
        files = {"files": {**manifest["files"], self.wheel().name: hashlib.sha256(data).hexdigest()}}
        (other.folder / MANIFEST).write_text(json.dumps(manifest | files))
        shutil.copy(self.release.folder / SIGNATURE, other.folder)
        bundle = make_bundle(
            "north",
            self.site.identity("north"),
            NETWORK,
            other._replace(files=files["files"]),
        )
        self.write(bundle, {})


@pytest.fixture
def card(whole: Path, first_site: Site, release: Release, tmp_path: Path) -> Card:
    return Card(shutil.copytree(whole, tmp_path / "boot"), first_site, release)


Damage = Callable[[Card], object]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "wheel damaged": (lambda c: c.wheel().write_bytes(b"x"), r"spotter/release/exception_spotter-.*\.whl is damaged"),
    "wheel missing": (lambda c: c.wheel().unlink(), r"spotter/release/exception_spotter-.*\.whl cannot be read"),
    "release damaged": (
        lambda c: (c.boot / "spotter/release/manifest.json").write_text("{"),
        r"release/manifest\.json is missing or damaged: nothing can be installed",
    ),
    "release of others": (lambda c: c.change_and_repin(), "was not signed by this node's site"),
    "other Pythons": (
        lambda c: c.for_other_pythons(),
        r"wheels for Python 3\.9, 3\.12, .* has 3\.13; make one that fits: spotter provision release",
    ),
    "key of another": (
        lambda c: c.lay(node_key=issue(c.site, "north").key),
        r"node\.key does not belong to node\.pem",
    ),
    "expired": (lambda c: c.expire(), r"node\.pem expired on \d{4}"),
    "foreign": (lambda c: c.be_foreign(), r"node\.pem was not issued by the authority in ca\.pem"),
    "settings that do not load": (
        lambda c: c.with_settings("^node:", "nodes:"),
        r"node\.yaml: top level: Object contains unknown field `nodes`",
    ),
    "wrong node": (lambda c: c.with_settings("^node: north", "node: south"), "node is south, expected north"),
    "another booth": (
        lambda c: c.with_settings("^  host: .*", "  host: 10.0.0.9"),
        r"the broker is 10\.0\.0\.9:\d+, but the bundle was made for 127\.0\.0\.1",
    ),
    "certificate damaged": (
        lambda c: (c.boot / "spotter/identity/node.pem").write_bytes(b"x"),
        r"spotter/identity/node\.pem is damaged .*: first boot refuses it",
    ),
    "one secret gone": (
        lambda c: (c.boot / "spotter/identity/outbox.pub").unlink(),
        r"spotter/identity/outbox\.pub cannot be read",
    ),
    "first boot is over": (lambda c: c.wipe(), "secrets are wiped: a node has used this card"),
    "no bundle": (lambda c: shutil.rmtree(c.boot / "spotter"), "has no folder spotter"),
    "not written to its end": (
        lambda c: (c.boot / "spotter/bundle.json").unlink(),
        r"bundle\.json is missing or damaged: the card was not written completely",
    ),
    "user-data": (
        lambda c: c.edit("user-data", "^ssh_pwauth: false", "ssh_pwauth: true"),
        "user-data differs from the bundle's: first boot may never start, or strangers may log in",
    ),
    "meta-data": (lambda c: c.edit("meta-data", "north-", "south-"), "meta-data differs .* a card it knows"),
    "network-config": (
        lambda c: c.edit("network-config", "dhcp4: true", "dhcp4: false"),
        "network-config differs from the bundle's: the node would not have",
    ),
    "spotter.txt": (lambda c: (c.boot / "spotter.txt").unlink(), r"spotter\.txt differs"),
    "config.txt": (
        lambda c: (c.boot / "config.txt").write_text(CONFIG),
        r"config\.txt lacks the line `include spotter\.txt`",
    ),
    "cmdline.txt": (
        lambda c: (c.boot / "cmdline.txt").write_text(CMDLINE),
        r"cmdline\.txt lacks `cgroup_enable=memory cgroup_memory=1 panic=10`",
    ),
    "no cmdline.txt": (
        lambda c: (c.boot / "cmdline.txt").unlink(),
        r"cmdline\.txt missing: this is not Raspberry Pi OS",
    ),
    "wrong subnet": (
        lambda c: c.lay(Network(booth="127.0.0.1", address="10.0.0.2/24")),
        r"address 10\.0\.0\.2/24 and the broker's 127\.0\.0\.1 are in different subnets",
    ),
    "not taken up": (
        lambda c: (c.boot / "spotter/first-boot.txt").write_text("not taken up: NetworkManager is not installed\n"),
        "first boot failed, and wrote: not taken up: NetworkManager is not installed",
    ),
    "no network": (
        lambda c: (c.boot / "spotter/spotter.nmconnection").write_text("[ipv4]\naddress1=north\n"),
        "does not describe a network",
    ),
}


def test_a_good_card(image: Path, whole: Path, first_site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (image, whole):
        assert check_path(path) == check_path(path, first_site) == []
    assert main(["provision", "check", str(image), "--site-dir", str(first_site.folder)]) == 0
    assert capsys.readouterr().out == f"{image}: nothing is wrong\n"


@pytest.mark.parametrize("network", [WIFI, OPEN, ADDRESS], ids=["wifi", "open", "address"])
@pytest.mark.parametrize("has_cloud_init", [True, False])
def test_a_good_card_of_any_system_and_network(card: Card, network: Network, *, has_cloud_init: bool) -> None:
    """Bookworm's card has no cloud-init."""
    if not has_cloud_init:
        for name in ("user-data", "meta-data", "network-config"):
            (card.boot / name).unlink()
    settings = card.site.identity("north")["node.yaml"].replace(b"127.0.0.1", b"192.168.50.1")
    card.lay(network, node_yaml=settings)
    assert check_path(card.boot) == []


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_to_a_card(card: Card, kind: str) -> None:
    damage, words = DAMAGES[kind]
    damage(card)
    sentences = [finding.sentence for finding in check_path(card.boot)]
    assert any(re.search(words, sentence) for sentence in sentences), sentences
    assert len(sentences) <= 4, "no flood"
    assert not any(str(card.boot) in sentence for sentence in sentences), "an image's copy is gone by then"


def test_each_damage_has_its_own_sentence() -> None:
    words = [words for _, words in DAMAGES.values()]
    assert len(set(words)) == len(words) >= 10


def test_a_node_that_runs_reads_its_settings_from_the_card(card: Card) -> None:
    card.wipe()
    card.with_settings("^node:", "nodes:")
    sentences = [finding.sentence for finding in check_path(card.boot)]
    assert "unknown field `nodes`" in sentences[1]
    assert sentences[1].endswith("keeps its previous settings")


def test_a_card_of_another_site_or_of_a_lost_node(card: Card, site: Site, tmp_path: Path) -> None:
    other = {finding.sentence for finding in check_path(card.boot, new_site(tmp_path / "other", "other"))}
    for words in ("ca.pem is another authority's", "outbox.pub is another site's", "release.pub is another site's"):
        assert any(words in sentence for sentence in other), other
    site.revoke("north")
    lost = [finding.sentence for finding in check_path(card.boot, site)]
    assert any("node.pem is revoked" in sentence for sentence in lost)
    assert any("north is not a node of soho, which has: south" in sentence for sentence in lost)


def test_an_unsigned_release_is_said(card: Card) -> None:
    (card.boot / "spotter/release" / SIGNATURE).unlink()
    assert any("was not signed by this node's site" in finding.sentence for finding in check_path(card.boot))


def cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(20_000_000)


def overwritten(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


IMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (cut_off, "ends inside its boot partition"),
    "no partition table": (lambda path: overwritten(path, 0, bytes(512)), "has no partition table"),
    "packed": (lambda path: overwritten(path, 0, b"\xfd7zXZ"), "is compressed; unpack it first"),
    "no FAT": (lambda path: overwritten(path, 450, b"\x83"), "has no FAT boot partition"),
    "no file system": (
        lambda path: overwritten(path, START * 512, bytes(4096)),
        "its boot partition cannot be used; .*; flash Raspberry Pi OS",
    ),
    "fresh": (make_card, "has no folder spotter"),
    "a holiday": (
        lambda path: make_card(path, files={"photo.jpg": "x"}),
        r"config\.txt and cmdline\.txt missing: this is not Raspberry Pi OS",
    ),
}


@pytest.mark.parametrize("kind", IMAGES)
def test_damage_to_an_image(image: Path, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage, words = IMAGES[kind]
    copy = Path(shutil.copy(image, tmp_path / "card.img"))
    damage(copy)
    before = copy.read_bytes()
    assert main(["provision", "check", str(copy)]) == 1
    assert re.search(f"^card.img: {words}", capsys.readouterr().out, flags=re.MULTILINE)
    assert copy.read_bytes() == before, "a check only reads"


def test_what_cannot_be_looked_at(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProvisionError, match=r"nowhere\.img: cannot be read; expected a folder, an image file"):
        check_path(tmp_path / "nowhere.img")
    assert main(["provision", "check", str(image), "--live"]) == 2
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProvisionError, match="sudo apt install mtools"):
        check_path(image)


def test_years_later(card: Card) -> None:
    later = datetime.now(UTC) + timedelta(days=1000)
    assert ["expired" in finding.sentence for finding in check_path(card.boot, now=later)] == [True]


ADDRESSES = st.ip_addresses(v=4).filter(lambda ip: int(ip) % 256 not in (0, 255)).map(lambda ip: f"{ip}/24")
NETWORKS = st.builds(
    Network,
    booth=st.just("192.168.50.1"),
    address=st.just("") | ADDRESSES,
    wifi=st.just("") | st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    wifi_password=st.just("") | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=20),
    wifi_country=st.just("DE"),
)


@given(network=NETWORKS)
def test_a_network_reads_back(network: Network) -> None:
    found = read_connection(connection(network), network.booth, cmdline="panic=10 cfg80211.ieee80211_regdom=DE")
    assert found == msgspec.structs.replace(network, wifi_password="")


ANY = ["spotter/bundle.json", "spotter/release/manifest.json", "spotter/release/manifest.sig", "cmdline.txt"]
ANY += [f"spotter/{name}" for name in ("identity/node.yaml", "identity/node.pem", "spotter.nmconnection")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(ANY), data=st.binary(max_size=60), at=st.integers(0, 600))
def test_no_damage_crashes_the_check(card: Card, name: str, data: bytes, at: int) -> None:
    path = card.boot / name
    before = path.read_bytes()
    try:
        path.write_bytes(before[:at] + data + before[at + len(data) :])
        check_path(card.boot, card.site)
    except EdgeError as err:
        assert str(err)  # noqa: PT017
    finally:
        path.write_bytes(before)
