"""`spotter provision set` and `--renew`: what is not given stays, and nobody edits a file by hand."""

import re
import shutil
import ssl
import subprocess
from pathlib import Path

import msgspec
import pytest

from edge.cli import main
from edge.provision.check import check_folder
from edge.provision.probe import probe_connection
from edge.site.change import card_of, note_card
from edge.site.site import Site
from tests.brokers import PROGRAM
from tests.site.sites import SiteBroker, section

WIFI = ["--wifi", "Booth", "--wifi-password-file", "wifi.txt", "--wifi-country", "DE"]
FOR_THE_NOTICE = ["--who", "Shoe shop", "--purpose", "offer shoes", "--contact", "a@example.org", "--keep-days", "2"]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wifi.txt").write_text("pass phrase\n")


def provision(*words: str) -> int:
    return main(["provision", *words])


def make(*words: str) -> Site:
    assert provision("site", "soho", "--site", "soho", "--booth", "192.168.50.1", *FOR_THE_NOTICE, *words) == 0
    options = ["--facing", "315", "--source", "v4l2:/dev/video0", "--address", "192.168.50.11/24"]
    assert provision("node", "north", "--site-dir", "soho", *options, *WIFI) == 0
    return Site(Path("soho"))


def options(site: Site, name: str = "north") -> dict[str, object]:
    network = msgspec.to_builtins(site.network(name))
    return {"facing": site.facing(name), "source": site.node_settings(name).frame.source, **network}


def test_a_renewal_keeps_what_is_not_given() -> None:
    site = make()
    path = site.folder / "nodes/north/node.yaml"
    path.write_text(path.read_text().replace("frame:\n", "frame:\n  pace: fast\n"))
    before, certificate = options(site), (path.parent / "node.pem").read_bytes()
    assert before["wifi_password"] == "pass phrase"
    assert provision("node", "north", "--site-dir", "soho", "--renew") == 0
    assert options(site) == before
    assert (path.parent / "node.pem").read_bytes() != certificate
    assert site.node_settings("north").frame.pace == "fast", "what people wrote into it"
    assert provision("node", "north", "--site-dir", "soho", "--renew", "--facing", "10", "--wifi", "") == 0
    after = {"facing": 10, "wifi": "", "wifi_password": "", "wifi_country": ""}
    assert options(site) == before | after
    assert provision("check", "soho") == 0


def test_set_changes_one_thing_and_keeps_the_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    site = make()
    before, home = options(site), site.folder / "nodes/north"
    certificate = (home / "node.pem").read_bytes()
    note_card(site, "north")
    assert provision("set", "north", "--site-dir", "soho", "--facing", "90") == 0
    said = capsys.readouterr().out
    assert "north: changed; its card stays valid" in said
    assert "spotter booth --config soho/booth/booth.yaml" in said
    assert options(site) == before | {"facing": 90}
    assert provision("check", "soho") == 0
    assert (
        provision("set", "north", "--site-dir", "soho", "--source", "picamera2", "--address", "192.168.50.12/24") == 0
    )
    assert "spotter provision image north --site-dir soho --device /dev/sdX" in capsys.readouterr().out
    assert options(site) == before | {"facing": 90, "source": "picamera2", "address": "192.168.50.12/24"}
    assert (home / "node.pem").read_bytes() == certificate
    assert [(found.where, "its card was written before" in found.sentence) for found in check_folder(site.folder)] == [
        ("north", True)
    ]
    note_card(site, "north")
    assert check_folder(site.folder) == []


def test_several_nodes_get_another_wifi_at_once() -> None:
    site = make()
    assert provision("node", "south", "--site-dir", "soho") == 0
    Path("wifi.txt").write_text("another phrase\n")
    assert provision("set", "north", "south", "--site-dir", "soho", *WIFI[:1], "Other", *WIFI[2:]) == 0
    for name in site.nodes:
        found = site.network(name)
        assert (found.wifi, found.wifi_password, found.wifi_country) == ("Other", "another phrase", "DE")
    assert site.network("north").address == "192.168.50.11/24"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["north"], "nothing to change"),
        (["nobody", "--facing", "1"], "is not a node of soho"),
        (["north", "--facing", "400"], "facing"),
        (["north", "--address", "192.168.51.2/24"], "another subnet"),
        (["north", "--address", "192.168.50.13"], "prefix length"),
        (["north", "--booth", "10.0.0.1"], "spotter provision set --site-dir soho --booth 10.0.0.1"),
        (["north", "south", "--address", "192.168.50.12/24"], "no two nodes"),
        (["--facing", "3"], "which node?"),
        (["--booth", "not a host"], "host name"),
    ],
)
def test_what_is_refused_changes_nothing(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    site = make()
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    assert provision("set", *words, "--site-dir", "soho") == 2
    assert complaint in capsys.readouterr().err
    assert {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()} == before


def test_the_booth_moves_and_only_cards_that_name_it_are_old(capsys: pytest.CaptureFixture[str]) -> None:
    assert provision("site", "soho", "--site", "soho", "--booth", "192.168.50.1", "--booth", "spotter.local",
                     *FOR_THE_NOTICE) == 0  # fmt: skip
    assert "sudo hostnamectl set-hostname spotter" in capsys.readouterr().out
    assert provision("node", "north", "--site-dir", "soho", "--address", "192.168.50.11/24") == 0
    assert provision("node", "south", "--site-dir", "soho", "--booth", "spotter.local") == 0
    assert provision("laptop", "desk-1", "--site-dir", "soho") == 0
    site = Site(Path("soho"))
    south = card_of(site, "south")
    capsys.readouterr()
    assert provision("set", "--site-dir", "soho", "--booth", "10.0.0.1", "--booth", "spotter.local") == 0
    said = capsys.readouterr().out
    assert "north: write its card again: spotter provision image north --site-dir soho" in said
    assert "south" not in said
    assert "north: its address 192.168.50.11/24 is in another subnet" in said
    assert "desk-1: copy soho/laptops/desk-1" in said
    assert [found.sentence for found in check_folder(site.folder) if "subnet" in found.sentence]
    assert provision("set", "north", "--site-dir", "soho", "--address", "10.0.0.11/24") == 0
    assert provision("check", "soho") == 0
    site = Site(Path("soho"))
    assert (site.settings.booth, site.network("north").booth) == (["10.0.0.1", "spotter.local"], "10.0.0.1")
    assert card_of(site, "south") == south
    shown = ["openssl", "verify", "-CAfile", "soho/ca.pem", "-verify_ip", "10.0.0.1", "soho/broker/broker.pem"]
    assert subprocess.run(shown, capture_output=True, text=True, check=False).stdout.strip().endswith(": OK")


@pytest.mark.requires_broker
@pytest.mark.skipif(PROGRAM is None, reason="no mosquitto")
def test_nodes_reach_the_moved_booth_with_the_certificate_they_have(site: Site) -> None:
    certificate = (site.folder / "nodes/north/node.pem").read_bytes()
    assert provision("set", "--site-dir", str(site.folder), "--booth", "127.0.0.2") == 0
    running = SiteBroker(site).start()
    try:
        broker = site.node_settings("north").broker
        here = msgspec.structs.replace(section(site, site.folder / "nodes/north", "node"), host=broker.host)
        assert broker.host == "127.0.0.2"
        assert probe_connection(here) == []
        assert (site.folder / "nodes/north/node.pem").read_bytes() == certificate
    finally:
        running.stop()


@pytest.mark.requires_broker
@pytest.mark.skipif(PROGRAM is None, reason="no mosquitto")
def test_a_site_folder_can_be_moved(site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = Path(shutil.move(site.folder, tmp_path / "else where"))
    (found,) = check_folder(folder)
    advised = re.search(r"spotter (provision set --site-dir '.*')$", found.sentence)
    assert advised is not None
    assert subprocess.run(["sh", "-c", f'for word in {advised[1]}; do echo "$word"; done'], capture_output=True,
                          text=True, check=True).stdout.splitlines()[-1] == str(folder)  # fmt: skip
    assert provision("set", "--site-dir", str(folder)) == 0
    assert "spotter booth --config" in capsys.readouterr().out
    assert check_folder(folder) == []
    moved = Site(folder)
    running = SiteBroker(moved).start()
    try:
        assert probe_connection(section(moved, folder / "nodes/north", "node")) == []
    finally:
        running.stop()
    assert str(site.folder) + "/" not in (folder / "booth/booth.yaml").read_text()


def test_tls_of_the_page_keeps_its_names() -> None:
    make()
    assert provision("page", "--site-dir", "soho", "--host", "page.example.org") == 0
    assert provision("set", "--site-dir", "soho", "--booth", "192.168.50.9") == 0
    found = ssl._ssl._test_decode_cert("soho/booth/page.pem")  # type: ignore[attr-defined]
    names = {name for _, name in found["subjectAltName"]}
    assert {"page.example.org", "192.168.50.9", "localhost"} <= names
    assert "192.168.50.1" not in names
