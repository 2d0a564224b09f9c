"""The two messages of a pushed update: the booth's offer of a release, and a node's progress with it.

Neither holds text, addresses or paths. An offer names the hash of a manifest, which the node's site must have signed; a
node fetches it from its own booth alone. A node answers in a few words of a closed list.
"""

from collections.abc import Callable
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

Say = Callable[[str, tuple[str | int, ...]], str]
"""Says a code of SENTENCES with its values, in some language."""
SENTENCES = {
    "update-fetching": "fetches a release ({0} %)",
    "update-trying": "tries a release; this takes three minutes",
    "update-kept": "runs the release",
    "update-went-back": "tried the release and went back: {0}",
    "update-refused": "refused the release: {0}",
    "update-why-unreachable": "it could not fetch it from the booth: is the port after the broker's open there, "
    "and is this node's card of this version?",
    "update-why-unsigned": "this node's site did not sign it: sign it, then push again",
    "update-why-damaged": "what it fetched is damaged, or no release: build it again, then push again",
    "update-why-older": "it is older than the one that runs",
    "update-why-recipe": "its recipe is another, so what was counted could not be used: push it with "
    "--force to count from zero",
    "update-why-space": "its card is too full",
    "update-why-settings": "it could not be installed, or does not accept this node's settings",
    "update-why-stopped": "it stopped by itself",
    "update-why-failing": "it reported that it fails",
    "update-why-no-frames": "it processed no frames: is the camera well?",
    "update-why-no-broker": "it did not reach the broker",
    "update-why-interrupted": "the update was interrupted",
    "update-why-other": "read /run/spotter/update.txt on the node",
}
"""English by code: what a node does with an update, and why it failed. Other languages are in phrase/health."""


def english(code: str, values: tuple[str | int, ...]) -> str:
    return SENTENCES[code].format(*values)


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
        """What the node does with the update, in English."""
        return self.said(english)

    def said(self, say: Say) -> str:
        """Return what the node does with the update."""
        if self.state in ("went-back", "refused"):
            return say(f"update-{self.state}", (say(f"update-why-{self.why or 'other'}", ()),))
        return say(f"update-{self.state}", (self.percent,) if self.state == "fetching" else ())
