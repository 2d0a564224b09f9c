"""Open scores that nodes sealed on their cards before a restart, and publish them as the scores they are."""

from pathlib import Path

from edge import wire
from edge.config import BoothConfig
from edge.errors import WireError
from edge.sealing import NotOpenedError, Opener
from edge.seams import Broker, Publish


class Unsealer:
    """Owner of the outbox key. What it opens comes back through the broker, so store, centre and alerts see a score."""

    def __init__(self, config: BoothConfig, broker: Broker) -> None:
        """Raises ConfigError if the key cannot be read."""
        self._site, self._broker = config.site, broker
        self._opener = Opener(Path(config.outbox_key)) if config.outbox_key else None

    def take(self, sealed: wire.Sealed) -> None:
        """Open one message and publish its score; raises WireError `sealed` if this booth cannot open it.

        A score that the broker does not take is sent again by its node, which waits for the acknowledgement.
        """
        if self._opener is None:
            raise WireError(
                "sealed", "outbox_key is not set in booth.yaml; set the path of the site's booth/outbox.key"
            )
        try:
            payload = self._opener.open(sealed.content, wire.about(sealed.node, sealed.epoch, sealed.seq))
        except NotOpenedError as err:
            raise WireError(
                "sealed", f"{sealed.node} sealed it to another key; provision booth and node alike"
            ) from err
        topic = wire.node_topic(self._site, sealed.node, "score")
        _, score = wire.decode(topic, payload)
        if not isinstance(score, wire.Score) or wire.key(score) != (sealed.node, sealed.epoch, sealed.seq):
            raise WireError("sealed", f"expected score {sealed.seq} of {sealed.node}, found another")
        message = Publish(topic, payload, 1, is_retained=False, expiry_s=wire.SCORE_EXPIRY_S)
        self._broker.publish(message, timeout_s=0)
