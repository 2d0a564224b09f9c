"""The adapter with a real mosquitto: its promises hold when brokers, networks and messages misbehave."""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge import wire
from edge.config import BrokerSection, Tls, broker_at
from edge.errors import BrokerError, ConfigError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Publish, Received
from tests.brokers import REPOSITORY, Mosquitto, free_port, wait_for
from tests.certificates import make_certificates

pytestmark = pytest.mark.requires_broker


class Client:
    """An adapter, and the messages it received."""

    def __init__(self, broker: MqttBroker, *subscriptions: str, births: tuple[Publish, ...] = ()) -> None:
        self.broker = broker
        self.heard: list[Received] = []
        broker.connect(will=None, births=lambda: births, subscriptions=subscriptions, on_message=self.heard.append)


@pytest.fixture
def join(mosquitto: Mosquitto) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(name: str, *subscriptions: str, session_expiry_s: int = 0, births: tuple[Publish, ...] = ()) -> Client:
        broker = MqttBroker(BrokerSection(port=mosquitto.port), name, session_expiry_s=session_expiry_s)
        made.append(Client(broker, *subscriptions, births=births))
        wait_for(lambda: broker.is_connected)
        time.sleep(0.05)  # for the subscriptions
        return made[-1]

    yield make
    for client in made:
        client.broker.close()


def message(topic: str, payload: bytes = b"x", *, qos: int = 1, is_retained: bool = False) -> Publish:
    return Publish(topic, payload, qos, is_retained)


def test_delivered_or_not(join: Callable[..., Client]) -> None:
    sender = join("sender")
    assert not sender.broker.publish(message("a/b")), "nobody listens: 0x10 is not delivered"
    assert sender.broker.publish(message("a/kept", is_retained=True)), "kept for those to come"
    assert sender.broker.refusals == 0
    taker = join("taker", "a/+")
    assert sender.broker.publish(message("a/b"))
    wait_for(lambda: len(taker.heard) == 2)
    assert taker.heard == [Received("a/kept", b"x", is_retained=True), Received("a/b", b"x", is_retained=False)]


def test_oversized_never_leaves_and_nothing_loops(join: Callable[..., Client]) -> None:
    sender, _ = join("sender"), join("taker", "a")
    with pytest.raises(WireError, match="too_large"):
        sender.broker.publish(message("a", b"x" * 2049))
    time.sleep(0.3)
    assert sender.broker.connections == 1
    join("reader", "a/baseline")
    assert sender.broker.publish(message("a", b"x" * 2048)), "the broker's own limit is not smaller"
    assert sender.broker.publish(message("a/baseline", b"x" * 256 * 1024)), "nor for what may be larger"


def test_what_the_broker_will_not_take_is_not_sent_for_ever(make_mosquitto: Callable[..., Mosquitto]) -> None:
    """A broker whose settings allow less than ours closes the connection."""
    small = make_mosquitto(with_defaults=True, settings="message_size_limit 100000")
    with closing(MqttBroker(BrokerSection(port=small.port), "sender")) as broker:
        Client(broker)
        wait_for(lambda: broker.is_connected)
        assert not broker.publish(message("a/baseline", b"x" * 200_000), timeout_s=2)
        wait_for(lambda: broker.connections == 2)
        time.sleep(1.5)
        assert broker.connections == 2, "paho must not send it again"


def test_expiry_is_set(join: Callable[..., Client], mosquitto: Mosquitto) -> None:
    found: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, "reader", protocol=paho.MQTTv5)
    client.on_message = lambda _c, _d, m: found.append(vars(m.properties)["MessageExpiryInterval"])
    client.on_connect = lambda c, *_: c.subscribe("a", 1)
    client.on_subscribe = lambda *_: found.append(0)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    wait_for(lambda: found)
    join("sender").broker.publish(Publish("a", b"x", 1, is_retained=False, expiry_s=60))
    wait_for(lambda: len(found) == 2)
    client.disconnect()
    client.loop_stop()
    assert 59 <= found[1] <= 60


def test_resubscribes_and_announces_itself_after_a_restart(join: Callable[..., Client], mosquitto: Mosquitto) -> None:
    birth = message("born", is_retained=True)
    client = join("client", "a", births=(birth,))
    watcher = join("watcher", "born")
    mosquitto.kill()
    wait_for(lambda: not client.broker.is_connected)
    assert not client.broker.publish(message("a"), timeout_s=5), "away: no waiting, no exception"
    assert not client.broker.publish(message("a"), timeout_s=0)
    (mosquitto.folder / "mosquitto.db").unlink(missing_ok=True)
    mosquitto.start()
    wait_for(lambda: client.broker.connections == 2 and watcher.broker.connections == 2)
    wait_for(lambda: Received("born", b"x", is_retained=False) in watcher.heard or len(watcher.heard) == 2)
    time.sleep(0.1)
    assert join("sender").broker.publish(message("a"))
    wait_for(lambda: client.heard == [Received("a", b"x", is_retained=False)])


def test_a_session_keeps_what_came_meanwhile(join: Callable[..., Client]) -> None:
    sender = join("sender")
    first = join("booth", "a", session_expiry_s=60)
    first.broker.close()
    assert sender.broker.publish(message("a", b"while away"))
    second = join("booth", "a", session_expiry_s=60)
    wait_for(lambda: second.heard == [Received("a", b"while away", is_retained=False)])


def test_starting_without_a_broker(caplog: pytest.LogCaptureFixture, make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = MqttBroker(BrokerSection(port=free_port()), "early")
    with caplog.at_level(logging.WARNING):
        Client(broker, "a")
        wait_for(lambda: caplog.records)
        time.sleep(1.3)
    assert len(caplog.records) == 1, "said once, not at every attempt"
    assert "cannot be reached" in caplog.text
    assert not broker.is_connected
    broker.close()


def test_two_of_one_name_are_told(join: Callable[..., Client], caplog: pytest.LogCaptureFixture) -> None:
    first = join("camera-1")
    join("camera-1")
    wait_for(lambda: first.broker.refusals)
    assert "another program uses the client id camera-1 too" in caplog.text
    assert caplog.text.count("lost (") <= 2, "said once by each"


WILL = """
import sys, time
from edge import wire
from edge.config import BrokerSection
from edge.message.mqtt import MqttBroker
from edge.seams import Publish
from tests.messages import make_status
topic = wire.node_topic("booth", "camera-1", "status")
def say(state): return Publish(topic, wire.encode(topic, make_status(state)), 1, is_retained=True)
broker = MqttBroker(BrokerSection(port=int(sys.argv[1])), "camera-1")
broker.connect(will=say("offline"), births=lambda: [say("online")], subscriptions=(), on_message=print)
sys.stdin.read()
broker.publish(say("offline"), timeout_s=2)
broker.close()
"""


@pytest.mark.parametrize("is_killed", [True, False])
def test_presence(join: Callable[..., Client], mosquitto: Mosquitto, *, is_killed: bool) -> None:
    watcher = join("watcher", "spotter/v1/booth/node/+/status")
    with subprocess.Popen(
        [sys.executable, "-c", WILL, str(mosquitto.port)], stdin=subprocess.PIPE, cwd=REPOSITORY
    ) as node:
        wait_for(lambda: len(watcher.heard) == 1)
        if is_killed:
            node.kill()
        else:
            assert node.stdin is not None
            node.stdin.close()
        wait_for(lambda: len(watcher.heard) == 2)
        node.wait(10)
    time.sleep(0.2)
    said: list[Any] = [wire.decode(heard.topic, heard.payload)[1] for heard in watcher.heard]
    assert [status.state for status in said] == ["online", "offline"], "and no will after a clean farewell"
    late = join("late", "spotter/v1/booth/node/+/status")
    wait_for(lambda: late.heard)
    assert late.heard[0].is_retained


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """Make certificates: ca, server (localhost), camera-1, and a stranger from another CA."""
    return make_certificates(tmp_path / "pki", {"ca": ("localhost", "camera-1"), "other": ("stranger",)})


def tls(pki: Path, name: str, ca: str = "ca") -> Tls:
    return Tls(ca=str(pki / f"{ca}.pem"), certificate=str(pki / f"{name}.pem"), key=str(pki / f"{name}.key"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the refused socket open
def test_mutual_tls_and_refusals(
    make_mosquitto: Callable[..., Mosquitto], pki: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (pki / "acl").write_text("pattern write a/%u\npattern read a/#\n")
    server = make_mosquitto(
        plain=False,
        settings=f"listener PORT 127.0.0.1\ncafile {pki}/ca.pem\ncertfile {pki}/localhost.pem\n"
        f"keyfile {pki}/localhost.key\nrequire_certificate true\nuse_identity_as_username true\nacl_file {pki}/acl",
    )
    brokers = [
        MqttBroker(BrokerSection(port=server.port, keepalive_s=5, tls=tls(pki, name, ca)), name)
        for name, ca in (("camera-1", "ca"), ("stranger", "ca"), ("camera-1", "other"))
    ]
    good, stranger, fooled = (Client(broker, "a/camera-1").broker for broker in brokers)
    wait_for(lambda: good.is_connected)
    assert good.publish(message("a/camera-1"))
    assert good.refusals == 0
    assert not good.publish(message("a/camera-2"))
    assert not good.publish(message("a/camera-2", is_retained=True))
    assert good.refusals == 2
    assert caplog.text.count("refused a message: Not authorized") == 1, "said once"
    wait_for(lambda: stranger.trouble and fooled.trouble)
    assert not stranger.is_connected, "the broker does not know its CA"
    assert re.search(r"ended the connection before it answered: it does not take this cert|refused", stranger.trouble)
    assert not fooled.is_connected, "it does not know the broker's CA"
    assert "its certificate is not right" in fooled.trouble
    for broker in brokers:
        broker.close()


@pytest.mark.parametrize("host", ["", "a..b", "x" * 80])
def test_impossible_hosts(host: str) -> None:
    with pytest.raises(BrokerError, match=r"broker\.host"):
        MqttBroker(BrokerSection(host=host), "camera-1")


@pytest.mark.parametrize("host", ["user:Passw0rd@broker", "mqtt://user:Passw0rd@broker", "broker/Passw0rd"])
def test_a_password_in_the_host_is_refused_and_not_shown(host: str) -> None:
    with pytest.raises(BrokerError, match=r"broker\.host: expected a host name or address alone") as caught:
        MqttBroker(BrokerSection(host=host), "camera-1")
    assert "Passw0rd" not in str(caught.value)
    with pytest.raises(ConfigError, match="--broker: expected HOST:PORT") as refused:
        broker_at(f"{host}:1883", BrokerSection())
    assert "Passw0rd" not in str(refused.value)


def test_unusable_certificates(pki: Path) -> None:
    (pki / "bad.pem").write_text("no certificate")
    for section in (
        Tls(ca="/nowhere/ca.pem", certificate="/nowhere/c.pem", key="/nowhere/k.pem"),
        Tls(ca=str(pki / "bad.pem"), certificate=str(pki / "camera-1.pem"), key=str(pki / "camera-1.key")),
        Tls(ca=str(pki / "ca.pem"), certificate=str(pki / "camera-1.pem"), key=str(pki / "localhost.key")),
    ):
        with pytest.raises(BrokerError, match=r"broker\.tls: certificates cannot be used"):
            MqttBroker(BrokerSection(tls=section), "camera-1")
