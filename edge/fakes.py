"""A broker inside one process, for tests and for the demo on a machine without mosquitto."""

import threading
from collections.abc import Callable, Sequence

from edge.seams import Publish, Received
from edge.wire import check_size


class InProcessBroker:
    """The hub that the FakeBrokers of one process connect to; thread-safe.

    It delivers in the publisher's thread and keeps retained messages over `stop` and `start`, as mosquitto with
    persistence does.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._clients: list[FakeBroker] = []
        self._retained: dict[str, Publish] = {}
        self.is_running = True

    def client(self) -> "FakeBroker":
        """Return a new client that is not connected yet."""
        return FakeBroker(self)

    def stop(self) -> None:
        """Simulate a crash of the broker: every client loses its connection and no will is sent."""
        with self._lock:
            self.is_running = False
            for client in self._clients:
                client.is_connected = False

    def start(self) -> None:
        """Start the broker again: every client connects, subscribes and publishes its births again."""
        with self._lock:
            self.is_running = True
            clients = list(self._clients)
        for client in clients:
            client.join()

    def attach(self, client: "FakeBroker") -> None:
        """Add a client, and connect it if the hub is running."""
        with self._lock:
            self._clients.append(client)
        if self.is_running:
            client.join()

    def detach(self, client: "FakeBroker") -> None:
        with self._lock:
            self._clients.remove(client)

    def retained(self, filters: Sequence[str]) -> list[Publish]:
        """Return the retained messages that match any of the topic filters, sorted by topic."""
        with self._lock:
            return [m for topic, m in sorted(self._retained.items()) if any(matches(f, topic) for f in filters)]

    def route(self, message: Publish) -> int:
        """Deliver to all subscribers; returns how many. A retained message with an empty payload clears its topic."""
        with self._lock:
            if message.is_retained and message.payload:
                self._retained[message.topic] = message
            elif message.is_retained:
                self._retained.pop(message.topic, None)
            takers = [client for client in self._clients if client.wants(message.topic)]
        for client in takers:
            client.deliver(Received(message.topic, message.payload, is_retained=False))
        return len(takers)


class FakeBroker:
    """A client of InProcessBroker that implements seams.Broker."""

    def __init__(self, hub: InProcessBroker) -> None:
        self._hub = hub
        self._subscriptions: tuple[str, ...] = ()
        self._will: Publish | None = None
        self.is_connected = False
        self.connections = 0
        self.refusals = 0
        self.trouble = ""

    def connect(
        self,
        *,
        will: Publish | None,
        births: Callable[[], Sequence[Publish]],
        subscriptions: Sequence[str],
        on_message: Callable[[Received], None],
    ) -> None:
        self._will, self._births = will, births
        self._subscriptions, self.deliver = tuple(subscriptions), on_message
        self._hub.attach(self)

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        check_size(message.topic, message.payload)
        if not self.is_connected:
            return False
        takers = self._hub.route(message)
        return takers > 0 or message.is_retained or message.qos == 0 or timeout_s == 0

    def close(self) -> None:
        if self.is_connected:
            self._hub.detach(self)
        self.is_connected = False

    def vanish(self) -> None:
        """Disconnect as a killed program does: the hub sends the will."""
        was_connected = self.is_connected
        self.close()
        if was_connected and self._will is not None:
            self._hub.route(self._will)

    def wants(self, topic: str) -> bool:
        """Whether the client is connected and subscribed to a topic."""
        return self.is_connected and any(matches(pattern, topic) for pattern in self._subscriptions)

    def join(self) -> None:
        """Connect: receive retained messages, then publish the births; called by the hub."""
        self.is_connected = True
        self.connections += 1
        for message in self._hub.retained(self._subscriptions):
            self.deliver(Received(message.topic, message.payload, is_retained=True))
        for message in self._births():
            self.publish(message, timeout_s=0)


def matches(pattern: str, topic: str) -> bool:
    """Whether an MQTT topic filter matches a topic.

    >>> [matches(pattern, "a/b/c") for pattern in ("a/b/c", "a/+/c", "a/#", "#", "a/+", "+/b")]
    [True, True, True, True, False, False]
    """
    wanted, found = pattern.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, found = wanted[:-1], found[: len(wanted) - 1]
    return len(wanted) == len(found) and all(w in ("+", f) for w, f in zip(wanted, found, strict=True))
