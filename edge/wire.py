"""The one wire schema: every message and topic, encoded and decoded, checked on sending and on receiving.

This is the privacy boundary: numbers, times at one-second resolution and short
enumerated words, nothing else; in `baseline` sums over 50 sightings or more. `Status` and `Health` ignore fields they
do not know; all others refuse them.
"""

import functools
import re
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from edge.baseline_codec import Counted, unpack
from edge.baseline_codec import pack as pack_counted
from edge.errors import BaselineError, WireError
from edge.limits import BATCH, FLOOR, MOST_REASONS, WINDOW_S
from edge.vocabulary import FACETS, HINT, REASON, ViewFault

VERSION: Literal[1] = 1
MAX_BYTES = 2048
"""Largest payload; checked before publishing, since an oversized QoS 1 message loops for ever (measured)."""
MAX_BASELINE_BYTES = 256 * 1024
"""The same of `baseline`, a node's and the booth's."""

SCORE_EXPIRY_S = 600

LINK_ROTATION_S = 600
"""Links of different ten minutes, counted from 1970, have nothing in common."""

UNNUMBERED_EPOCH = "00000000"
"""What `message/compose.py` writes as `epoch` (with `seq` 1) until the outbox has numbered the score."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{3,32}\Z")]
"""Site, node, certificate CN: one alphabet, so that a name can never be a topic wildcard."""
Time = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{8,32}\Z")]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Bits = Annotated[float, Meta(ge=0, le=64)]
Share = Annotated[float, Meta(ge=0, le=1)]
Probability = Annotated[float, Meta(gt=0, le=1)]
OneIn = Annotated[float, Meta(ge=1, le=1e9)]
Words = Annotated[str, Meta(pattern=REASON.pattern)]
Sentence = Annotated[str, Meta(min_length=1, max_length=200)]
Zone = Literal["left", "centre", "right"]
Heading = Literal["left", "right", "toward", "away"]
Outcome = Literal["claimed", "greeted", "not_found", "not_unusual", "declined"]
"""What became of an alert: somebody goes; and then how it ended."""


Part = Literal["model", "accelerator", "camera", "disk", "clock", "certificate"]
"""What a node tests of itself when it starts."""


class Status(Struct, frozen=True, kw_only=True):
    """`status`: retained, and the will of its sender."""

    v: Literal[1] = VERSION
    state: Literal["online", "offline"]
    boot: Hex
    """New at every start of the program."""
    software: Annotated[str, Meta(max_length=32)]
    model: Annotated[str, Meta(max_length=32)] = ""


class Health(Struct, frozen=True, kw_only=True):
    """`node/{node}/health`: a heartbeat every 10 s."""

    v: Literal[1] = VERSION
    node: Name
    at: Time
    state: Literal["ok", "degraded", "failing"]
    problems: Annotated[list[Sentence], Meta(max_length=8)]
    """Each a sentence for field staff, with what to do."""
    mode: Literal["collect", "spot"]
    fps: Annotated[float, Meta(ge=0, le=1000)]
    frames: Count
    frames_dropped: Count
    reconnects: Count
    """How often the camera was lost and found again."""
    invoke_p50_ms: Annotated[float, Meta(ge=0, le=1e6)]
    invoke_p95_ms: Annotated[float, Meta(ge=0, le=1e6)]
    accelerator: Literal["cpu", "edgetpu"]
    fallbacks: Count
    """How often the Edge TPU was wanted and the CPU had to do."""
    last_frame_s: Annotated[float, Meta(ge=0, le=1e9)] | None
    last_person_s: Annotated[float, Meta(ge=0, le=1e9)] | None
    sightings: Count
    held_back: Count
    """Tracks that never moved or never had a good view: counted, never scored."""
    outbox_depth: Count
    outbox_lost: Count
    refused_publishes: Count
    cpu_c: float | None
    memory_mb: Annotated[float, Meta(ge=0)]
    disk_free_mb: Annotated[float, Meta(ge=0)]
    uptime_s: Annotated[float, Meta(ge=0)]
    software: Annotated[str, Meta(max_length=32)]
    model: Annotated[str, Meta(max_length=32)]
    baseline: Annotated[str, Meta(max_length=32)]
    boots: Count | None = None
    """Starts of the program on this state folder; null where it cannot be counted."""
    self_test: Annotated[list[Part], Meta(max_length=6)] | None = None
    """What failed at the start; empty if all is well."""
    view: Annotated[list[ViewFault], Meta(max_length=4)] = []
    """What is wrong with the picture."""
    failures: Count = 0
    """How often the network failed and was opened again."""
    memory_free_mb: Annotated[float, Meta(ge=0)] | None = None
    """Of the whole board."""
    is_throttled: bool | None = None
    """Slowed down by its firmware; null, as in the next two, where the board cannot tell."""
    is_undervolted: bool | None = None
    is_clock_set: bool | None = None
    """Kept right by a time server."""
    clock_jumps: Count = 0
    """How often the clock was set by more than 5 s."""
    certificate_days: float | None = None
    """Until it ends; null without TLS."""


class Facets(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Surprisal of each facet."""

    colour: Bits = 0.0
    pattern: Bits = 0.0
    garment: Bits = 0.0
    combination: Bits = 0.0


assert Facets.__struct_fields__ == FACETS


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why: enumerated words and their bits."""

    words: Words
    bits: Bits


class Score(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/score`: one sighting. All figures are null while the baseline is warming up."""

    v: Literal[1] = VERSION
    node: Name
    epoch: Hex
    """The outbox's own id; a wiped outbox starts a new one."""
    seq: Sequence
    """Counts in the epoch from 1, without holes but for announced gaps."""
    at: Time
    state: Literal["scored", "warming_up"]
    bits: Bits | None = None
    p: Probability | None = None
    one_in: OneIn | None = None
    low: OneIn | None = None
    high: OneIn | None = None
    """Null where no calibration sighting was as unusual: "rarer than 1 in `one_in`"."""
    facets: Facets | None = None
    reasons: Annotated[list[Reason], Meta(max_length=MOST_REASONS)] = []
    zone: Zone
    heading: Heading
    quality: Share
    early: bool = False
    follows: Sequence | None = None
    """On a final score: the `seq` of the early one of the same sighting."""
    baseline: Annotated[str, Meta(pattern=r"^([0-9a-f]{8,32})?\Z")] = ""
    """Id of the baseline it was scored against; empty while there is none."""
    link: Annotated[str, Meta(pattern=r"^([0-9a-f]{8})?\Z")] = ""
    """Joins one person's sightings by several cameras for at most 10 minutes; empty without a site key.

    One digit a word, 0 for what was not seen; message/link.py says of what.
    """

    def __post_init__(self) -> None:
        figures = (self.bits, self.p, self.one_in, self.low, self.facets)
        if self.state == "scored" and None in figures:
            msg = "bits, p, one_in, low and facets must be given in a scored message"
            raise ValueError(msg)
        if self.state == "warming_up" and (self.high, *figures) != (None,) * 6:
            msg = "figures must be null while warming up: too little data is never a low score"
            raise ValueError(msg)


class Gap(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/gap`: what this node will never send (again), so that acknowledgement does not stall."""

    v: Literal[1] = VERSION
    node: Name
    epoch: Hex
    upto: Count
    """No score of this epoch with `seq` <= upto is left in the outbox."""
    dropped: Count
    """How many scores of this epoch an overfull outbox had to drop, in all."""


class Ack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/ack`: from the booth, after its store has committed. The outbox deletes on this alone.

    `node/{node}/stored`: the same from a worker of the centre to the booth, which then waits for both stores.
    """

    v: Literal[1] = VERSION
    epoch: Hex
    upto: Count
    """Every score up to here is stored, or was announced as a gap."""


class Alert(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/alert`: never retained, expires after a minute."""

    v: Literal[1] = VERSION
    id: Hex
    state: Literal["open", "withdrawn", "lapsed"] = "open"
    """Said again once it is no more: withdrawn by a longer look, or lapsed with nobody going."""
    at: Time
    node: Name
    facing: Annotated[int, Meta(ge=0, lt=360)] | None = None
    """Degrees clockwise from north; null if the node was not told."""
    zone: Zone
    heading: Heading
    one_in: OneIn
    low: OneIn
    high: OneIn | None = None
    reasons: Annotated[list[Reason], Meta(max_length=MOST_REASONS)]
    hint: Annotated[str, Meta(pattern=HINT.pattern, max_length=100)] | None = None
    """One short phrase made from the reasons, only where `privacy.hint: coarse`."""
    cameras: Annotated[list[Name], Meta(min_length=1, max_length=16)]
    expires_at: Time


class Feedback(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/feedback`: from a laptop of the booth, what became of an alert."""

    v: Literal[1] = VERSION
    id: Hex
    """Of the alert."""
    outcome: Outcome
    at: Time
    who: Name
    """The laptop or the page it was said on, never a person."""


class Notice(Struct, frozen=True, kw_only=True):
    """`booth/notice`: retained; what the booth noticed of nodes that they cannot say themselves."""

    v: Literal[1] = VERSION
    at: Time
    nodes: Annotated[dict[Name, Annotated[list[Sentence], Meta(max_length=8)]], Meta(max_length=16)]
    """Sentences for field staff, of nodes of which there are any."""


class Trend(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/trend`: what was worn in one closed 15-minute window; too small a count is withheld."""

    v: Literal[1] = VERSION
    node: Name
    window: Time
    """Its start, a multiple of WINDOW_S."""
    sightings: Annotated[int, Meta(ge=FLOOR, le=2**53)]
    counts: Annotated[dict[Words, Annotated[int, Meta(ge=FLOOR, le=2**53)]], Meta(max_length=80)]
    """Sightings by their main words, such as `colour:upper:orange`."""
    withheld: Count
    """Words that were seen, but of fewer than FLOOR sightings."""

    def __post_init__(self) -> None:
        if from_time(self.window) % WINDOW_S:
            msg = f"window must be a multiple of {WINDOW_S} s"
            raise ValueError(msg)


class Frozen(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/baseline`: retained; what the nodes of a site spot against from now on, or that they collect again.

    Signed with the site's key: a node takes no other, nor an older one than it has.
    """

    v: Literal[1] = VERSION
    site: Name
    at: Time
    mode: Literal["collect", "spot"]
    id: Annotated[str, Meta(pattern=r"^([0-9a-f]{12})?\Z")] = ""
    """Of counts and recipe; this and all below are empty in mode `collect`."""
    recipe: Annotated[str, Meta(pattern=r"^([0-9a-f]{12})?\Z")] = ""
    nodes: Annotated[list[Name], Meta(max_length=200)] = []
    """Whose counts it is the sum of."""
    sightings: Count = 0
    since: Time | None = None
    until: Time | None = None
    """The windows of the first and the last sighting; null if nobody knows."""
    baseline: bytes = b""
    """A baseline file."""
    signature: Annotated[bytes, Meta(max_length=64)] = b""
    """Ed25519, over `signed_part`."""

    def __post_init__(self) -> None:
        if (self.mode == "spot") != bool(self.id and self.recipe and self.nodes and self.baseline):
            msg = "expected id, recipe, nodes and baseline in mode spot, and none of them in mode collect"
            raise ValueError(msg)

    @property
    def signed_part(self) -> bytes:
        """All but the signature, encoded as on the wire, after a line that no other message starts with."""
        return b"exception-spotter booth/baseline 1\n" + msgspec.json.encode(
            msgspec.structs.replace(self, signature=b"")
        )


Message = Status | Health | Score | Gap | Ack | Alert | Feedback | Notice | Trend | Counted | Frozen

NODE_LEAVES: dict[str, type[Message]] = {
    "status": Status,
    "health": Health,
    "score": Score,
    "gap": Gap,
    "ack": Ack,
    "stored": Ack,
    "trend": Trend,
    "baseline": Counted,
}
BOOTH_LEAVES: dict[str, type[Message]] = {
    "status": Status,
    "alert": Alert,
    "feedback": Feedback,
    "notice": Notice,
    "baseline": Frozen,
}

_TOPIC = re.compile(
    r"^spotter/v1/(?P<site>[a-z0-9-]{3,32})/(?:node/(?P<node>[a-z0-9-]{3,32})|booth)/(?P<leaf>[a-z]+)\Z"
)


class Address(NamedTuple):
    """A parsed topic."""

    site: str
    node: str | None
    """None: the booth's own."""
    leaf: str


def node_topic(site: str, node: str, leaf: str) -> str:
    """`node` may be `+` to subscribe to every node.

    >>> node_topic("soho", "north", "score")
    'spotter/v1/soho/node/north/score'
    """
    return f"spotter/v1/{site}/node/{node}/{leaf}"


def booth_topic(site: str, leaf: str) -> str:
    """
    >>> booth_topic("soho", "alert")
    'spotter/v1/soho/booth/alert'
    """
    return f"spotter/v1/{site}/booth/{leaf}"


def parse_topic(topic: str) -> Address:
    """Raises WireError `topic` for one that is not ours.

    >>> parse_topic("spotter/v1/soho/node/north/score")
    Address(site='soho', node='north', leaf='score')
    """
    found = _TOPIC.match(topic)
    if found is None or found["leaf"] not in (NODE_LEAVES if found["node"] else BOOTH_LEAVES):
        raise WireError("topic", f"expected spotter/v1/SITE/node/NODE/LEAF or .../booth/LEAF, found {topic[:80]!r}")
    return Address(found["site"], found["node"], found["leaf"])


def max_bytes(topic: str) -> int:
    """Of one payload.

    >>> max_bytes("spotter/v1/soho/node/north/score"), max_bytes("spotter/v1/soho/node/north/baseline")
    (2048, 262144)
    """
    return MAX_BASELINE_BYTES if topic.endswith("/baseline") else MAX_BYTES


def check_size(topic: str, payload: bytes) -> None:
    """Raises WireError `too_large`."""
    if len(payload) > max_bytes(topic):
        raise WireError("too_large", f"expected at most {max_bytes(topic)} bytes, found {len(payload)} on {topic}")


class ScoreKey(NamedTuple):
    """What makes one score of a site itself, however often it is delivered."""

    node: str
    epoch: str
    seq: int


def key(score: Score) -> ScoreKey:
    return ScoreKey(score.node, score.epoch, score.seq)


def to_time(seconds: float) -> str:
    """Seconds since 1970 as the wire writes them, whole seconds only.

    >>> to_time(0.9)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@functools.lru_cache(maxsize=4096)  # one score is asked for its second half a dozen times
def from_time(text: str) -> float:
    """The inverse of `to_time`; raises ValueError on anything else.

    >>> from_time("1970-01-01T00:01:00Z")
    60.0
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


class _Versioned(Struct):
    v: int


def decode(topic: str, payload: bytes) -> tuple[Address, Message]:
    """One message, checked in full.

    Raises WireError with reason `topic`, `too_large`, `not_json`, `version`, `schema`, `baseline` (a node's counts
    cannot be read) or `sender` (the payload names another node than its topic).
    """
    address = parse_topic(topic)
    check_size(topic, payload)
    leaves = NODE_LEAVES if address.node else BOOTH_LEAVES
    kind = leaves[address.leaf]
    message = _read_counted(payload, topic) if kind is Counted else _read(payload, kind, topic)
    sender = getattr(message, "node", address.node)
    if address.node is not None and sender != address.node:
        raise WireError("sender", f"expected node {address.node} as in the topic, found {sender}")
    return address, message


def _read_counted(payload: bytes, topic: str) -> Counted:
    """Of a whole batch at least, of one epoch, and without the free words of a noise."""
    try:
        counted = unpack(payload, topic)
    except BaselineError as err:
        raise WireError("baseline", str(err)) from err
    if not counted.epoch or counted.noise or counted.sightings < BATCH:
        raise WireError("baseline", f"expected an epoch, no noise and at least {BATCH} sightings on {topic}")
    return counted


def _read(payload: bytes, kind: type[Message], topic: str) -> Message:
    try:
        version = msgspec.json.decode(payload, type=_Versioned).v
        if version != VERSION:
            raise WireError("version", f"expected v {VERSION}, found {version} on {topic}; update the older side")
        message = msgspec.json.decode(payload, type=kind)
    except msgspec.ValidationError as err:
        raise WireError("schema", f"{err} on {topic}") from err
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as err:
        raise WireError("not_json", f"{err} on {topic}") from err
    for field in ("at", "expires_at", "since", "until"):
        _check_time(getattr(message, field, None), topic)
    return message


def _check_time(text: str | None, topic: str) -> None:
    """The pattern lets 31 February through."""
    try:
        if text is not None:
            from_time(text)
    except ValueError as err:
        raise WireError("schema", f"{err} on {topic}") from err


def ended(alert: Alert, state: Literal["withdrawn", "lapsed"]) -> Alert:
    """The same alert, said to be over."""
    return msgspec.structs.replace(alert, state=state)


def pack(message: Message) -> bytes:
    """The payload of a message whose topic comes later (it waits in the outbox); checked as in `encode`."""
    payload, name = msgspec.json.encode(message), f"a {type(message).__name__.lower()}"
    check_size(name, payload)
    _read(payload, type(message), name)
    return payload


def encode(topic: str, message: Message) -> bytes:
    """The payload for one message; raises WireError where `decode` would refuse it."""
    payload = pack_counted(message) if isinstance(message, Counted) else msgspec.json.encode(message)
    decode(topic, payload)
    return payload
