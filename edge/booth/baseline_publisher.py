"""Publish the site's signed baseline from the store.

`spotter baseline freeze` puts it into the store. It is published again on every connect, since the broker may have lost
its retained messages or may be a new one.
"""

import logging

from edge import wire
from edge.config import BoothConfig
from edge.errors import WireError
from edge.seams import Broker, Clock, Publish
from edge.store.store import SqlStore

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Interval at which the store is checked for a new baseline."""
ANSWER_S = 2.0
"""Time to wait for the broker to take it."""


class BaselinePublisher:
    """Owner of which baseline was published; call `step` often."""

    def __init__(self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._topic = wire.booth_topic(config.site, "baseline")
        self._broker, self._store, self._clock = broker, store, clock
        self._looked_at = clock.monotonic() - LOOK_S
        self._connection = 0
        """Number of the connection on which it was published last."""
        self.supports: dict[str, int] = {}
        """Sightings of the site's baseline, by its id; empty while there is none."""

    def step(self) -> None:
        """Publish the signed baseline if it or the connection is new; raises StoreError."""
        if not self._broker.is_connected or self._clock.monotonic() < self._looked_at + LOOK_S:
            return
        self._looked_at = self._clock.monotonic()
        connection = self._broker.connections
        payload = self._store.signed_baseline(is_unpublished=connection == self._connection)
        if payload is not None:
            if not self._broker.publish(Publish(self._topic, payload, 1, is_retained=True), timeout_s=ANSWER_S):
                return
            self._store.note_published(payload, self._clock.now())
            self.supports = self._supports(payload)
        self._connection = connection

    def _supports(self, payload: bytes) -> dict[str, int]:
        try:
            message = wire.decode(self._topic, payload)[1]
        except WireError as err:
            log.error("the stored baseline cannot be read, nodes will refuse it: %s; freeze it again", err)
            return {}
        return {message.id: message.sightings} if isinstance(message, wire.Frozen) else {}
