"""The site's settings in a real mosquitto: who reaches whom, by what arrives and not by what was granted."""

import itertools
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge import wire
from edge.config import load_laptop
from edge.errors import ProvisionError, WireError
from edge.seams import Publish
from edge.site import mosquitto
from edge.site.authority import SERVER, Authority, Identity
from edge.site.mosquitto import PROGRAMS
from edge.site.site import Site
from tests.brokers import PROGRAM, SHIPPED, free_port, wait_for
from tests.site.sites import Client, SiteBroker, add_node, issue, new_site, overwrite, section

pytestmark = pytest.mark.requires_broker

NODES, OTHERS = ("north", "south", "check"), ("booth", "desk-1", "update")
SHORT_S = 6
"""Seconds that the certificate of a test lasts."""
LEAVES = (*mosquitto.NODE_WRITES, "ack", "link")
BOOTH_LEAVES = ("status", "alert", "feedback", "baseline", "release")


def home_of(site: Site, name: str) -> tuple[Path, str]:
    if name in ("booth", "check", "update"):
        return site.folder / name, name
    return (site.folder / "laptops" / name, "laptop") if name == "desk-1" else (site.folder / "nodes" / name, "node")


def all_topics() -> list[str]:
    named = [wire.node_topic("soho", name, leaf) for name in (*NODES, *OTHERS) for leaf in LEAVES]
    laptops = [wire.feedback_topic("soho", name) for name in ("desk-1", "desk-2", "booth")]
    return [*named, *(wire.booth_topic("soho", leaf) for leaf in BOOTH_LEAVES), *laptops]


def may_write(name: str, topic: str) -> bool:
    """Return True if the design allows it; the rules are written here a second time."""
    *_, whose, leaf = topic.split("/")
    if name == "booth":
        return "/node/" not in topic or whose != "booth"
    if name == "desk-1":
        return topic == "spotter/v1/soho/booth/feedback/desk-1"
    if name == "update":
        return topic == "spotter/v1/soho/booth/release"
    return f"/node/{name}/" in topic and leaf not in ("ack", "link")


def may_read(name: str, topic: str) -> bool:
    *_, whose, leaf = topic.split("/")
    of_booth = "/node/" not in topic
    if name == "booth":
        return of_booth or (leaf not in ("ack", "link") and whose != "booth")
    if name == "desk-1":
        return of_booth or (leaf in ("status", "health", "update") and whose != "desk-1")
    if name == "update":
        return leaf in (("status", "baseline", "release") if of_booth else ("status", "update")) and whose != "update"
    own = (of_booth and leaf in ("status", "baseline", "release")) or topic in [
        f"spotter/v1/soho/node/{name}/{one}" for one in ("ack", "link")
    ]
    return own or (name == "check" and not of_booth and leaf in ("status", "health", "update"))


@pytest.mark.usefixtures("running")
def test_who_writes_and_who_hears_what(site: Site, connect: Callable[..., Client]) -> None:
    """Everyone sends everything and subscribes to everything; only what the design allows arrives."""
    clients = {
        name: connect(section(site, *home_of(site, name)), "spotter/#", "#").join() for name in (*NODES, *OTHERS)
    }
    time.sleep(0.2)  # for the subscriptions
    for name, topic in itertools.product(clients, all_topics()):
        clients[name].broker.publish(Publish(topic, name.encode(), 1, is_retained=False))
    expected = {
        name: {
            (topic, who) for topic in all_topics() for who in clients if may_read(name, topic) and may_write(who, topic)
        }
        for name in clients
    }
    for name, client in clients.items():
        wait_for(lambda: len({(one.topic, one.payload) for one in client.heard}) >= len(expected[name]))  # noqa: B023
    time.sleep(0.3)  # time for messages that should not come
    heard = {name: {(one.topic, one.payload.decode()) for one in client.heard} for name, client in clients.items()}
    assert heard == expected
    assert ("spotter/v1/soho/booth/alert", "booth") in heard["desk-1"]
    assert ("spotter/v1/soho/booth/release", "update") in heard["north"]
    assert len(heard["north"]) == 6, (
        "its acknowledgement and link key, the booth's status, baseline and releases of two"
    )


@pytest.mark.usefixtures("running")
def test_retained_alerts_and_scores_stay_out_of_reach_too(site: Site, connect: Callable[..., Client]) -> None:
    north, south = (connect(section(site, *home_of(site, name)), "#").join() for name in ("north", "south"))
    topic = wire.node_topic("soho", "north", "status")
    assert north.broker.publish(Publish(topic, b"kept", 1, is_retained=True))
    late = connect(section(site, *home_of(site, "desk-1")), "#").join()
    wait_for(lambda: late.heard)
    assert late.heard[0].payload == b"kept"
    assert south.heard == []


def unknown_authority(site: Site, home: Path) -> None:
    other = new_site(site.folder.parent / "other", "other")
    overwrite(home, "node", issue(other, "north"))


def servers_own(site: Site, home: Path) -> None:
    root = Identity((site.folder / "ca.pem").read_bytes(), (site.folder / "ca.key").read_bytes())
    overwrite(home, "node", Authority(root, None).issue("north", SERVER, datetime.now(UTC), 1, ["localhost"]))


def expired(site: Site, home: Path) -> None:
    overwrite(home, "node", issue(site, "north", datetime(2020, 1, 1, tzinfo=UTC)))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the refused socket open
@pytest.mark.parametrize("damage", [unknown_authority, servers_own, expired])
def test_strangers_are_refused(
    site: Site, running: SiteBroker, connect: Callable[..., Client], damage: Callable[[Site, Path], None]
) -> None:
    home = site.folder / "nodes" / "north"
    damage(site, home)
    stranger = connect(section(site, home, "node", ca=site.folder / "ca.pem"), "#")
    wait_for(lambda: "certificate verify failed" in running.log)
    assert stranger.broker.connections == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
def test_no_certificate_is_refused(site: Site, running: SiteBroker) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, "north", protocol=paho.MQTTv5)
    client.tls_set(str(site.folder / "ca.pem"))
    connected: list[object] = []
    client.on_connect = lambda *given: connected.append(given)
    client.connect_async("127.0.0.1", site.settings.port)
    client.loop_start()
    wait_for(lambda: "peer did not return a certificate" in running.log)
    client.disconnect()
    client.loop_stop()
    assert connected == []


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("name", ["+", "#", "north/#"])
def test_wildcards_would_reach_nothing_either(site: Site, connect: Callable[..., Client], name: str) -> None:
    """Such names are never issued (see test_site.py); if one were, it could send and receive nothing of others."""
    home = site.folder / "nodes" / "north"
    north = connect(section(site, home, "node"), wire.node_topic("soho", "north", "ack")).join()
    booth = connect(section(site, site.folder / "booth", "booth"), wire.node_topic("soho", "+", "score")).join()
    forged = site.folder.parent / "forged"
    forged.mkdir()
    overwrite(forged, "node", issue(site, name))
    client = connect(section(site, forged, "node", ca=site.folder / "ca.pem"), "#").join()
    time.sleep(0.2)
    for topic in all_topics():
        client.broker.publish(Publish(topic, b"forged", 1, is_retained=False))
    for leaf in ("ack", "score"):
        publisher = booth if leaf == "ack" else north
        assert publisher.broker.publish(Publish(wire.node_topic("soho", "north", leaf), b"true", 1, is_retained=False))
    wait_for(lambda: north.heard and booth.heard)
    assert {one.payload for one in [*north.heard, *booth.heard]} == {b"true"}
    assert {one.topic for one in client.heard} <= {wire.booth_topic("soho", leaf) for leaf in mosquitto.NODE_READS}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
def test_revoked_after_a_reload(site: Site, running: SiteBroker, connect: Callable[..., Client]) -> None:
    """SIGHUP makes mosquitto read revocation list and access rules; a connected client stays, but cannot send."""
    booth = connect(section(site, site.folder / "booth", "booth"), wire.node_topic("soho", "+", "score")).join()
    stolen = Path(shutil.copytree(site.folder / "nodes" / "north", site.folder.parent / "stolen"))
    thief = connect(section(site, stolen, "node")).join()
    score = Publish(wire.node_topic("soho", "north", "score"), b"x", 1, is_retained=False)
    assert thief.broker.publish(score)
    site.revoke("north")
    running.reload()
    wait_for(lambda: not thief.broker.publish(score))
    assert len(booth.heard) >= 1
    heard = len(booth.heard)
    again = connect(section(site, stolen, "node"))
    wait_for(lambda: "certificate verify failed" in running.log)
    assert again.broker.connections == 0
    running.stop()
    running.start()
    wait_for(lambda: booth.broker.is_connected)
    assert not thief.broker.publish(score, timeout_s=1)
    assert len(booth.heard) == heard
    add_node(site, "north")
    running.reload()
    fresh = connect(section(site, site.folder / "nodes" / "north", "node")).join()
    wait_for(lambda: fresh.broker.publish(score))


def renewed(site: Site, _stolen: Path) -> None:
    add_node(site, "north", is_renewal=True)


def gone(site: Site, _stolen: Path) -> None:
    site.revoke("north")
    add_node(site, "north")


def run_out(_site: Site, _stolen: Path) -> None:
    time.sleep(SHORT_S)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
@pytest.mark.parametrize("ends", [renewed, gone, run_out])
def test_a_restart_ends_open_connections_of_old_certificates(
    site: Site, running: SiteBroker, connect: Callable[..., Client], ends: Callable[[Site, Path], None]
) -> None:
    """Its connection, a new one, and one that resumes the TLS session of the connection before."""
    connect(section(site, site.folder / "booth", "booth"), wire.node_topic("soho", "+", "score")).join()
    stolen = Path(shutil.copytree(site.folder / "nodes" / "north", site.folder.parent / "stolen"))
    if ends is run_out:
        overwrite(stolen, "node", issue(site, "north", datetime.now(UTC) - timedelta(days=1, seconds=-SHORT_S)))
    thief = connect(section(site, stolen, "node")).join()
    score = Publish(wire.node_topic("soho", "north", "score"), b"x", 1, is_retained=False)
    assert thief.broker.publish(score)
    context = ssl.create_default_context(cafile=site.folder / "ca.pem")
    context.load_cert_chain(stolen / "node.pem", stolen / "node.key")
    session = greet(context, site.settings.port, None)
    ends(site, stolen)
    running.stop()
    running.start()
    wait_for(lambda: "certificate verify failed" in running.log)
    assert not thief.broker.publish(score, timeout_s=1)
    assert thief.broker.connections <= 2, "none after the restart; the greeting above took its place once"
    with pytest.raises(OSError, match=r"alert|reset|EOF"):
        greet(context, site.settings.port, session)
    fresh = connect(section(site, site.folder / "nodes" / "north", "node")).join()
    wait_for(lambda: fresh.broker.publish(score))


def greet(context: ssl.SSLContext, port: int, session: ssl.SSLSession | None) -> ssl.SSLSession | None:
    """Connect as `north`, and return the TLS session; raises OSError if the broker refuses."""
    with (
        socket.create_connection(("127.0.0.1", port), 5) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as tls,
    ):
        tls.sendall(b"\x10\x12\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x05north")
        if not tls.recv(64):
            raise ConnectionResetError("reset: closed without an answer")
        return tls.session


@pytest.mark.usefixtures("running")
def test_nobody_takes_anothers_place(site: Site, connect: Callable[..., Client]) -> None:
    """The client id is the common name, whatever a program calls itself."""
    north = connect(section(site, *home_of(site, "north"))).join()
    connect(section(site, *home_of(site, "south"))).join()
    connect(section(site, *home_of(site, "desk-1"))).join()
    time.sleep(0.3)
    assert north.broker.connections == 1


@pytest.mark.usefixtures("running")
def test_an_oversized_message_makes_no_loop(site: Site, connect: Callable[..., Client]) -> None:
    north = connect(section(site, *home_of(site, "north"))).join()
    score = Publish(wire.node_topic("soho", "north", "score"), b"x" * 1_000_000, 1, is_retained=False)
    with pytest.raises(WireError, match="too_large"):
        north.broker.publish(score)
    largest = Publish(wire.node_topic("soho", "north", "baseline"), bytes(wire.MAX_BASELINE_BYTES), 1, is_retained=True)
    assert north.broker.publish(largest), "the broker takes all that a node may send"
    time.sleep(1.5)  # longer than the shortest pause before connecting again
    assert (north.broker.connections, north.broker.is_connected) == (1, True)


def test_settings_of_services(tmp_path: Path) -> None:
    site = new_site(tmp_path / "soho", installed=True)
    lines = (site.folder / "broker" / "mosquitto.conf").read_text().splitlines()
    assert "crlfile /etc/spotter/broker/crl.pem" in lines
    assert not [line for line in lines if line.startswith("persistence_location")], "said by Debian's own settings"
    assert not [line for line in lines if line.startswith("user ")], "mosquitto's own account"
    assert "autosave_on_changes true" in lines
    keys = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert {key for key in keys if keys.count(key) > 1} == {"log_type"}, "mosquitto refuses what is said twice"


@pytest.mark.parametrize("shipped", [True, False])
def test_included_by_debians_own_settings(site: Site, tmp_path: Path, *, shipped: bool) -> None:
    """Debian's package brings settings of its own; a setting given twice would keep mosquitto from starting."""
    port, included = free_port(), tmp_path / "conf.d"
    included.mkdir()
    ours = mosquitto.configuration(site.folder / "broker", port, None)
    if shipped:
        ours = re.sub(r"(?m)^listener .*", f"listener {port} 127.0.0.1", SHIPPED.read_text())
    (included / "spotter.conf").write_text(ours)
    user = pwd.getpwuid(os.getuid()).pw_name
    debians = ["persistence true", f"persistence_location {tmp_path}/", f"log_dest file {tmp_path}/log", f"user {user}"]
    (tmp_path / "mosquitto.conf").write_text("\n".join([*debians, f"include_dir {included}", ""]))
    assert PROGRAM is not None
    with subprocess.Popen([PROGRAM, "-c", tmp_path / "mosquitto.conf"], stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: is_open(port) or process.poll() is not None)
        assert process.poll() is None
        process.terminate()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_missing_shipped_settings(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="reinstall"):
        mosquitto.configuration(site.folder, 8883, tmp_path, shipped=[tmp_path / "nowhere.conf"])


@pytest.mark.usefixtures("running")
def test_two_programs_of_one_laptop_do_not_throw_each_other_out(site: Site, connect: Callable[..., Client]) -> None:
    """`spotter watch` and `spotter health` run at once with the files of one laptop; a node's name stays its own."""
    file = site.folder / "laptops" / "desk-1" / "laptop.yaml"
    watch, health = (
        connect(load_laptop(file, program).broker, wire.booth_topic("soho", "#")).join() for program in PROGRAMS
    )
    booth = connect(section(site, *home_of(site, "booth"))).join()
    time.sleep(1.0)
    assert [client.broker.connections for client in (watch, health)] == [1, 1]
    topic = wire.booth_topic("soho", "alert")
    booth.broker.publish(Publish(topic, b"{}", 1, is_retained=False))
    wait_for(lambda: watch.heard and health.heard)
    refused = wire.feedback_topic("soho", "desk-1")
    assert not watch.broker.publish(Publish(refused, b"{}", 1, is_retained=False)), "feedback is the laptop's own"
