"""A running site as a node sees it; every fault is made on a real broker, booth and network."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from edge import wire
from edge.booth.run import Booth
from edge.clock import SystemClock
from edge.config import BoothConfig, load
from edge.errors import ConfigError
from edge.message.mqtt import MqttBroker
from edge.provision import probe
from edge.provision.check import check_live
from edge.provision.probe import own_networks, probe_connection
from edge.seams import Clock, Publish
from edge.site.site import Site
from edge.store.store import SqlStore
from tests.brokers import Mosquitto, free_port, make_mosquitto, mosquitto, wait_for
from tests.fast_clock import FastClock
from tests.messages import make_health, make_status
from tests.programs import Program
from tests.site.sites import LONG_AGO, Client, SiteBroker, issue, new_site, overwrite, section

__all__ = ["make_mosquitto", "mosquitto"]

pytestmark = pytest.mark.requires_broker


def sentences(folder: Path, broker: str | None = None, clock: Clock | None = None) -> list[str]:
    return [finding.sentence for finding in check_live(folder, broker, clock)]


@contextmanager
def beating(site: Site, connect: Callable[..., Client], name: str, clock_off_s: float = 0.0) -> Iterator[None]:
    """Run a node that sends its health five times a second."""
    client = connect(section(site, site.folder / "nodes" / name, "node")).join()
    over = threading.Event()

    def beat() -> None:
        status, health = (wire.node_topic("soho", name, leaf) for leaf in ("status", "health"))
        client.broker.publish(Publish(status, wire.encode(status, make_status()), 1, is_retained=True))
        while not over.wait(0.2):
            message = make_health(node=name, at=wire.to_time(time.time() + clock_off_s))
            client.broker.publish(Publish(health, wire.encode(health, message), 0, is_retained=True))

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def booth(site: Site, running: SiteBroker, start: Callable[..., Program]) -> Program:
    """Start the real booth and wait until it has announced itself."""
    program = start("-m", "edge.cli", "booth", "--config", f"{site.folder}/booth/booth.yaml", "--port", "0")
    wait_for(lambda: "as booth" in running.log, 60, "the booth")
    return program


@pytest.mark.usefixtures("booth")
def test_all_is_well_and_then_not(site: Site, connect: Callable[..., Client]) -> None:
    with beating(site, connect, "north"), beating(site, connect, "south"):
        assert sentences(site.folder) == []
    hasty = FastClock(12.0)
    with beating(site, connect, "north", clock_off_s=-3600):
        found = sentences(site.folder, clock=hasty)
    assert [one for one in found if one.startswith("north: its clock is 60 min behind")], found
    site.add_node("west", facing=None, source="street:7", network=site.network("north"))
    assert any(
        one.startswith("west: has never connected to this broker") for one in sentences(site.folder, clock=hasty)
    )
    assert sentences(site.folder / "nodes" / "west") == [], "it gets through, and the booth answers it"


@pytest.mark.usefixtures("running")
def test_a_check_leaves_no_camera_behind(site: Site) -> None:
    """It sends as a node does; the booth answers, and takes it for no node."""
    config, over = load(site.folder / "booth" / "booth.yaml", BoothConfig), threading.Event()
    with closing(SqlStore(config.store, config.site)) as store:
        booth = Booth(config, MqttBroker(config.broker, "booth"), store, SystemClock())
        booth.connect()

        def serve() -> None:
            while not over.is_set():
                booth.step(0.1)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            found = sentences(site.folder, clock=FastClock(12.0))
        finally:
            over.set()
            thread.join()
        names = [row.node for row in booth.snapshot().nodes]
        booth.leave()
    assert not [one for one in found if "booth" in one and "connected" not in one], "it was answered"
    assert set(names) <= {"north", "south"}


@pytest.mark.usefixtures("running")
def test_no_booth(site: Site) -> None:
    (found,) = sentences(site.folder / "nodes" / "north")
    assert "no booth receives them" in found


@pytest.mark.usefixtures("running")
def test_a_booth_that_acknowledges_nothing(site: Site, connect: Callable[..., Client]) -> None:
    connect(section(site, site.folder / "booth", "booth"), wire.node_topic("soho", "+", "gap")).join()
    (found,) = sentences(site.folder / "nodes" / "north", clock=FastClock(5.0))
    assert "does not acknowledge" in found


def test_old_access_rules(site: Site, running: SiteBroker) -> None:
    (site.folder / "broker" / "acl").write_text("topic read nothing\n")
    running.reload()
    wait_for(lambda: "access rules are old" in "".join(sentences(site.folder / "nodes" / "north")))


def test_nothing_listens(site: Site) -> None:
    (found,) = sentences(site.folder)
    assert "nothing listens on port" in found


def test_unknown_name(site: Site) -> None:
    (found,) = sentences(site.folder, "booth.invalid:8883")
    assert "cannot resolve booth.invalid" in found


def test_the_wrong_subnet_is_no_dead_broker() -> None:
    away = probe._out_of_reach("203.0.113.7", OSError("timed out"))
    assert "outside this machine's subnets" in away
    assert "out of reach" in away
    for interface in own_networks():
        assert str(interface) in away
        near = probe._out_of_reach(str(interface.ip), OSError("timed out"))
        assert "is in our subnet" in near
    assert "its cable is plugged in" in probe._out_of_reach("booth.local", OSError("timed out"))


def test_no_tls_there(site: Site, mosquitto: Mosquitto) -> None:
    (found,) = sentences(site.folder, f"127.0.0.1:{mosquitto.port}")
    assert "does not use TLS" in found or "its TLS listener" in found


@pytest.mark.usefixtures("running")
def test_another_sites_broker(site: Site) -> None:
    other = new_site(site.folder.parent / "other", "other")
    (found,) = sentences(other.folder, f"127.0.0.1:{site.settings.port}")
    assert "is not this site's" in found


@pytest.mark.usefixtures("running")
def test_a_host_the_certificate_is_not_for(site: Site) -> None:
    (found,) = sentences(site.folder, f"127.0.0.2:{site.settings.port}")
    assert "not valid for 127.0.0.2" in found


@pytest.mark.usefixtures("running")
def test_certificates_the_broker_refuses(site: Site) -> None:
    home = site.folder / "nodes" / "north"
    overwrite(home, "node", issue(site, "north", LONG_AGO))
    assert "our certificate has expired" in sentences(home)[0]
    overwrite(home, "node", issue(new_site(site.folder.parent / "other", "other"), "north"))
    assert "another site's authority" in sentences(home)[0]
    (home / "node.key").write_text("nonsense")
    assert "our own certificates cannot be used" in sentences(home)[0]


def test_revoked(site: Site, running: SiteBroker) -> None:
    settings = section(site, site.folder / "nodes" / "north", "node")
    assert probe_connection(settings) == []
    kept = Path(shutil.copytree(site.folder / "nodes" / "north", site.folder.parent / "kept"))
    site.revoke("north")
    running.reload()
    thief = section(site, kept, "node")
    wait_for(lambda: "certificate is revoked" in "".join(probe_connection(thief)))


def test_bad_broker_option(site: Site) -> None:
    with pytest.raises(ConfigError, match="HOST:PORT"):
        check_live(site.folder, "nonsense")


def test_plain_tcp_needs_no_certificate(mosquitto: Mosquitto, site: Site) -> None:
    plain = msgspec.structs.replace(section(site, site.folder / "booth", "booth"), port=mosquitto.port, tls=None)
    assert probe_connection(plain) == []
    assert probe_connection(msgspec.structs.replace(plain, port=free_port()))
