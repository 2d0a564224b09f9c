"""Hand out the link key to every node: a new random one for each ten minutes, in memory alone.

Nothing on a stolen card, and nothing kept anywhere after ten minutes, says what the digits of a link stood for.
"""

import secrets
from collections.abc import Iterable

from edge import wire
from edge.booth.roster import NodeRecord
from edge.seams import Broker, Clock, Publish

KEY_BYTES = 32
LEAD_S = 60.0
"""Seconds before a rotation begins at which its key is handed out, so that nodes have it in time."""


class LinkKeys:
    """Owner of the keys of this rotation and the next; call `step` with all known nodes."""

    def __init__(self, site: str, broker: Broker, clock: Clock) -> None:
        self._site, self._broker, self._clock = site, broker, clock
        self._keys: dict[int, str] = {}
        self._handed: dict[tuple[str, str], set[int]] = {}
        """Rotations whose keys were handed out, by node and its start."""

    def step(self, nodes: Iterable[NodeRecord]) -> None:
        """Hand the keys due now to every node that is online and lacks them."""
        now = self._clock.now()
        due = {int(at // wire.LINK_ROTATION_S) for at in (now, now + LEAD_S)}
        self._keys = {one: self._keys.get(one) or secrets.token_hex(KEY_BYTES) for one in due}
        online = {(node.name, node.status.boot) for node in nodes if node.status is not None and not node.is_gone}
        self._handed = {who: self._handed.get(who, set()) & due for who in online}
        if self._broker.is_connected:
            for who, handed in self._handed.items():
                handed |= {one for one in due - handed if self._hand(who[0], one)}

    def _hand(self, node: str, rotation: int) -> bool:
        topic = wire.node_topic(self._site, node, "link")
        payload = wire.encode(topic, wire.LinkKey(rotation=rotation, key=self._keys[rotation]))
        message = Publish(topic, payload, 1, is_retained=False, expiry_s=wire.LINK_ROTATION_S)
        return self._broker.publish(message, timeout_s=0)
