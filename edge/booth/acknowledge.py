"""Acknowledge to each node how far its scores are stored, so that its outbox can delete them."""

from collections.abc import Mapping

from edge import wire
from edge.seams import Broker, Publish
from edge.store.store import Source


class Acknowledger:
    """Owner of how far each node's scores are stored; with a centre, both stores must have a score."""

    def __init__(self, broker: Broker, site: str, leaf: str, *, has_centre: bool) -> None:
        self._broker, self._site, self._leaf = broker, site, leaf
        self._has_centre = has_centre
        self._here: dict[str, wire.Ack] = {}
        self._there: dict[str, wire.Ack] = {}
        """Acknowledgements by node. Only the newest epoch counts: each node has one retained message."""

    def stored_here(self, upto: Mapping[Source, int]) -> None:
        """Publish how far this store has come, even if nothing changed: the node may have missed it."""
        for source, seq in upto.items():
            self._here[source.node] = wire.Ack(epoch=source.epoch, upto=seq)
            self._say(source.node)

    def stored_there(self, node: str, ack: wire.Ack) -> None:
        """Take in an acknowledgement of a worker at the centre; an outdated one changes nothing."""
        before = self._there.get(node)
        if before is None or before.epoch != ack.epoch or before.upto < ack.upto:
            self._there[node] = ack
            self._say(node)

    def _say(self, node: str) -> None:
        here, there = self._here.get(node), self._there.get(node)
        ack = here
        if self._has_centre:
            ack = min(here, there, key=lambda one: one.upto) if here and there and here.epoch == there.epoch else None
        if ack is not None:
            topic = wire.node_topic(self._site, node, self._leaf)
            self._broker.publish(Publish(topic, wire.encode(topic, ack), 1, is_retained=True), timeout_s=0)
