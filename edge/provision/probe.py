"""Test a running site as a node sees it: network, TLS, publishing, the booth's answer, the other nodes' heartbeats.

Every test uses a real connection. A granted subscription proves nothing, so a message must come back.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import psutil

from edge import wire
from edge.booth.roster import Roster
from edge.config import BrokerSection, Tls
from edge.errors import WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Clock, Publish, Received

CONNECT_S = 3.0
REFUSAL_S = 0.5
"""Seconds to wait for a refused certificate: a broker reports it right after the handshake, else waits for us."""
ANSWER_S = 5.0
POLL_S = 0.05
HEARTBEATS_S = 25.0
"""Seconds to wait for heartbeats: two at their default of 10 s, and some margin."""
EPOCH = wire.UNNUMBERED_EPOCH
"""Marks our message: no outbox uses this epoch."""

ALERTS = {
    "CERTIFICATE_REVOKED": "our certificate is revoked: renew it: spotter provision node NODE --renew --site-dir DIR",
    "CERTIFICATE_EXPIRED": "our certificate has expired, or the broker's clock is wrong: check it, then use --renew",
    "UNKNOWN_CA": "our certificate comes from another site's authority: copy this site's files",
    "CERTIFICATE_REQUIRED": "it asks for a certificate and got none: set broker.tls in the settings",
}


def probe_connection(section: BrokerSection) -> list[str]:
    """Return why a node with these settings cannot reach the broker; empty if it can."""
    host, port = section.host, section.port
    try:
        plain = socket.create_connection((host, port), timeout=CONNECT_S)
    except socket.gaierror:
        return [f"cannot resolve {host}: check DNS, or use the booth's IP address"]
    except ConnectionRefusedError:
        return [f"{host} answers, but nothing listens on port {port}: start mosquitto there, or read its log"]
    except OSError as err:
        return [_out_of_reach(host, err)]
    with closing(plain):
        return [] if section.tls is None else list(_probe_tls(plain, host, section.tls))


def _probe_tls(plain: socket.socket, host: str, tls: Tls) -> Iterator[str]:
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ValueError) as err:
        yield f"our own certificates cannot be used ({err}): check this folder"
        return
    try:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            secure.settimeout(REFUSAL_S)
            if secure.recv(1) == b"":
                yield "the broker closes the connection at once: read its log"
    except TimeoutError:
        return
    except ssl.SSLCertVerificationError as err:
        yield _distrusted(host, err)
    except ssl.SSLError as err:
        reason = err.reason or str(err)
        why = next((text for alert, text in ALERTS.items() if alert in reason), None)
        yield f"the broker refuses us: {why or _no_tls(reason)}"
    except OSError as err:
        yield f"the broker closes the connection ({err}): check that this port is its TLS listener"


def _distrusted(host: str, err: ssl.SSLCertVerificationError) -> str:
    text = err.verify_message
    if "mismatch" in text or "not valid for" in text:
        return f"the broker's certificate is not valid for {host}: use a name or address listed in site.yaml"
    if "expired" in text:
        return "the broker's certificate has expired, or the clock here is wrong: check the clock first"
    return f"the broker at {host} is not this site's ({text}): its certificate comes from another authority"


def _no_tls(reason: str) -> str:
    if reason in ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "RECORD_LAYER_FAILURE"):
        return "this port does not use TLS; the port that does is usually 8883"
    return f"{reason.replace('_', ' ').lower()}; read its log"


def _out_of_reach(host: str, err: OSError) -> str:
    ours = own_networks()
    listed = ", ".join(map(str, ours)) or "none"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"{host} does not answer ({err}): check that it is on and its cable is plugged in"
    if any(address in interface.network for interface in ours):
        return f"{host} is in our subnet but does not answer ({err}): check that it is on and its cable is plugged in"
    return (
        f"{host} is outside this machine's subnets ({listed}), so it is out of reach, not necessarily off. "
        "Give this machine an address in the booth's subnet, or correct broker.host"
    )


def own_networks() -> list[ipaddress.IPv4Interface]:
    """Return this machine's IPv4 addresses with their subnets, without loopback."""
    found = [
        ipaddress.IPv4Interface(f"{address.address}/{address.netmask}")
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and address.netmask
    ]
    return [interface for interface in found if not interface.is_loopback]


class _Listener:
    """Collects the messages that come back."""

    def __init__(self, clock: Clock) -> None:
        self.roster = Roster(clock)
        self.is_answered = False

    def receive(self, message: Received) -> None:
        try:
            address, content = wire.decode(message.topic, message.payload)
        except WireError:
            return
        if isinstance(content, wire.Ack):
            self.is_answered |= content.epoch == EPOCH and not message.is_retained
        elif address.node is not None:
            self.roster.note(address, content, is_retained=message.is_retained)

    def has_heard_from(self, nodes: Sequence[str]) -> bool:
        """Return whether each of `nodes` has sent a heartbeat since we connected."""
        known = self.roster.nodes
        return all(node in known and known[node].heard_at is not None for node in nodes)


def probe(section: BrokerSection, site: str, name: str, clock: Clock, nodes: Sequence[str] = ()) -> list[str]:
    """Connect as `name`, send the booth a message, wait for its answer and for the heartbeats of `nodes`.

    `section` names the certificate of `name`. Returns one sentence per problem.
    """
    sentences = probe_connection(section)
    if sentences:
        return sentences
    listener, broker = _Listener(clock), MqttBroker(section, name)
    subscriptions = [wire.node_topic(site, name, "ack")]
    if nodes:
        subscriptions += [wire.node_topic(site, "+", leaf) for leaf in ("status", "health")]
    broker.connect(will=None, births=tuple, subscriptions=subscriptions, on_message=listener.receive)
    try:
        if not _wait(lambda: broker.is_connected, ANSWER_S, clock):
            why = broker.trouble or "mosquitto accepts no MQTT connection from us: read its log"
            return [f"TLS works, but {why}"]
        sentences += _ask_booth(broker, listener, wire.node_topic(site, name, "gap"), name, clock)
        _wait(lambda: listener.has_heard_from(nodes), HEARTBEATS_S, clock)
    finally:
        broker.close()
    return [*sentences, *_judge(nodes, listener)]


def _ask_booth(broker: MqttBroker, listener: _Listener, topic: str, name: str, clock: Clock) -> Iterator[str]:
    """Publish a gap message of 0 dropped scores: the booth stores and acknowledges it, and no count changes."""
    gap = wire.encode(topic, wire.Gap(node=name, epoch=EPOCH, upto=0, dropped=0))
    refusals = broker.refusals
    if not broker.publish(Publish(topic, gap, 1, is_retained=False), timeout_s=ANSWER_S):
        if broker.refusals > refusals:
            yield f"the broker refuses messages from {name}: its access rules are old; reload them (kill -HUP)"
        else:
            yield "the broker accepts messages, but no booth receives them: does spotter booth run, for this site?"
    elif not _wait(lambda: listener.is_answered, ANSWER_S, clock):
        yield "the booth receives messages, but does not acknowledge them: read why on its page (store full or locked?)"


def _judge(names: Sequence[str], listener: _Listener) -> Iterator[str]:
    found = {row.node: row.problems for row in listener.roster.node_health()}
    for name in sorted(names):
        if name not in found:
            advice = "check that it is on, then run there: spotter provision check /etc/spotter"
            yield f"{name}: has never connected to this broker; {advice}"
        yield from (f"{name}: {problem}" for problem in found.get(name, ()))


def _wait(condition: Callable[[], bool], seconds: float, clock: Clock) -> bool:
    end = clock.monotonic() + seconds
    while not condition() and clock.monotonic() < end:
        clock.sleep(POLL_S)
    return condition()
