"""A pushed update over a real broker and real HTTPS: one node first, the others once it has kept the release."""

import shutil
import socket
import ssl
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from edge import wire
from edge.cli import main
from edge.errors import ProvisionError
from edge.release.install import read_release
from edge.seams import Received
from edge.site.site import Site
from edge.updates.push import Push, check_nodes, section_of
from edge.updates.serve import serving
from edge.wire_update import Offer
from tests.brokers import PROGRAM, wait_for
from tests.release.nodes import OTHER_RECIPE
from tests.site.sites import SiteBroker
from tests.updates.conftest import Fleet, Plugged

pytestmark = [
    pytest.mark.requires_broker,
    pytest.mark.skipif(PROGRAM is None, reason="no mosquitto"),
    pytest.mark.usefixtures("no_disk_waits"),
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),  # paho leaves sockets to the collector
]


def stops(after_s: float) -> str | None:
    return None if after_s > 30 else "ok, 30 frames, broker connected"


def push(fleet: Fleet, folder: Path, *nodes: str) -> int:
    return main(["update", "push", str(folder), *nodes, "--site-dir", str(fleet.site.folder)])


@pytest.fixture
def pair(fleet: Fleet, running: SiteBroker) -> tuple[Plugged, Plugged]:
    return fleet.plug_in("north"), fleet.plug_in("south")


def test_one_node_first_then_the_others(
    fleet: Fleet, pair: tuple[Plugged, Plugged], capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = pair
    new = fleet.release("0.2.0")
    assert push(fleet, new.folder) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"release {new.id}: north first, then south"
    assert said[-1] == f"all of them run release {new.id}"
    assert said.index("north: runs the release") < next(i for i, line in enumerate(said) if line.startswith("south: "))
    assert any(line.startswith(("north: fetches a release", "north: tries a release")) for line in said)
    assert (north.node.current, south.node.current) == (new.id, new.id)
    assert not (north.node.home / "download").exists()
    assert main(["update", "status", "--site-dir", str(fleet.site.folder), "--json"]) == 0
    rows = capsys.readouterr().out
    assert rows.count('"update":"runs the release"') == 2


def test_the_others_stay_if_the_first_goes_back(
    fleet: Fleet, pair: tuple[Plugged, Plugged], capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = pair
    new = fleet.release("0.2.0")
    north.node.statuses[new.id] = stops
    assert push(fleet, new.folder) == 1
    said = capsys.readouterr().out
    assert "north: tried the release and went back: it stopped by itself" in said
    assert "south: stays as it is, since north did not keep the release" in said
    assert "not updated: north, south" in said
    assert (north.node.current, south.node.current) == (fleet.old.id, fleet.old.id)
    assert push(fleet, new.folder, "south", "north") == 1, "another one may be the first; north fails again"
    assert (north.node.current, south.node.current) == (fleet.old.id, new.id)


def test_a_node_that_is_off_is_named(fleet: Fleet, running: SiteBroker, capsys: pytest.CaptureFixture[str]) -> None:
    new = fleet.release("0.2.0")
    north = fleet.plug_in("north")
    home, heard = fleet.site.ensure_updater(None), list[str]()
    section = section_of(fleet.site, home, "update", "127.0.0.1")
    found = Push(fleet.site, new, lambda *words: heard.append(": ".join(words)), answer_s=2).run(
        ["north", "south"], section
    )
    assert found == ["south"]
    assert north.node.current == new.id
    assert "south: is silent: is it switched on" in heard[-1]


@pytest.mark.parametrize(
    ("version", "changes", "why"),
    [
        ("0.0.9", {}, "refused the release: it is older than the one that runs"),
        (
            "0.2.0",
            {"pythons": {"2.7": ["pip-1-py3-none-any.whl", "exception_spotter-1-py3-none-any.whl"]}},
            "is damaged, or no release",
        ),
    ],
    ids=["older", "another Python's"],
)
def test_what_a_node_refuses_it_says(
    fleet: Fleet, running: SiteBroker, version: str, changes: dict[str, object], why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    north = fleet.plug_in("north")
    before = north.node.tree()
    release = fleet.sign(fleet.unsigned(version, **changes))
    assert push(fleet, release.folder, "north") == 1
    assert why in capsys.readouterr().out
    assert north.node.current == fleet.old.id
    after = north.node.tree()
    assert {path for path in after if after[path] != before.get(path)} <= {
        "run/spotter/update.json",
        "var/lib/spotter/outbox.sqlite",
    }


def test_the_booth_can_make_a_node_take_nothing_that_the_site_did_not_sign(fleet: Fleet, running: SiteBroker) -> None:
    """A thief of the booth's keys offers a release of his own: the node fetches its manifest, and no more."""
    north = fleet.plug_in("north")
    thief = Site(fleet.site.folder)
    forged = fleet.unsigned("9.9.9")  # carries another signer's signature
    broker = section_of(thief, thief.ensure_updater(None), "update", "127.0.0.1")
    said: list[str] = []
    assert Push(thief, read_release(forged), lambda *words: said.append(": ".join(words)), answer_s=5).run(
        ["north"], broker
    ) == ["north"]
    assert "north: refused the release: this node's site did not sign it" in said[-1]
    assert north.node.current == fleet.old.id


def test_an_unsigned_release_is_signed_before_it_is_pushed(fleet: Fleet, running: SiteBroker) -> None:
    north = fleet.plug_in("north")
    folder = fleet.unsigned("0.2.0")
    assert push(fleet, folder, "north") == 0
    assert north.node.current.startswith("0.2.0-")


def test_a_release_of_another_recipe_needs_force(
    fleet: Fleet, running: SiteBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    north = fleet.plug_in("north")
    release = fleet.sign(fleet.unsigned("0.2.0", recipe=OTHER_RECIPE))
    assert push(fleet, release.folder, "north") == 1
    assert "push it with --force to count from zero" in capsys.readouterr().out
    assert push(fleet, release.folder, "north", "--force") == 0
    assert north.node.current == release.id


def test_an_offer_is_withdrawn_at_the_end(fleet: Fleet, running: SiteBroker) -> None:
    fleet.plug_in("north")
    assert push(fleet, fleet.release("0.2.0").folder, "north") == 0
    late = fleet.plug_in("south")
    wait_for(lambda: late.broker.is_connected)
    assert not late.errors
    assert late.node.current == fleet.old.id


def ask(site: Site, home: Path, kind: str, path: str) -> int:
    context = ssl.create_default_context(cafile=site.folder / "ca.pem")
    context.load_cert_chain(home / f"{kind}.pem", home / f"{kind}.key")
    with closing(HTTPSConnection("127.0.0.1", site.settings.port + 1, timeout=5, context=context)) as line:
        line.request("GET", path)
        return line.getresponse().status


def test_only_the_nodes_of_the_push_get_only_files_of_the_release(fleet: Fleet) -> None:
    site, release = fleet.site, fleet.release("0.2.0")
    nodes, port = site.folder / "nodes", site.settings.port + 1
    stolen = Path(str(nodes / "south") + "-stolen")
    shutil.copytree(nodes / "south", stolen)
    site.revoke("south")
    with serving(release, site.folder / "broker", port, ["north", "south"]):
        assert ask(site, nodes / "north", "node", "/manifest.json") == 200
        for path in ("/", "/../node.key", "//etc/passwd", "/manifest.json/", "/release.key", "/%2e%2e/x"):
            assert ask(site, nodes / "north", "node", path) == 404
        assert ask(site, site.folder / "laptops/desk-1", "laptop", "/manifest.json") == 404, "no node"
        with pytest.raises(OSError, match=r"revoked|alert|reset|EOF"):
            ask(site, stolen, "node", "/manifest.json")
        with socket.create_connection(("127.0.0.1", port), timeout=5):  # a stranger who says nothing holds nobody up
            assert ask(site, nodes / "north", "node", "/manifest.json") == 200
        with (
            pytest.raises(ProvisionError, match=rf"port {port}: cannot be used"),
            serving(release, site.folder / "broker", port, ["north"]),
        ):
            pass


def test_unknown_nodes_are_refused_first(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert push(fleet, fleet.old.folder, "nobody") == 2
    assert "nobody: not a node of soho, which has: north, south" in capsys.readouterr().err
    assert check_nodes(fleet.site, ["south", "north", "south"]) == ["south", "north"]


def test_a_node_writes_one_request_for_a_push_and_none_for_strangers(fleet: Fleet, running: SiteBroker) -> None:
    north = fleet.plug_in("north")
    offer = Offer(push="12345678", manifest="0" * 64, nodes=["north"])
    for payload in (b"", b"{}", wire.encode(north.offers.topic, offer)[:-1], b'{"v":1,"url":"http://x"}'):
        north.offers.receive(Received(north.offers.topic, payload, is_retained=True))
    assert north.errors == []
    for _ in range(3):
        north.offers.receive(Received(north.offers.topic, wire.encode(north.offers.topic, offer), is_retained=True))
    wait_for(lambda: north.errors)
    assert len(north.errors) == 1
    assert "manifest.json: cannot be fetched" in north.errors[0]
