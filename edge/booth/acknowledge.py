"""How far scores are stored, here and at the centre, to the acknowledgement on which a node's outbox deletes."""

from collections.abc import Mapping

from edge import wire
from edge.seams import Broker, Publish
from edge.store.store import Source


class Acknowledger:
    """Owner of what is stored where; with a centre, a score is acknowledged once both stores have it."""

    def __init__(self, broker: Broker, site: str, leaf: str, *, has_centre: bool) -> None:
        self._broker, self._site, self._leaf = broker, site, leaf
        self._has_centre = has_centre
        self._here: dict[str, wire.Ack] = {}
        self._there: dict[str, wire.Ack] = {}
        """By node, of its newest epoch: there is one retained message a node."""

    def stored_here(self, upto: Mapping[Source, int]) -> None:
        """Said again even if it is no news: the node may not have heard it."""
        for source, seq in upto.items():
            self._here[source.node] = wire.Ack(epoch=source.epoch, upto=seq)
            self._say(source.node)

    def stored_there(self, node: str, ack: wire.Ack) -> None:
        """An acknowledgement by one of the centre's workers; one that a slower worker sends late changes nothing."""
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
