"""The two messages of a pushed update: the booth's offer of a release, and a node's progress with it.

Neither holds text, addresses or paths. An offer names the hash of a manifest, which the node's site must have signed; a
node fetches it from its own booth alone. A node answers in a few words of a closed list.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Push = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}\Z")]
"""Random id of one push, which offer and progress share."""
STICK: Push = "00000000"
"""Id of an update from a stick."""
_Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{3,32}\Z")]

State = Literal["fetching", "trying", "kept", "went-back", "refused"]
Why = Literal[
    "", "unreachable", "unsigned", "damaged", "older", "recipe", "space", "settings",
    "stopped", "failing", "no-frames", "no-broker", "interrupted", "other",
]  # fmt: skip
ENDED: tuple[State, ...] = ("kept", "went-back", "refused")

_REASONS: dict[Why, str] = {
    "": "",
    "unreachable": "it could not fetch it from the booth: is the port after the broker's open there, and is this "
    "node's card of this version?",
    "unsigned": "this node's site did not sign it: sign it, then push again",
    "damaged": "what it fetched is damaged, or no release: build it again, then push again",
    "older": "it is older than the one that runs",
    "recipe": "its recipe is another, so what was counted could not be used: push it with --force to count from zero",
    "space": "its card is too full",
    "settings": "it could not be installed, or does not accept this node's settings",
    "stopped": "it stopped by itself",
    "failing": "it reported that it fails",
    "no-frames": "it processed no frames: is the camera well?",
    "no-broker": "it did not reach the broker",
    "interrupted": "the update was interrupted",
    "other": "read /run/spotter/update.txt on the node",
}
_STATES: dict[State, str] = {
    "fetching": "fetches a release ({percent} %)",
    "trying": "tries a release; this takes three minutes",
    "kept": "runs the release",
    "went-back": "tried the release and went back: {why}",
    "refused": "refused the release: {why}",
}


class Offer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/release`: a release that these nodes should fetch from the booth and try; retained while it is offered."""

    v: Literal[1] = 1
    push: Push
    manifest: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    """SHA-256 of the release's manifest.json."""
    nodes: Annotated[list[_Name], Meta(max_length=50)]
    force: bool = False
    """Whether nodes take a release that cannot use what they have counted; it counts from zero then."""


class Progress(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/update`: how far a node is with an update; retained."""

    v: Literal[1] = 1
    node: _Name
    push: Push
    """That of the offer; zeros for an update from a stick."""
    state: State
    percent: Annotated[int, Meta(ge=0, le=100, multiple_of=10)] = 0
    """How much is fetched."""
    why: Why = ""

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def sentence(self) -> str:
        """What the node does with the update, in words."""
        return _STATES[self.state].format(percent=self.percent, why=_REASONS[self.why or "other"])
