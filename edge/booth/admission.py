"""Let in what a node or laptop may send; everything else is refused with its reason."""

from edge import wire
from edge.baseline_codec import Counted
from edge.booth.alert import CLOCK_S
from edge.config import BoothConfig
from edge.errors import WireError
from edge.limits import WINDOW_S
from edge.seams import Clock, Received
from edge.store.store import DAY_S, MOST_EPOCHS, SqlStore

MOST_NAMES = 1000
"""Most nodes whose outboxes are remembered."""
SENT_ONCE = wire.Score | wire.Sealed | wire.Feedback | wire.Trend
"""Messages that nobody may have the broker retain."""


class Admission:
    """Owner of what is known of senders: whose certificate was revoked, and which outboxes each node has begun."""

    def __init__(self, config: BoothConfig, store: SqlStore, clock: Clock) -> None:
        self._site, self._store, self._clock = config.site, store, clock
        self._age_s = max(3600 * config.retention_h, DAY_S) + 2 * WINDOW_S
        """Age of the oldest counts that a node still has."""
        self._epochs = store.epochs()
        """Epochs that the store knows, by node."""
        self.revoked: frozenset[str] = frozenset()
        """Nodes whose messages are refused."""

    def read(self, message: Received) -> tuple[wire.Address, wire.Message]:
        """Decode a message; raises WireError also if it is of another site or a revoked node."""
        if self.revoked and (node := wire.parse_topic(message.topic).node) in self.revoked:
            raise WireError("revoked", f"expected nothing from {node}, whose certificate was revoked")
        address, content = wire.decode(message.topic, message.payload)
        if address.site != self._site:
            raise WireError("topic", f"expected site {self._site}, found {message.topic}")
        return address, content

    def check(self, content: wire.Message, *, is_retained: bool) -> None:
        """Raise WireError if a message may not come like this, or not now."""
        if is_retained and isinstance(content, SENT_ONCE):
            raise WireError("retained", f"expected a {type(content).__name__.lower()} never to be retained")
        if isinstance(content, wire.Score | wire.Gap):
            self._check_epoch(content.node, content.epoch)
        elif isinstance(content, wire.Trend):
            self._check_window(wire.from_time(content.window))
        elif isinstance(content, Counted):
            self._check_period(content)

    def reload_epochs(self) -> None:
        """Read again which epochs the store knows, after some were deleted; raises StoreError."""
        self._epochs = self._store.epochs()

    def forget(self, node: str) -> None:
        """Forget everything about a node."""
        self._epochs.pop(node, None)

    def _check_epoch(self, node: str, epoch: str) -> None:
        """Raise WireError if a node has begun too many outboxes, each of which the store has to remember."""
        known = self._epochs.get(node, set())
        if epoch in known:
            return
        if len(known) >= MOST_EPOCHS or len(self._epochs) >= MOST_NAMES:
            raise WireError("epochs", f"expected at most {MOST_EPOCHS} outboxes of {node}, found one more")
        self._epochs.setdefault(node, set()).add(epoch)

    def _check_window(self, start: float) -> None:
        """Raise WireError if a window of counts is ahead, or older than any that a node still has."""
        now = self._clock.now()
        if not now - self._age_s <= start <= now + CLOCK_S:
            raise WireError("window", f"expected a window of the last {self._age_s:g} s, found one at {start:.0f}")

    def _check_period(self, counted: Counted) -> None:
        """Raise WireError if counts are from the future; a clock may be wrong by a day, as they are never compared."""
        if counted.period is not None and counted.period[1] > self._clock.now() + DAY_S:
            raise WireError("window", f"expected counts until now, found some until {counted.period[1]}")
