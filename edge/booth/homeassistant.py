"""Announce nodes to Home Assistant by MQTT discovery: their health, never a score or an alert.

Each node has one retained message on PREFIX/device/spotter-SITE/NODE/config; an empty one removes the device. The
middle part is the `node_id`, which the publisher may choose ("Discovery topic", "Device discovery payload" and "Using
availability topics" in https://www.home-assistant.io/integrations/mqtt/). The messages are retained so that Home
Assistant finds them whenever it starts, and so that the booth can remove what an earlier run announced.
"""

import queue
from collections.abc import Iterable
from typing import Any

import msgspec

from edge import wire
from edge.booth.roster import STALE_S
from edge.config import BoothConfig
from edge.seams import Broker, Clock, Publish, Received

SENSORS: dict[str, dict[str, Any]] = {
    "state": {"name": "State", "val_tpl": "{{ value_json.state }}"},
    "problems": {
        "name": "What to do",
        "val_tpl": "{{ (value_json.problems | map(attribute='code') | join(' '))[:250] or 'nothing' }}",
    },
    "fps": {"name": "Frames a second", "val_tpl": "{{ value_json.fps }}"},
    "cpu": {"name": "Temperature", "val_tpl": "{{ value_json.cpu_c }}", "dev_cla": "temperature", "unit_of_meas": "°C"},
    "disk": {"name": "Free disk", "val_tpl": "{{ value_json.disk_free_mb }}", "unit_of_meas": "MB"},
    "waiting": {"name": "Waiting for the booth", "val_tpl": "{{ value_json.outbox_depth }}"},
}
"""Sensors made from a heartbeat, in Home Assistant's abbreviations; a state has at most 255 characters there."""


class HomeAssistant:
    """Owner of what is announced to Home Assistant; call `sync`. Only `receive` may be called from another thread."""

    def __init__(self, config: BoothConfig, broker: Broker, clock: Clock) -> None:
        self._site, self._broker, self._clock = config.site, broker, clock
        self._is_on = config.home_assistant.announce
        self._folder = f"{config.home_assistant.discovery_prefix}/device/spotter-{config.site}"
        self._heard: queue.SimpleQueue[Received] = queue.SimpleQueue()
        self._announced: dict[str, bytes] = {}
        """Payload by node, as the broker has it."""
        self._connections, self._connected_at = 0, 0.0

    @property
    def subscriptions(self) -> list[str]:
        """Topic filters under which this site's announcements come back."""
        return [f"{self._folder}/+/config"]

    def is_ours(self, message: Received) -> bool:
        """Whether a message is one of this site's announcements."""
        return message.topic.startswith(f"{self._folder}/")

    def receive(self, message: Received) -> None:
        """Take in an announcement that the broker has retained."""
        self._heard.put(message)

    def sync(self, nodes: Iterable[str]) -> None:
        """Announce these nodes and remove all others; what the broker has already is not sent again.

        Nothing is removed just after connecting: the node may still report, and Home Assistant deletes the history of a
        removed device.
        """
        if not self._broker.is_connected:
            return
        if self._connections != self._broker.connections:
            self._connections, self._connected_at = self._broker.connections, self._clock.monotonic()
            self._announced.clear()
        while not self._heard.empty():
            self._note(self._heard.get())
        wanted = {node: self._payload(node) for node in nodes} if self._is_on else {}
        is_sure = not self._is_on or self._clock.monotonic() > self._connected_at + STALE_S
        for node in (self._announced.keys() if is_sure else set()) | wanted.keys():
            payload = wanted.get(node, b"")
            if payload != self._announced.get(node, b"") and self._publish(node, payload):
                self._announced[node] = payload

    def _note(self, message: Received) -> None:
        self._announced[message.topic.split("/")[-2]] = message.payload

    def _publish(self, node: str, payload: bytes) -> bool:
        return self._broker.publish(Publish(f"{self._folder}/{node}/config", payload, 1, is_retained=True), timeout_s=0)

    def _payload(self, node: str) -> bytes:
        name = f"spotter-{self._site}-{node}"
        return msgspec.json.encode(
            {
                "dev": {"ids": name, "name": f"{node} ({self._site})", "mf": "Exception Spotter", "mdl": "camera node"},
                "o": {"name": "exception-spotter"},
                "avty_t": wire.node_topic(self._site, node, "status"),
                "avty_tpl": "{{ value_json.state }}",
                "stat_t": wire.node_topic(self._site, node, "health"),
                "cmps": {
                    key: {"p": "sensor", "uniq_id": f"{name}-{key}", "exp_aft": int(STALE_S), **sensor}
                    for key, sensor in SENSORS.items()
                },
            }
        )
