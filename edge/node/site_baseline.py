"""The booth's message on what to spot against, checked and kept: a signed baseline, or to collect again."""

import logging
from pathlib import Path
from typing import NamedTuple

from edge import wire
from edge.config import NodeConfig
from edge.errors import BaselineError, EdgeError
from edge.recipe import Recipe
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Received
from edge.signing import is_signed, read_public

log = logging.getLogger(__name__)

KEPT = "frozen.json"
"""In the state folder: the last message that was good, as it came."""


class Instruction(NamedTuple):
    """What the booth wants of this node."""

    baseline: Baseline | None
    """To spot against; None: collect."""
    id: str


class SiteBaseline:
    """Owner of the booth's last instruction; `receive` takes in the next, and `instruction` is replaced once it counts.

    A file named in `score.baseline` stands above the booth: then nothing is taken.
    """

    def __init__(self, config: NodeConfig, recipe: Recipe) -> None:
        """Goes on with the message that was kept, checked anew; raises ConfigError if the site's key cannot be read."""
        self._config, self._recipe = config, recipe
        self._key = Path(config.score.site_key) if config.score.site_key else None
        self._path = Path(config.state) / KEPT
        self._at = 0.0
        self._payload = b""
        self.instruction: Instruction | None = None
        """None: the booth has said nothing yet."""
        self.refused = 0
        self.problem = ""
        """Why the newest message was not taken, for the heartbeat; empty when all is well."""
        if self._key is not None:
            read_public(self._key)
        if self._path.exists() and not config.score.baseline:
            self._accept(self._path.read_bytes(), is_new=False)

    @property
    def topic(self) -> str:
        return wire.booth_topic(self._config.site, "baseline")

    def receive(self, message: Received) -> None:
        """Hand over what arrives on `topic`; from any thread, never raises, ignores everything else.

        An empty payload says that the broker forgot, not that the booth changed its mind.
        """
        if message.topic != self.topic or not message.payload:
            return
        if message.payload == self._payload:
            self.problem = ""
            return
        if self._config.score.baseline:
            log.info("the booth's baseline is not taken: score.baseline names a file")
            return
        self._accept(message.payload, is_new=True)

    def _accept(self, payload: bytes, *, is_new: bool) -> None:
        try:
            message, instruction = self._check(payload)
            if is_new:
                baseline_file.write(payload, self._path)
        except EdgeError as err:
            self.refused += 1
            self.problem = f"The booth's baseline is not taken ({self.refused} so far): {err}"
            log.warning("%s", self.problem)
            return
        self._at, self._payload, self.problem = wire.from_time(message.at), payload, ""
        if self.instruction is None or self.instruction.id != instruction.id:
            self.instruction = instruction

    def _check(self, payload: bytes) -> tuple[wire.Frozen, Instruction]:
        """Raises EdgeError, in half a sentence with what to do, for what must not be taken."""
        if self._key is None:
            raise BaselineError("score.site_key is not set: put the site's public key on this node")
        try:
            _, message = wire.decode(self.topic, payload)
        except EdgeError as err:
            log.warning("%s", err)
            raise BaselineError("it is damaged: freeze again") from err
        assert isinstance(message, wire.Frozen)
        if not is_signed(self._key, message.signed_part, message.signature) or message.site != self._config.site:
            raise BaselineError("this site's key did not sign it: freeze with that, or provision this node again")
        if wire.from_time(message.at) < self._at:
            raise BaselineError("it is older than the one at work: check the booth's clock, freeze again")
        if message.mode == "collect":
            return message, Instruction(None, "")
        return message, Instruction(self._read(message), message.id)

    def _read(self, message: wire.Frozen) -> Baseline:
        if message.recipe != self._recipe.id:
            raise BaselineError(
                f"its recipe is {message.recipe}, here {self._recipe.id}: "
                "bring all nodes to one software, collect, freeze"
            )
        found = baseline_file.from_bytes(
            message.baseline, "the booth's baseline", min_sightings=self._config.score.min_sightings
        )
        if found.recipe != self._recipe or baseline_file.baseline_id(found) != message.id:
            raise BaselineError("it is not what it says it is: freeze again")
        return found
