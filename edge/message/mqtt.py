"""The Broker seam over paho-mqtt: MQTT v5, mutual TLS, and every reason code checked.

Only this file imports paho; its network thread and callbacks stay in here. It reconnects for ever, with growing pauses.
Nothing is queued for later: what paho still holds when a connection is lost is dropped, since the outbox sends again
what the booth has not acknowledged (paho's own queue is in memory, and loses the newest first).
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.config import BrokerSection, Tls
from edge.errors import BrokerError, EdgeError
from edge.message import refusal
from edge.seams import Publish, Received
from edge.wire import check_size

log = logging.getLogger(__name__)

RECONNECT_S = (1, 10)
"""Shortest and longest pause before connecting again; short, since the broker is on the same LAN."""
ANSWER_S = 5.0
"""Default time to wait for the broker's answer to a QoS 1 publish."""
NO_SUBSCRIBERS = 0x10
"""PUBACK reason code "No matching subscribers": not a failure, but the message reached no subscriber."""
LEFT_WELL = 0
"""Reason code of a normal disconnection."""
TURNED_AWAY = "turned away: "
"""What the kinds of sentences about refused connections begin with."""
SHORT_S, SHORT_ONES = 10.0, 3
"""After this many connections in a row that were this short, a cause is logged (mosquitto 2.0.11 gives none)."""


class MqttBroker:
    """A connection to a real MQTT broker."""

    def __init__(self, section: BrokerSection, client_id: str, *, session_expiry_s: int = 0) -> None:
        """With `session_expiry_s`, the broker keeps messages for this many seconds while this program is away.

        Raises BrokerError for settings that can never work: an unreadable certificate, an impossible host name.
        """
        self._section = section
        self._name = client_id
        self._expiry_s = session_expiry_s
        self._connected = threading.Event()
        self._connections = self._refusals = self._short_ones = 0
        self._connected_at = 0.0
        self._said: set[str] = set()
        self._is_told = False
        """Whether this attempt to connect has already said why it failed."""
        self._trouble = ""
        self._answers: dict[int, int] = {}
        self._waiters = 0
        self._changed = threading.Condition()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTv5)
        self._client.reconnect_delay_set(*RECONNECT_S)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._check_host()
        if section.tls:
            self._set_tls(section.tls)

    @property
    def is_connected(self) -> bool:
        return self._connected.is_set()

    @property
    def connections(self) -> int:
        return self._connections

    @property
    def refusals(self) -> int:
        return self._refusals

    @property
    def trouble(self) -> str:
        return self._trouble

    def connect(
        self,
        *,
        will: Publish | None,
        births: Callable[[], Sequence[Publish]],
        subscriptions: Sequence[str],
        on_message: Callable[[Received], None],
    ) -> None:
        """Implement seams.Broker.connect; raises WireError for a will that is too large."""
        self._births, self._subscriptions, self._deliver = births, tuple(subscriptions), on_message
        if will is not None:
            check_size(will.topic, will.payload)
            self._client.will_set(will.topic, will.payload, will.qos, will.is_retained)
        properties = _properties(PacketTypes.CONNECT, SessionExpiryInterval=self._expiry_s)
        section = self._section
        clean = self._expiry_s == 0
        self._client.connect_async(
            section.host, section.port, section.keepalive_s, clean_start=clean, properties=properties
        )
        self._client.loop_start()

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        """Implement seams.Broker.publish; returns False at once while the broker is away."""
        check_size(message.topic, message.payload)
        if not self.is_connected:
            return False
        if message.qos == 0 or timeout_s == 0:
            return self._send(message) is not None
        with self._listening():
            mid = self._send(message)
            if mid is None:
                return False
            reason = self._answer(mid, ANSWER_S if timeout_s is None else timeout_s)
        return reason is not None and reason < (0x80 if message.is_retained else NO_SUBSCRIBERS)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._connected.clear()

    def _send(self, message: Publish) -> int | None:
        expiry = {} if message.expiry_s is None else {"MessageExpiryInterval": message.expiry_s}
        properties = _properties(PacketTypes.PUBLISH, **expiry)
        info = self._client.publish(message.topic, message.payload, message.qos, message.is_retained, properties)
        return info.mid if info.rc == 0 else None

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Keep answers while a publish waits for one; an answer may arrive before its message id is known here."""
        with self._changed:
            self._waiters += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiters -= 1
                if not self._waiters:
                    self._answers.clear()

    def _answer(self, mid: int, timeout_s: float) -> int | None:
        """Return the reason code for one publish; None if the connection is lost or the time is over first."""
        before = self._connections
        with self._changed:
            self._changed.wait_for(
                lambda: mid in self._answers or not self.is_connected or self._connections != before, timeout_s
            )
            return self._answers.get(mid)

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._turned_away(refusal.answered(self._section, reason.value, str(reason)))
            self._is_told = True
            return
        self._trouble = ""
        self._said = {one for one in self._said if not one.startswith(TURNED_AWAY)}
        self._client.drop_out_messages()
        with self._changed:
            self._answers.clear()
            self._connections += 1
            self._connected.set()
        self._connected_at = time.monotonic()
        if self._short_ones < SHORT_ONES:
            log.info("connected to %s", self._where)
        if self._subscriptions:
            self._client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._subscriptions])
        self._announce()

    def _announce(self) -> None:
        try:
            for message in self._births():
                self.publish(message, timeout_s=0)
        except EdgeError as err:
            self._refuse(f"could not send the messages due on every connect: {err}")

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        err = sys.exc_info()[1]
        if sentence := refusal.unsecured(self._section, err):
            self._turned_away(sentence)
            return
        self._trouble = ""
        self._say("away", f"{self._where} cannot be reached ({err}); trying again until it can")

    def _turned_away(self, sentence: str) -> None:
        """Say why the broker takes no connection, once per reason; it stays the last word until that changes."""
        self._say(TURNED_AWAY + sentence, f"{sentence}; trying again until it does")
        self._trouble = sentence
        self._refusals += 1

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        was_connected, was_told, self._is_told = self._connected.is_set(), self._is_told, False
        with self._changed:
            self._connected.clear()
            self._changed.notify_all()
        if was_told or reason.value == LEFT_WELL:
            return
        if not was_connected:
            self._turned_away(refusal.silent(self._section, str(reason)))
            return
        was_short = time.monotonic() < self._connected_at + SHORT_S
        self._short_ones = self._short_ones + 1 if was_short else 0
        if not was_short:
            self._said.discard("away")
        self._say("away", f"connection to {self._where} lost ({reason}); trying again until it is back")
        if self._short_ones >= SHORT_ONES:
            self._refuse(
                f"{self._where} keeps ending the connection: another program uses the client id {self._name} too, "
                "or a message is larger than the broker allows"
            )

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        for topic, reason in zip(self._subscriptions, reasons, strict=False):
            if reason.is_failure:
                self._refuse(f"{self._where} refused the subscription to {topic}: {reason}; check its access rules")

    def _on_publish(self, _client: Client, _data: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._refuse(f"{self._where} refused a message: {reason}; check its access rules and limits")
        with self._changed:
            if self._waiters:
                self._answers[mid] = reason.value
                self._changed.notify_all()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._deliver(Received(message.topic, bytes(message.payload), message.retain))

    def _refuse(self, sentence: str) -> None:
        self._say(sentence, sentence)
        self._refusals += 1

    def _say(self, kind: str, sentence: str) -> None:
        """Log once per kind, since a broker that is away for a night would fill the log."""
        if kind not in self._said:
            self._said.add(kind)
            log.warning("%s", sentence)

    @property
    def _where(self) -> str:
        return refusal.where(self._section)

    def _check_host(self) -> None:
        host = self._section.host
        if "@" in host or "/" in host:
            raise BrokerError("broker.host: expected a host name or address alone, without scheme, user or password")
        try:
            host.encode("idna")
        except UnicodeError as err:
            raise BrokerError(f"broker.host {host!r}: expected a host name or address ({err})") from err
        if not host:
            raise BrokerError("broker.host is empty: expected a host name or address")

    def _set_tls(self, tls: Tls) -> None:
        try:
            self._client.tls_set(tls.ca, tls.certificate, tls.key)
        except (OSError, ValueError) as err:
            raise BrokerError(
                f"broker.tls: certificates cannot be used ({err}); expected PEM files at {tls.ca}, {tls.certificate} "
                f"and {tls.key}, readable by this user and belonging together"
            ) from err


def _properties(kind: int, **values: int) -> Properties:
    properties = Properties(kind)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
