"""Follow which nodes are held or revoked: the store has it, the page and two commands change it.

A held node gets no alerts until staff allow it. What the broker retains of a revoked node is cleared.
"""

from contextlib import closing

from edge import wire
from edge.booth.inbox import Inbox
from edge.booth.selection import Selection
from edge.config import BoothConfig
from edge.seams import Broker, Clock, Publish
from edge.store.store import SqlStore

LOOK_S = 0.5
"""Interval at which the store is checked for changes."""
AGAIN_S = 10.0
"""Interval at which what the broker retains is cleared again: a connected node may publish until the broker reloads its
access rules."""


class NodeMarks:
    """Owner of the nodes' marks; call `step` often."""

    def __init__(
        self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock, inbox: Inbox, selection: Selection
    ) -> None:
        self._site, self._broker, self._store, self._clock = config.site, broker, store, clock
        self._inbox, self._selection = inbox, selection
        self._looked_at = clock.monotonic() - LOOK_S
        self._cleared_at: dict[str, float] = {}
        self._held: frozenset[str] = frozenset()
        """Nodes that the store knew to be held when it was read last."""

    def step(self) -> None:
        """Note new marks in the store, and obey those that are there; raises StoreError."""
        monotonic, claims = self._clock.monotonic(), self._selection.claims
        if monotonic < self._looked_at + LOOK_S:
            return
        self._looked_at = monotonic
        for node in claims.held - self._held:
            self._store.mark(node, "held")
        self._held = self._store.marked("held")
        for node in claims.held - self._held:
            claims.allow(node, self._clock.now())
        claims.held |= self._held
        for record in self._inbox.roster.nodes.values():
            record.is_held = record.name in self._held
        self._revoke(self._store.marked("revoked"), monotonic)

    def _revoke(self, revoked: frozenset[str], monotonic: float) -> None:
        for node in revoked - self._inbox.revoked:
            self._inbox.forget(node)
        self._inbox.revoked = revoked
        for node in revoked if self._broker.is_connected else ():
            if monotonic >= self._cleared_at.get(node, monotonic - AGAIN_S) + AGAIN_S:
                self._cleared_at[node] = monotonic
                self._clear(node)

    def _clear(self, node: str) -> None:
        """Clear every topic of a node; it may have had any message retained."""
        for leaf in wire.NODE_LEAVES:
            topic = wire.node_topic(self._site, node, leaf)
            self._broker.publish(Publish(topic, b"", 1, is_retained=True), timeout_s=0)


def run_allow(config: BoothConfig, node: str) -> int:
    """`spotter booth-allow`: a node's alerts come again, and its messages if it was revoked. Returns 0.

    Raises StoreError, as does `run_forget`.
    """
    with closing(SqlStore(config.store, config.site, is_made=False)) as store:
        was_marked = store.unmark(node)
    print(f"{node}: {'allowed again' if was_marked else 'was allowed already'}")
    return 0


def run_forget(config: BoothConfig, node: str) -> int:
    """`spotter booth-forget`: delete what the booth's store has of a node, and refuse its messages. Returns 0."""
    with closing(SqlStore(config.store, config.site, is_made=False)) as store:
        deleted = store.forget_node(node)
    print(
        f"{node}: {deleted:,} scores and counts deleted; a running booth refuses its messages and clears the broker's"
    )
    return 0
