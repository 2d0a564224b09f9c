"""Update a site's nodes from the booth: one first, and the others once it has kept the release."""

import hashlib
import queue
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edge import wire
from edge.config import BrokerSection, Tls
from edge.errors import BrokerError, ProvisionError, WireError
from edge.message.mqtt import MqttBroker
from edge.release.install import MANIFEST, Release
from edge.seams import Publish, Received
from edge.site.mosquitto import UPDATER
from edge.site.site import Site
from edge.updates.serve import serving
from edge.wire_update import Offer, Progress

CONNECT_S = 10.0
ANSWER_S = 60.0
"""Seconds in which a node must answer an offer: its heartbeat is every 10 s."""
SILENCE_S = 900.0
"""Seconds without news of a node after which it counts as lost: an install and a trial take a few minutes on a Pi."""
Say = Callable[[str, str], None]
"""Takes a node's name and what it does, in words."""


class Push:
    """One push of a release to the nodes of a site; `run` it once."""

    def __init__(
        self, site: Site, release: Release, say: Say, *, is_forced: bool = False, answer_s: float = ANSWER_S
    ) -> None:
        """`is_forced` has nodes take a release that cannot use what they have counted."""
        self._site, self._release, self._say = site, release, say
        self._is_forced, self._answer_s = is_forced, answer_s
        self._id = secrets.token_hex(4)
        self._inbox: queue.Queue[Received] = queue.Queue()
        self._found: dict[str, Progress] = {}

    def run(self, nodes: Sequence[str], section: BrokerSection) -> list[str]:
        """Update the first of `nodes`, then the others; returns those that do not run the release now.

        Raises BrokerError or ProvisionError if it cannot even begin.
        """
        broker = MqttBroker(section, UPDATER)
        topics = [wire.node_topic(self._site.name, "+", "update")]
        broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self._inbox.put)
        try:
            _await_connection(broker)
            with serving(self._release, self._site.folder / "broker", self._site.settings.port + 1, nodes):
                return self._stages(broker, nodes)
        finally:
            self._offer(broker, [])
            broker.close()

    def _stages(self, broker: MqttBroker, nodes: Sequence[str]) -> list[str]:
        first, rest = nodes[:1], nodes[1:]
        if failed := self._stage(broker, first, first):
            for name in rest:
                self._say(name, f"stays as it is, since {first[0]} did not keep the release")
            return [*failed, *rest]
        return self._stage(broker, nodes, rest)

    def _stage(self, broker: MqttBroker, offered: Sequence[str], awaited: Sequence[str]) -> list[str]:
        """Offer the release to the nodes and wait for those; returns the ones that did not keep it."""
        if not awaited:
            return []
        if not self._offer(broker, offered):
            raise BrokerError(
                "the broker took no offer of a release: its access rules may be old; reload them: "
                f"spotter provision set --site-dir {self._site.folder}"
            )
        heard = dict.fromkeys(awaited, time.monotonic())
        while waiting := [name for name in awaited if not self._is_over(name)]:
            self._take(heard)
            for name in waiting:
                known = name in self._found
                if time.monotonic() > heard[name] + (SILENCE_S if known else self._answer_s):
                    self._say(name, "is silent: is it switched on, connected, and is its card of this version?")
                    awaited = [other for other in awaited if other != name]
        return [name for name in heard if name not in self._found or self._found[name].state != "kept"]

    def _is_over(self, name: str) -> bool:
        return name in self._found and self._found[name].is_over

    def _take(self, heard: dict[str, float]) -> None:
        """Wait a second for news, and say what is new."""
        try:
            message = self._inbox.get(timeout=1.0)
            _, found = wire.decode(message.topic, message.payload)
        except (queue.Empty, WireError):
            return
        if not isinstance(found, Progress) or found.push != self._id or found.node not in heard:
            return
        heard[found.node] = time.monotonic()
        if self._found.get(found.node) != found:
            self._found[found.node] = found
            self._say(found.node, found.sentence)

    def _offer(self, broker: MqttBroker, nodes: Sequence[str]) -> bool:
        """Publish the offer; without nodes, withdraw it."""
        topic = wire.booth_topic(self._site.name, "release")
        digest = hashlib.sha256((self._release.folder / MANIFEST).read_bytes()).hexdigest()
        offer = Offer(push=self._id, manifest=digest, nodes=list(nodes), force=self._is_forced)
        payload = wire.encode(topic, offer) if nodes else b""
        return broker.publish(Publish(topic, payload, 1, is_retained=True), timeout_s=CONNECT_S)


def section_of(site: Site, home: Path, kind: str, host: str) -> BrokerSection:
    """Return how the program with the certificate in `home` reaches the site's broker."""
    tls = Tls(ca=f"{home}/ca.pem", certificate=f"{home}/{kind}.pem", key=f"{home}/{kind}.key")
    return BrokerSection(host=host, port=site.settings.port, tls=tls)


def check_nodes(site: Site, nodes: Sequence[str]) -> list[str]:
    """Return the nodes to update, all by default; raises ProvisionError for one that is not the site's."""
    if unknown := [name for name in nodes if name not in site.nodes]:
        raise ProvisionError(f"{', '.join(unknown)}: not a node of {site.name}, which has: {', '.join(site.nodes)}")
    if not site.nodes:
        raise ProvisionError(f"{site.folder}: has no node yet; make one: spotter provision node NAME --site-dir DIR")
    return list(dict.fromkeys(nodes)) or site.nodes


def _await_connection(broker: MqttBroker) -> None:
    end = time.monotonic() + CONNECT_S
    while not broker.is_connected:
        if time.monotonic() > end:
            raise BrokerError("the broker cannot be reached: run this on the booth, while mosquitto runs")
        time.sleep(0.05)
