"""A running site to what is wrong with it, as a node meets it: network, TLS, publish, the booth's answer, the others.

Real connections only. What the broker grants is not believed: a message must have come back.
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
"""A broker that refuses a certificate says so at once after the handshake; one that takes it waits for us."""
ANSWER_S = 5.0
POLL_S = 0.05
HEARTBEATS_S = 25.0
"""Two heartbeats at their default of 10 s, and some."""
EPOCH = wire.UNNUMBERED_EPOCH
"""No outbox has it."""

ALERTS = {
    "CERTIFICATE_REVOKED": "our certificate is revoked: issue a new one with --renew",
    "CERTIFICATE_EXPIRED": "our certificate has expired, or the clock there is off: issue a new one with --renew",
    "UNKNOWN_CA": "our certificate is of another site's authority: copy this site's",
    "CERTIFICATE_REQUIRED": "it wants a certificate and was given none",
}


def probe_connection(section: BrokerSection) -> list[str]:
    """Why a node with these settings does not even get to the broker; empty if it does."""
    host, port = section.host, section.port
    try:
        plain = socket.create_connection((host, port), timeout=CONNECT_S)
    except socket.gaierror:
        return [f"the name {host} is known to nobody here: is the booth's network up? An address needs no name service"]
    except ConnectionRefusedError:
        return [f"{host} is there, but nothing listens on port {port}: start mosquitto there, or see its log"]
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
                yield "the broker ends the connection at once: see its log"
    except TimeoutError:
        return
    except ssl.SSLCertVerificationError as err:
        yield _distrusted(host, err)
    except ssl.SSLError as err:
        reason = err.reason or str(err)
        why = next((text for word, text in ALERTS.items() if word in reason), None)
        yield f"the broker refuses us: {why or _no_tls(reason)}"
    except OSError as err:
        yield f"the broker ends the connection ({err}): is port and listener the one with TLS?"


def _distrusted(host: str, err: ssl.SSLCertVerificationError) -> str:
    text = err.verify_message
    if "mismatch" in text or "not valid for" in text:
        return f"the broker's certificate is not good for {host}: reach it by a name or address that site.yaml has"
    if "expired" in text:
        return "the broker's certificate has expired, or the clock here is off: check the clock first"
    return f"the broker at {host} is not this site's ({text}): its certificate is of another authority"


def _no_tls(reason: str) -> str:
    if reason in ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "RECORD_LAYER_FAILURE"):
        return "it speaks no TLS on this port; the port with TLS is usually 8883"
    return f"{reason.replace('_', ' ').lower()}; see its log"


def _out_of_reach(host: str, err: OSError) -> str:
    ours = own_networks()
    listed = ", ".join(map(str, ours)) or "none"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"{host} does not answer ({err}): is it on, and is its cable in?"
    if any(address in interface.network for interface in ours):
        return f"{host} does not answer ({err}), though it is in our subnet: is the booth on, and is its cable in?"
    return (
        f"{host} is in none of the subnets here ({listed}): the broker looks dead, but is only out of reach. "
        "Give this machine an address in the booth's subnet, or correct broker.host"
    )


def own_networks() -> list[ipaddress.IPv4Interface]:
    """Addresses of this machine with their subnets, but for loopback."""
    found = [
        ipaddress.IPv4Interface(f"{address.address}/{address.netmask}")
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and address.netmask
    ]
    return [interface for interface in found if not interface.is_loopback]


class _Ear:
    """What comes back."""

    def __init__(self, clock: Clock) -> None:
        self.roster = Roster(clock)
        self.is_answered = False

    def hear(self, message: Received) -> None:
        try:
            address, content = wire.decode(message.topic, message.payload)
        except WireError:
            return
        if isinstance(content, wire.Ack):
            self.is_answered |= content.epoch == EPOCH and not message.is_retained
        elif address.node is not None:
            self.roster.note(address, content, is_retained=message.is_retained)

    def hears(self, nodes: Sequence[str]) -> bool:
        """Whether each has sent a heartbeat just now."""
        known = self.roster.nodes
        return all(node in known and known[node].heard_at is not None for node in nodes)


def probe(section: BrokerSection, site: str, name: str, clock: Clock, nodes: Sequence[str] = ()) -> list[str]:
    """As `name`, whose certificate `section` names: a message to the booth and its answer; then how `nodes` are."""
    sentences = probe_connection(section)
    if sentences:
        return sentences
    ear, broker = _Ear(clock), MqttBroker(section, name)
    subscriptions = [wire.node_topic(site, name, "ack")]
    if nodes:
        subscriptions += [wire.node_topic(site, "+", leaf) for leaf in ("status", "health")]
    broker.connect(will=None, births=tuple, subscriptions=subscriptions, on_message=ear.hear)
    try:
        if not _wait(lambda: broker.is_connected, ANSWER_S, clock):
            return ["TLS is fine, but mosquitto takes no MQTT connection from us: see its log"]
        sentences += _ask_booth(broker, ear, wire.node_topic(site, name, "gap"), name, clock)
        _wait(lambda: ear.hears(nodes), HEARTBEATS_S, clock)
    finally:
        broker.close()
    return [*sentences, *_judge(nodes, ear)]


def _ask_booth(broker: MqttBroker, ear: _Ear, topic: str, name: str, clock: Clock) -> Iterator[str]:
    """A gap that leaves nothing out is stored and acknowledged as any, and changes no count."""
    gap = wire.encode(topic, wire.Gap(node=name, epoch=EPOCH, upto=0, dropped=0))
    refusals = broker.refusals
    if not broker.publish(Publish(topic, gap, 1, is_retained=False), timeout_s=ANSWER_S):
        if broker.refusals > refusals:
            yield f"the broker refuses what {name} writes: its access rules are old; make it read them (kill -HUP)"
        else:
            yield "the broker takes messages, but nobody hears them: is spotter booth running, and of this site?"
    elif not _wait(lambda: ear.is_answered, ANSWER_S, clock):
        yield "the booth hears, but acknowledges nothing: its page says why (store full or locked?)"


def _judge(names: Sequence[str], ear: _Ear) -> Iterator[str]:
    found = {row.node: row.problems for row in ear.roster.node_health()}
    for name in sorted(names):
        if name not in found:
            advice = "is it on? Then look there: spotter provision check /etc/spotter"
            yield f"{name}: has never reached this broker; {advice}"
        yield from (f"{name}: {problem}" for problem in found.get(name, ()))


def _wait(condition: Callable[[], bool], seconds: float, clock: Clock) -> bool:
    end = clock.monotonic() + seconds
    while not condition() and clock.monotonic() < end:
        clock.sleep(POLL_S)
    return condition()
