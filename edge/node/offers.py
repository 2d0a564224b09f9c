"""A node's part in a pushed update: writes down the booth's offer, and publishes how far the update is.

The node may install nothing. It leaves a request in its state folder, which starts spotter-pull.service as root
(edge/updates/pull.py); the request names nothing but a hash.
"""

import logging
from pathlib import Path

import msgspec

from edge import atomic_file, wire
from edge.config import NodeConfig
from edge.errors import WireError
from edge.places import SAID
from edge.seams import Received
from edge.wire_update import Offer, Progress

log = logging.getLogger(__name__)

REQUEST = "update.json"
"""File in the state folder: the offer that root should follow. It is gone once root has read it."""
LARGEST = 1000
"""Bytes; a larger file is no progress."""


class Offers:
    """Owner of what the booth offers to this node."""

    def __init__(self, config: NodeConfig, said: Path = Path("/") / SAID) -> None:
        """`said` is the folder in which root reports."""
        self.topic = wire.booth_topic(config.site, "release")
        self._node, self._request = config.node, Path(config.state) / REQUEST
        self._said = said / REQUEST
        self._followed = ""
        """Id of the push whose request was written last."""

    @property
    def progress(self) -> Progress | None:
        """How far the newest update is; None if there was none since the boot, or it is another node's."""
        try:
            with self._said.open("rb") as file:
                found = msgspec.json.decode(file.read(LARGEST), type=Progress)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        return found if found.node == self._node else None

    def receive(self, message: Received) -> None:
        """Take in a message on `topic`, and ignore all others; from any thread, never raises."""
        if message.topic != self.topic or not message.payload:
            return
        try:
            offer = wire.decode(message.topic, message.payload)[1]
        except WireError as err:
            log.warning("an offer of a release was refused: %s", err)
            return
        if isinstance(offer, Offer) and self._node in offer.nodes:
            self._follow(offer)

    def _follow(self, offer: Offer) -> None:
        """Write the request, once for each push: the broker delivers a retained offer at every connect."""
        known = self.progress
        if offer.push in (self._followed, known.push if known else ""):
            return
        self._followed = offer.push
        try:
            atomic_file.write(self._request, msgspec.json.encode(offer), mode=0o600)
        except OSError as err:
            log.warning("%s: cannot be written (%s), so the booth's release is not fetched", self._request, err)
