"""The booth's instruction to this node, checked and kept: score against a signed baseline, or collect again."""

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
"""File in the state folder: the last valid message, byte by byte."""


class Instruction(NamedTuple):
    """The booth's instruction."""

    baseline: Baseline | None
    """The baseline to score against; None: collect."""
    id: str
    """The baseline's id; empty: collect."""


class _RefusedError(BaselineError):
    """A message was refused; `code` is the end of a problem's code that begins with `baseline-`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class SiteBaseline:
    """Owner of the booth's last instruction. `receive` takes messages; a valid one replaces `instruction`.

    If `score.baseline` names a file, the booth's messages are ignored.
    """

    def __init__(self, config: NodeConfig, recipe: Recipe) -> None:
        """Load the saved message and check it again; raises ConfigError if the site's key cannot be read."""
        self._config, self._recipe = config, recipe
        self._key = Path(config.score.site_key) if config.score.site_key else None
        self._path = Path(config.state) / KEPT
        self._at = 0.0
        self._payload = b""
        self.instruction: Instruction | None = None
        """None until the first valid message; replaced by each new one."""
        self.refused = 0
        self.problem: wire.Problem | None = None
        """Why the newest message was refused, for the heartbeat; None if it was accepted."""
        if self._key is not None:
            read_public(self._key)
        if self._path.exists() and not config.score.baseline:
            self._accept(self._path.read_bytes(), is_new=False)

    @property
    def topic(self) -> str:
        return wire.booth_topic(self._config.site, "baseline")

    def receive(self, message: Received) -> None:
        """Take one message from the broker and ignore other topics. May be called from any thread; never raises.

        An empty payload is ignored too: it means that the broker lost the message, not that the booth withdrew it.
        """
        if message.topic != self.topic or not message.payload:
            return
        if message.payload == self._payload:
            self.problem = None
            return
        if self._config.score.baseline:
            log.info("the booth's baseline is ignored: score.baseline names a file")
            return
        self._accept(message.payload, is_new=True)

    def _accept(self, payload: bytes, *, is_new: bool) -> None:
        try:
            message, instruction = self._check(payload)
            if is_new:
                baseline_file.write(payload, self._path)
        except EdgeError as err:
            self.refused += 1
            code = err.code if isinstance(err, _RefusedError) else "unsaved"
            self.problem = wire.problem(f"baseline-{code}", self.refused)
            log.warning("the booth's baseline was refused (%s): %s", code, err)
            return
        self._at, self._payload, self.problem = wire.from_time(message.at), payload, None
        if self.instruction is None or self.instruction.id != instruction.id:
            self.instruction = instruction

    def _check(self, payload: bytes) -> tuple[wire.Frozen, Instruction]:
        """Decode and verify a message; raises _RefusedError."""
        if self._key is None:
            raise _RefusedError("no-key")
        try:
            _, message = wire.decode(self.topic, payload)
        except EdgeError as err:
            log.warning("%s", err)
            raise _RefusedError("damaged") from err
        assert isinstance(message, wire.Frozen)
        if not is_signed(self._key, message.signed_part, message.signature) or message.site != self._config.site:
            raise _RefusedError("unsigned")
        if wire.from_time(message.at) < self._at:
            raise _RefusedError("older")
        if message.mode == "collect":
            return message, Instruction(None, "")
        return message, Instruction(self._read(message), message.id)

    def _read(self, message: wire.Frozen) -> Baseline:
        if message.recipe != self._recipe.id:
            log.warning("its recipe is %s, this node's is %s", message.recipe, self._recipe.id)
            raise _RefusedError("recipe")
        try:
            found = baseline_file.from_bytes(
                message.baseline, "the booth's baseline", min_sightings=self._config.score.min_sightings
            )
        except BaselineError as err:
            log.warning("%s", err)
            raise _RefusedError("damaged") from err
        if found.recipe != self._recipe or baseline_file.baseline_id(found) != message.id:
            raise _RefusedError("mismatch")
        return found
