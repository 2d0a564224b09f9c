"""The wire schema: every message and topic, its encoding and decoding, checked on sending and on receiving.

This is the privacy boundary: messages hold numbers, times at one-second resolution and short enumerated words;
`baseline` holds sums over 50 sightings or more. `Status` and `Health` ignore unknown fields, all others refuse them.
"""

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import log2
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Meta, Struct

from edge import aim as aiming
from edge import problems, wire_v1
from edge.baseline_codec import Counted, unpack
from edge.baseline_codec import pack as pack_counted
from edge.baseline_shapes import check as check_counted
from edge.errors import BaselineError, WireError
from edge.limits import BATCH, CANDIDATE_P, FLOOR, MOST_IN_WINDOW, MOST_REASONS, MOST_WORN, RARITIES, WINDOW_S
from edge.vocabulary import REASON, WORN, HeldBack, ViewFault
from edge.wire_update import Offer, Progress

VERSION: Literal[1] = 1
"""Version of most messages, field `v`. `Score`, `Health` and `Notice` have version 2; version 1 of these is still read
(wire_v1.py)."""
MAX_BYTES = 2048
"""Largest payload in bytes; checked before publishing, as an oversized QoS 1 message is resent forever (measured)."""
MAX_BASELINE_BYTES = 256 * 1024
"""Largest payload of `baseline` in bytes, a node's and the booth's."""

SCORE_EXPIRY_S = 600
"""Seconds after which the broker drops an undelivered score; the node sends it again."""

LINK_ROTATION_S = 600
"""Seconds that one set of links is valid, counted from 1970; links of different sets have nothing in common."""

UNNUMBERED_EPOCH = "00000000"
"""Placeholder `epoch` that `message/compose.py` writes (with `seq` 1) until the outbox numbers the score."""

CHECKER = "check"
"""Common name of `spotter provision check --live`, which sends as a node does and is none."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{3,32}\Z")]
"""Name of a site or node, also its certificate's CN; the alphabet excludes topic wildcards."""
Time = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{8,32}\Z")]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Coarse = Annotated[int, Meta(ge=0, le=2**53, multiple_of=BATCH)]
"""A count of people in steps of BATCH, so that none of its changes tells of a single one."""
WholeBits = Annotated[int, Meta(ge=0, le=64)]
Probability = Annotated[float, Meta(gt=0, le=1)]
OneIn = Annotated[float, Meta(ge=1, le=1e9)]
Words = Annotated[str, Meta(pattern=REASON.pattern)]
Garments = Annotated[list[Annotated[str, Meta(pattern=WORN.pattern)]], Meta(max_length=MOST_WORN)]
"""Descriptions of garments by which staff find somebody, such as `top:white`; those that reasons are about first."""
Software = Annotated[str, Meta(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){1,3}((a|b|rc|\.dev|\.post)[0-9]{1,4})?\Z")]
"""Version of the software, such as 0.1.0 or 1.2.0rc1."""
Id = Annotated[str, Meta(pattern=r"^([0-9a-f]{8,32})?\Z")]
"""Id of a model or a baseline; empty if there is none."""
Zone = Literal["left", "centre", "right"]
Heading = Literal["left", "right", "toward", "away"]
Outcome = Literal["claimed", "greeted", "not_found", "not_unusual", "declined"]
"""Outcome of an alert: `claimed` while a member of staff is on the way, then how it ended."""
Undoing = Literal["unclaimed", "reopened"]
"""Takes the last outcome back: a claim, or how it ended, so that it is claimed again. Received twice it acts once."""


Problem: TypeAlias = problems.Problem
problem = problems.problem
Aim: TypeAlias = aiming.Aim

_ON_GRID = frozenset(1 / one_in for one_in in RARITIES)
"""The values that `p` can have."""

Part = Literal["model", "accelerator", "camera", "disk", "clock", "certificate"]
"""Parts that a node tests at its start."""


class Status(Struct, frozen=True, kw_only=True):
    """`status`: whether the sender is online; retained, and set to offline by its last will."""

    v: Literal[1] = VERSION
    state: Literal["online", "offline"]
    boot: Hex
    """Random id of this start of the program."""
    software: Software
    model: Id = ""


class Health(Struct, frozen=True, kw_only=True):
    """`node/{node}/health`: a heartbeat every 10 s.

    Laptops hear it too, so counts of people move in steps of BATCH: those marked *coarse* are rounded down to one.
    """

    v: Literal[2] = 2
    node: Name
    at: Time
    state: Literal["ok", "degraded", "failing"]
    problems: Annotated[list[Problem], Meta(max_length=8)]
    mode: Literal["collect", "spot"]
    fps: Annotated[float, Meta(ge=0, le=1000)]
    frames: Count
    frames_dropped: Count
    reconnects: Count
    """Number of times the camera was lost and reopened."""
    invoke_p50_ms: Annotated[float, Meta(ge=0, le=1e6)]
    invoke_p95_ms: Annotated[float, Meta(ge=0, le=1e6)]
    accelerator: Literal["cpu", "edgetpu"]
    fallbacks: Count
    """Number of times the CPU had to replace the Edge TPU."""
    last_frame_s: Annotated[float, Meta(ge=0, le=1e9)] | None
    sightings: Coarse
    """Coarse."""
    held_back: Coarse
    """Tracks that were not scored, as they never moved or never had a good view; coarse."""
    outbox_depth: Coarse
    """Coarse; 0 if nothing waits."""
    outbox_lost: Coarse
    """Rounded up to a step of BATCH."""
    refused_publishes: Count
    cpu_c: float | None
    memory_mb: Annotated[float, Meta(ge=0)]
    disk_free_mb: Annotated[float, Meta(ge=0)]
    uptime_s: Annotated[float, Meta(ge=0)]
    software: Software
    model: Id
    baseline: Id
    boots: Count | None = None
    """Number of program starts with this state folder; null if it cannot be counted."""
    self_test: Annotated[list[Part], Meta(max_length=6)] | None = None
    """Parts that failed the test at the start; empty if all passed."""
    view: Annotated[list[ViewFault], Meta(max_length=4)] = []
    """Faults of the camera's view."""
    failures: Count = 0
    """Number of times the model failed and was loaded again."""
    memory_free_mb: Annotated[float, Meta(ge=0)] | None = None
    """Free memory of the whole board."""
    is_throttled: bool | None = None
    """Whether the firmware slows the board down; null, as in the next two, if unknown."""
    is_undervolted: bool | None = None
    is_clock_set: bool | None = None
    """Whether a time server keeps the clock right."""
    clock_jumps: Count = 0
    """Number of times the clock was set by more than 5 s."""
    certificate_days: float | None = None
    """Days until the node's certificate expires; null without TLS."""
    second_looks: Coarse = 0
    """Runs of the model on close-ups of small people, besides one for each frame; coarse."""
    second_looks_skipped: Coarse = 0
    """Close-ups left out, as there were more than `appearance.second_looks_per_s`; coarse."""
    held_back_by: Annotated[dict[HeldBack, Coarse], Meta(max_length=4)] = {}
    """Parts of `held_back`, by reason; coarse."""
    recalibrating: Coarse | None = None
    """Sightings of this camera that its p-values come from, as the baseline is of other cameras or aged; null if the
    calibration serves; coarse."""
    angle: Annotated[int, Meta(ge=1, le=180)] | None = None
    """Horizontal field of view of the camera's picture, in degrees; null if unknown."""
    lens_percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    """Part of the lens's width that the picture shows, in per cent; null if unknown."""
    aim: Aim | None = None
    """How the camera saw the people of a closed stretch of minutes; null before the first, or if too few passed."""


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason for a score: enumerated words and their surprisal in bits."""

    words: Words
    bits: WholeBits


class Score(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/score`: one sighting. Everything but a candidate has no more than a minute and a coarse `p`.

    A candidate is somebody the booth could alert on: `p` is at most CANDIDATE_P. All figures are null while the
    baseline is warming up. `p`, `one_in`, `low` and `high` are on the grid of RARITIES; other values are refused.
    """

    v: Literal[2] = 2
    node: Name
    epoch: Hex
    """Id of the node's outbox; a wiped outbox gets a new one."""
    seq: Sequence
    """Number within the epoch, from 1; without holes, except for announced gaps."""
    at: Time
    """When the person was last seen; the whole minute, unless it is a candidate."""
    state: Literal["scored", "warming_up", "recalibrating"]
    """Without figures while too few people were seen: of the baseline (warming_up), by this camera (recalibrating)."""
    p: Probability | None = None
    """Share of the sightings that were at least this unusual, rounded up to 1 / one of RARITIES."""
    early: bool = False
    follows: Sequence | None = None
    """On a final score: `seq` of the early score of the same sighting."""
    bits: WholeBits | None = None
    """-log2 of `p`; null, as everything below, unless it is a candidate."""
    one_in: OneIn | None = None
    low: OneIn | None = None
    high: OneIn | None = None
    """Null also if no calibration sighting was as unusual: "rarer than 1 in `one_in`"."""
    reasons: Annotated[list[Reason], Meta(max_length=MOST_REASONS)] = []
    worn: Garments = []
    """Garments by which the reasons can be said; empty without reasons."""
    zone: Zone | None = None
    heading: Heading | None = None
    baseline: Annotated[str, Meta(pattern=r"^([0-9a-f]{8,32})?\Z")] = ""
    """Id of the baseline that it was scored against; empty if there is none yet."""
    link: Annotated[str, Meta(pattern=r"^([0-9a-f]{8})?\Z")] = ""
    """Code that joins one person's sightings by several cameras for at most 10 minutes; empty without a link key.

    One digit for each feature that message/link.py lists; 0 if it was not seen.
    """

    def __post_init__(self) -> None:
        if self.state != "recalibrating" and (self.state == "scored") != (self.p is not None):
            msg = "p must be given in a scored message, and null while warming up: too little data is never a low score"
            raise ValueError(msg)
        if self.p is not None and self.p not in _ON_GRID:
            msg = "p must be 1 / N with N of 1, 2, 5, 10, 20, 50 and so on"
            raise ValueError(msg)
        if self.is_candidate:
            self._check_candidate()
        else:
            self._check_ordinary()

    @property
    def is_candidate(self) -> bool:
        """Whether the booth could alert on it."""
        return self.p is not None and self.p <= CANDIDATE_P

    def _check_candidate(self) -> None:
        if self.p is None or None in (self.one_in, self.low, self.zone, self.heading):
            msg = "one_in, low, zone and heading must be given if p is at most that of a candidate"
            raise ValueError(msg)
        if self.one_in != round(1 / self.p) or self.bits != round(-log2(self.p)):
            msg = "one_in must be 1 / p, and bits -log2 p in whole bits"
            raise ValueError(msg)
        if not {self.low, self.high} <= {*RARITIES, None}:
            msg = "low and high must be of 1, 2, 5, 10, 20, 50 and so on"
            raise ValueError(msg)

    def _check_ordinary(self) -> None:
        found = (self.bits, self.one_in, self.low, self.high, self.zone, self.heading)
        if self.early or self.reasons or self.worn or self.baseline or self.link or found != (None,) * 6:
            msg = "above the p of a candidate a score may hold only p and the minute"
            raise ValueError(msg)
        if not self.at.endswith(":00Z"):
            msg = "above the p of a candidate the time must be a whole minute"
            raise ValueError(msg)


class Sealed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/sealed`: a score from before the node's last start, which only the booth can read.

    The booth opens it (edge/sealing.py) and publishes it as a `score`.
    """

    v: Literal[1] = VERSION
    node: Name
    epoch: Hex
    seq: Sequence
    content: Annotated[bytes, Meta(min_length=48, max_length=1400)]


class LinkKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/link`: from the booth, the site's link key for one rotation; nodes keep it in memory only."""

    v: Literal[1] = VERSION
    rotation: Count
    """Number of the rotation: seconds since 1970 divided by LINK_ROTATION_S."""
    key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Gap(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/gap`: scores that the node will never send (again), so acknowledgements need not wait."""

    v: Literal[1] = VERSION
    node: Name
    epoch: Hex
    upto: Count
    """No score of this epoch with `seq` <= upto is left in the outbox."""
    dropped: Count
    """Total number of scores of this epoch that an overfull outbox dropped."""


class Ack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/ack`: from the booth, once its store has committed. Only this lets the outbox delete scores.

    `node/{node}/stored`: the same from a centre's worker to the booth, which waits for both stores.
    """

    v: Literal[1] = VERSION
    epoch: Hex
    upto: Count
    """Every score with `seq` <= upto is stored, or was announced as a gap."""


class Alert(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/alert`: a person to look for; not retained, expires after a minute."""

    v: Literal[1] = VERSION
    id: Hex
    state: Literal["open", "withdrawn", "lapsed"] = "open"
    """An alert that ends is sent again: withdrawn by the final score, or lapsed as nobody claimed it."""
    at: Time
    node: Name
    facing: Annotated[int, Meta(ge=0, lt=360)] | None = None
    """Direction the camera looks, in degrees clockwise from north; null if unknown."""
    zone: Zone
    heading: Heading
    one_in: OneIn
    low: OneIn
    high: OneIn | None = None
    reasons: Annotated[list[Reason], Meta(max_length=MOST_REASONS)]
    worn: Garments = []
    """Those of the score; none with `privacy.hint: none`."""
    cameras: Annotated[list[Name], Meta(min_length=1, max_length=16)]
    expires_at: Time


class Feedback(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/feedback`: the outcome of an alert, from the booth's page; from a laptop on `booth/feedback/{laptop}`."""

    v: Literal[1] = VERSION
    id: Hex
    """Id of the alert."""
    outcome: Outcome | Undoing
    at: Time
    who: Name
    """The laptop that sent it, as in the topic, or the name given on the page; never a person."""


class Notice(Struct, frozen=True, kw_only=True):
    """`booth/notice`: problems of nodes that only the booth can see; retained."""

    v: Literal[2] = 2
    at: Time
    nodes: Annotated[dict[Name, Annotated[list[Problem], Meta(max_length=8)]], Meta(max_length=16)]
    """Problems by node; nodes without problems are left out."""


class Trend(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/trend`: counts of clothes in one closed 15-minute window; counts below FLOOR are withheld."""

    v: Literal[1] = VERSION
    node: Name
    window: Time
    """Start of the window, a multiple of WINDOW_S."""
    sightings: Annotated[int, Meta(ge=FLOOR, le=MOST_IN_WINDOW)]
    counts: Annotated[dict[Words, Annotated[int, Meta(ge=FLOOR, le=MOST_IN_WINDOW)]], Meta(max_length=80)]
    """Number of sightings by feature, such as `colour:upper:orange`."""
    withheld: Count
    """Number of features seen in fewer than FLOOR sightings."""

    def __post_init__(self) -> None:
        if from_time(self.window) % WINDOW_S:
            msg = f"window must be a multiple of {WINDOW_S} s"
            raise ValueError(msg)
        if max(self.counts.values(), default=0) > self.sightings:
            msg = f"no count may be above the {self.sightings} sightings"
            raise ValueError(msg)


class Frozen(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`booth/baseline`: the baseline that a site's nodes score against, or the order to collect again; retained.

    Signed with the site's key: a node refuses others, and those older than its own.
    """

    v: Literal[1] = VERSION
    site: Name
    at: Time
    mode: Literal["collect", "spot"]
    id: Annotated[str, Meta(pattern=r"^([0-9a-f]{12})?\Z")] = ""
    """Hash of counts and recipe; this and all fields below are empty in mode `collect`."""
    recipe: Annotated[str, Meta(pattern=r"^([0-9a-f]{12})?\Z")] = ""
    nodes: Annotated[list[Name], Meta(max_length=200)] = []
    """Nodes whose counts it sums."""
    sightings: Count = 0
    since: Time | None = None
    until: Time | None = None
    """Windows of the first and last sighting; null if unknown."""
    baseline: bytes = b""
    """Contents of a baseline file."""
    signature: Annotated[bytes, Meta(max_length=64)] = b""
    """Ed25519 signature of `signed_part`."""

    def __post_init__(self) -> None:
        if (self.mode == "spot") != bool(self.id and self.recipe and self.nodes and self.baseline):
            msg = "expected id, recipe, nodes and baseline in mode spot, and none of them in mode collect"
            raise ValueError(msg)

    @property
    def signed_part(self) -> bytes:
        """The message without its signature, encoded as on the wire, after a line that is unique to this kind."""
        return b"exception-spotter booth/baseline 1\n" + msgspec.json.encode(
            msgspec.structs.replace(self, signature=b"")
        )


Message = (
    Status | Health | Score | Sealed | LinkKey | Gap | Ack | Alert | Feedback | Notice | Trend | Counted | Frozen
    | Offer | Progress
)  # fmt: skip

NODE_LEAVES: dict[str, type[Message]] = {
    "status": Status,
    "health": Health,
    "score": Score,
    "sealed": Sealed,
    "link": LinkKey,
    "gap": Gap,
    "ack": Ack,
    "stored": Ack,
    "trend": Trend,
    "baseline": Counted,
    "update": Progress,
}
BOOTH_LEAVES: dict[str, type[Message]] = {
    "status": Status,
    "alert": Alert,
    "feedback": Feedback,
    "notice": Notice,
    "baseline": Frozen,
    "release": Offer,
}

_TOPIC = re.compile(
    r"^spotter/v1/(?P<site>[a-z0-9-]{3,32})/(?:node/(?P<node>[a-z0-9-]{3,32})/(?P<node_leaf>[a-z]+)"
    r"|booth/(?P<booth_leaf>[a-z]+)|booth/feedback/(?P<laptop>[a-z0-9-]{3,32}))\Z"
)


class Address(NamedTuple):
    """The parts of a topic."""

    site: str
    node: str | None
    """None for the booth's topics."""
    leaf: str
    laptop: str | None = None
    """The laptop that sent feedback, which the broker's access rules hold to its certificate."""


def node_topic(site: str, node: str, leaf: str) -> str:
    """Return a node's topic; `node` may be `+` to subscribe to every node.

    >>> node_topic("soho", "north", "score")
    'spotter/v1/soho/node/north/score'
    """
    return f"spotter/v1/{site}/node/{node}/{leaf}"


def booth_topic(site: str, leaf: str) -> str:
    """Return one of the booth's topics.

    >>> booth_topic("soho", "alert")
    'spotter/v1/soho/booth/alert'
    """
    return f"spotter/v1/{site}/booth/{leaf}"


def feedback_topic(site: str, laptop: str) -> str:
    """Return a laptop's topic for feedback; `laptop` may be `+` to subscribe to every laptop.

    >>> feedback_topic("soho", "desk-1")
    'spotter/v1/soho/booth/feedback/desk-1'
    """
    return f"{booth_topic(site, 'feedback')}/{laptop}"


@functools.lru_cache(maxsize=4096)  # a node's topics stay the same
def parse_topic(topic: str) -> Address:
    """Return the parts of a topic; raises WireError `topic` if it is not one of ours.

    >>> parse_topic("spotter/v1/soho/node/north/score")[:3]
    ('soho', 'north', 'score')
    """
    found = _TOPIC.match(topic)
    leaf = "" if found is None else found["node_leaf"] or found["booth_leaf"] or "feedback"
    if found is None or leaf not in (NODE_LEAVES if found["node"] else BOOTH_LEAVES):
        raise WireError("topic", f"expected spotter/v1/SITE/node/NODE/LEAF or .../booth/LEAF, found {topic[:80]!r}")
    return Address(found["site"], found["node"], leaf, found["laptop"])


def max_bytes(topic: str) -> int:
    """Return the largest payload in bytes on that topic.

    >>> max_bytes("spotter/v1/soho/node/north/score"), max_bytes("spotter/v1/soho/node/north/baseline")
    (2048, 262144)
    """
    return MAX_BASELINE_BYTES if topic.endswith("/baseline") else MAX_BYTES


def check_size(topic: str, payload: bytes) -> None:
    """Raise WireError `too_large` if the payload is."""
    if len(payload) > max_bytes(topic):
        raise WireError("too_large", f"expected at most {max_bytes(topic)} bytes, found {len(payload)} on {topic}")


class ScoreKey(NamedTuple):
    """Identifies a score within its site, however often it is delivered."""

    node: str
    epoch: str
    seq: int


def key(score: Score) -> ScoreKey:
    """Return the score's key."""
    return ScoreKey(score.node, score.epoch, score.seq)


def about(node: str, epoch: str, seq: int) -> bytes:
    """Return what a sealed score is bound to: it opens for no other node, epoch or number.

    >>> about("north", "0123456789abcdef", 7)
    b'north/0123456789abcdef/7'
    """
    return f"{node}/{epoch}/{seq}".encode()


def to_time(seconds: float) -> str:
    """Format seconds since 1970 as on the wire, rounded down to whole seconds.

    >>> to_time(0.9)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@functools.lru_cache(maxsize=4096)  # each score's time is parsed about six times
def from_time(text: str) -> float:
    """Parse a time as `to_time` writes it; raises ValueError for other text.

    >>> from_time("1970-01-01T00:01:00Z")
    60.0
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


class _Versioned(Struct):
    v: int


_NEWEST: dict[type[Message], int] = {Score: 2, Health: 2, Notice: 2}
"""Versions other than VERSION."""
_OLDER: dict[type[Message], Callable[[Any], Any]] = {
    Score: wire_v1.score,
    Health: wire_v1.health,
    Notice: wire_v1.notice,
}
"""Functions that turn the fields of version 1 into those of the newest."""


def decode(topic: str, payload: bytes) -> tuple[Address, Message]:
    """Decode and check one message.

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
    if isinstance(message, Feedback) and address.laptop not in (None, message.who):
        raise WireError("sender", f"expected laptop {address.laptop} as in the topic, found {message.who}")
    return address, message


def _read_counted(payload: bytes, topic: str) -> Counted:
    """Decode a node's counts. Requires the arrays of its recipe, BATCH sightings, an epoch, and no noise label."""
    try:
        counted = unpack(payload, topic)
        if not counted.epoch or counted.noise or counted.sightings < BATCH:
            raise WireError("baseline", f"expected an epoch, no noise and at least {BATCH} sightings on {topic}")
        check_counted(counted, topic)
    except BaselineError as err:
        raise WireError("baseline", str(err)) from err
    return counted


def _read(payload: bytes, kind: type[Message], topic: str) -> Message:
    try:
        version, newest = msgspec.json.decode(payload, type=_Versioned).v, _NEWEST.get(kind, VERSION)
        if version == newest:
            message = msgspec.json.decode(payload, type=kind)
        elif version == VERSION and kind in _OLDER:
            message = msgspec.convert(_OLDER[kind](msgspec.json.decode(payload)), kind)
        else:
            raise WireError("version", f"expected v {newest}, found {version} on {topic}; update the older side")
    except msgspec.ValidationError as err:
        raise WireError("schema", f"{err} on {topic}") from err
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as err:
        raise WireError("not_json", f"{err} on {topic}") from err
    for field in ("at", "expires_at", "since", "until"):
        _check_time(getattr(message, field, None), topic)
    return message


def _check_time(text: str | None, topic: str) -> None:
    """Check that the time exists: the pattern also matches 31 February."""
    try:
        if text is not None:
            from_time(text)
    except ValueError as err:
        raise WireError("schema", f"{err} on {topic}") from err


def ended(alert: Alert, state: Literal["withdrawn", "lapsed"]) -> Alert:
    """Return the alert with its final state."""
    return msgspec.structs.replace(alert, state=state)


def read_score(payload: bytes) -> Score:
    """Decode and check a score without its topic; raises WireError as `decode`."""
    score = _read(payload, Score, "a stored score")
    assert isinstance(score, Score)
    return score


def pack(message: Message) -> bytes:
    """Return the payload of a message that gets its topic later, after the outbox; checked as in `encode`."""
    payload, name = msgspec.json.encode(message), f"a {type(message).__name__.lower()}"
    check_size(name, payload)
    _read(payload, type(message), name)
    return payload


def encode(topic: str, message: Message) -> bytes:
    """Return the payload of a message; raises WireError if `decode` would refuse it."""
    payload = pack_counted(message) if isinstance(message, Counted) else msgspec.json.encode(message)
    decode(topic, payload)
    return payload
