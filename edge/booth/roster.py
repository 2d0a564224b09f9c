"""Judge the health of each node by what it reports and what the booth notices, in plain sentences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from edge import wire
from edge.aim import Aim, advice, figures
from edge.booth.alert import CLOCK_S
from edge.booth.facts import Fact, reported
from edge.booth.violations import Violations
from edge.errors import WireError
from edge.seams import Clock
from edge.wire_update import Progress

STALE_S = 30.0
"""Three heartbeats. A node that missed them is failing, whatever it reported last."""
FORGOTTEN_S = 24 * 3600.0
"""A node that is silent for this long and not named in booth.yaml is forgotten."""
MOST_NODES = 200
"""Names that are remembered; a message under one more name is refused."""
MOST_PROBLEMS = 8
"""Most problems of one node in a notice, the limit of wire.Notice."""
SAME = ("software", "model", "baseline")
"""Values that all nodes of a site should share; the fact about a node that differs is `same-NAME`."""


@dataclass
class NodeRecord:
    """What is known of one node; times are seconds on the booth's monotonic clock."""

    name: str
    known_at: float
    """When its name was first heard or read from booth.yaml."""
    status: wire.Status | None = None
    health: wire.Health | None = None
    update: Progress | None = None
    """How far its newest update is."""
    heard_at: float | None = None
    """When its newest live heartbeat came; None if only a retained one is known."""
    is_gone: bool = False
    """Whether its newest status is `offline`."""
    ahead_s: float = 0.0
    """Seconds by which its clock was ahead of the booth's at that heartbeat."""
    violations: Violations = field(default_factory=Violations)
    is_held: bool = False
    """Whether its alerts wait until staff allow them."""

    @property
    def is_off(self) -> bool:
        """Whether its clock differs from the booth's by more than CLOCK_S."""
        return abs(self.ahead_s) > CLOCK_S


class NodeHealth(msgspec.Struct, frozen=True):
    """One row: a node, its state, and every problem as a sentence."""

    node: str
    state: str
    problems: list[str]
    mode: str = ""
    fps: float | None = None
    sightings: int | None = None
    outbox_depth: int | None = None
    outbox_lost: int | None = None
    baseline: str = ""
    """Id of the baseline it scores against; empty while it collects."""
    odd: dict[str, int] = {}
    """Number of violations by kind (booth/violations.py)."""
    is_held: bool = False
    """Whether its alerts wait until staff allow them."""
    angle: int | None = None
    """Horizontal field of view of its picture in degrees; None if unknown."""
    lens_percent: int | None = None
    """Part of the lens's width that its picture shows; None if unknown."""
    aim: str = ""
    """How its camera saw the people of the last minutes, in aggregates; empty before enough people passed."""
    advice: list[str] = []
    """What to change about its camera."""
    update: str = ""
    """What it does with the newest update, in words; empty if there was none."""
    facts: list[Fact] = []
    """The problems as codes and values, in the same order, for other languages; so is what follows."""
    aimed: Aim | None = None
    updating: Progress | None = None


def judge(node: NodeRecord, silence: Fact | None, monotonic: float, odd: Iterable[Fact] = ()) -> NodeHealth:
    """Combine a node's own report with its silence and with what is odd about it, seen from outside."""
    found = list(dict.fromkeys([*reported(_noticed(node, monotonic)), *odd]))
    health, state = node.health, "degraded" if found else "ok"
    if silence:
        found.insert(0, silence)
        state = "failing"
    totals, update = dict(node.violations.totals), node.update.sentence if node.update else ""
    if health is None:
        return NodeHealth(
            node.name,
            state,
            _sentences(found),
            odd=totals,
            is_held=node.is_held,
            update=update,
            facts=found,
            updating=node.update,
        )
    facts = [*found, *reported(health.problems)]
    return NodeHealth(
        node.name,
        health.state if state == "ok" or health.state == "failing" else state,
        _sentences(facts),
        health.mode,
        health.fps,
        health.sightings,
        health.outbox_depth,
        health.outbox_lost,
        health.baseline,
        totals,
        node.is_held,
        health.angle,
        health.lens_percent,
        "" if health.aim is None else figures(health.aim),
        [] if health.aim is None else advice(health.aim),
        update,
        facts,
        health.aim,
        node.update,
    )


def _noticed(node: NodeRecord, monotonic: float) -> list[wire.Problem]:
    held = [wire.problem("held")] if node.is_held else []
    return [*held, *([_off(node.ahead_s)] if node.is_off else []), *node.violations.problems(monotonic)]


def _sentences(facts: Iterable[Fact]) -> list[str]:
    return [fact.sentence for fact in facts]


def _off(ahead_s: float) -> wire.Problem:
    return wire.problem("clock-ahead" if ahead_s > 0 else "clock-behind", abs(ahead_s))


class Roster:
    """Owner of what is known of every node; not thread-safe."""

    def __init__(self, clock: Clock, expected: Iterable[str] = ()) -> None:
        """`expected` nodes, named in booth.yaml, are reported as failing if they are never heard."""
        self._clock = clock
        self._expected = tuple(expected)
        self._listening_since: float | None = clock.monotonic()
        self._notices: dict[str, list[wire.Problem]] = {}
        """Problems that the booth published about each node, where this program is not the booth."""
        self.nodes = {name: NodeRecord(name, clock.monotonic()) for name in self._expected}

    def note_booth(self, message: wire.Message) -> None:
        """Take in the booth's notice, or its status: once it is offline its notices are void."""
        if isinstance(message, wire.Notice):
            self._notices = message.nodes
        elif isinstance(message, wire.Status) and message.state == "offline":
            self._notices = {}

    def notices(self) -> dict[str, list[wire.Problem]]:
        """Return what the booth noticed about each node that the node does not report itself."""
        monotonic = self._clock.monotonic()
        found = {name: _noticed(node, monotonic) for name, node in sorted(self.nodes.items())}
        return {name: problems[:MOST_PROBLEMS] for name, problems in found.items() if problems}

    def note(
        self,
        address: wire.Address,
        message: wire.Message,
        *,
        is_retained: bool,
        heard: tuple[float, float] | None = None,
    ) -> None:
        """Take in a status or heartbeat, `heard` at a time (UTC and monotonic seconds), else now.

        Raises WireError `too_many_nodes` beyond MOST_NODES names.
        """
        assert address.node is not None
        now, monotonic = heard or (self._clock.now(), self._clock.monotonic())
        node = self.node(address.node)
        if isinstance(message, wire.Status):
            _note_status(node, message, monotonic)
        elif isinstance(message, Progress):
            node.update = message
        elif isinstance(message, wire.Health) and not is_retained:
            node.health, node.heard_at, node.is_gone = message, monotonic, False
            node.ahead_s = wire.from_time(message.at) - now
            node.violations.beat(message, monotonic)
        elif isinstance(message, wire.Health) and node.heard_at is None:
            node.health = message

    def node(self, name: str) -> NodeRecord:
        """Return the record of a node, new if needed; raises WireError `too_many_nodes`."""
        if name not in self.nodes and len(self.nodes) >= MOST_NODES:
            raise WireError("too_many_nodes", f"expected at most {MOST_NODES} nodes, found {name} too")
        return self.nodes.setdefault(name, NodeRecord(name, self._clock.monotonic()))

    def violations(self, name: str) -> Violations:
        """Return the violations of a node; those of a node beyond MOST_NODES, and of the checker, are not kept."""
        if name == wire.CHECKER:
            return Violations()
        try:
            return self.node(name).violations
        except WireError:
            return Violations()

    def look(self, *, is_connected: bool) -> None:
        """Forget nodes that were silent for a day, unless they are expected; to be called every few seconds.

        Silence is counted only while the booth itself is connected to the broker.
        """
        monotonic = self._clock.monotonic()
        if not is_connected:
            self._listening_since = None
        elif self._listening_since is None:
            self._listening_since = monotonic
        for name, node in list(self.nodes.items()):
            if self._silent_s(node) > FORGOTTEN_S and name not in self._expected:
                del self.nodes[name]

    def node_health(self) -> list[NodeHealth]:
        """Return one row for each node, sorted by name."""
        monotonic = self._clock.monotonic()
        nodes = [node for _, node in sorted(self.nodes.items()) if not self._is_awaited(node)]
        silences = {node.name: self._silence(node) for node in nodes}
        odd = _odd([node for node in nodes if not silences[node.name]])
        for name, problems in self._notices.items():
            odd.setdefault(name, []).extend(reported(problems))
        return [judge(node, silences[node.name], monotonic, odd.get(node.name, ())) for node in nodes]

    def off_s(self) -> float:
        """Mean offset (s) of the nodes' clocks from ours, if they agree with each other and not with us; else 0."""
        ahead = [node.ahead_s for node in self.nodes.values() if not (node.heard_at is None or self._silence(node))]
        is_here = len(ahead) > 1 and min(map(abs, ahead)) > CLOCK_S and max(ahead) - min(ahead) <= CLOCK_S
        return sum(ahead) / len(ahead) if is_here else 0.0

    def _is_awaited(self, node: NodeRecord) -> bool:
        """Whether the node is expected but had no time yet to report."""
        is_unheard = node.health is None and node.status is None and not node.violations.totals
        return node.name in self._expected and is_unheard and self._silent_s(node) <= STALE_S

    def _silent_s(self, node: NodeRecord) -> float:
        """Seconds since its last heartbeat arrived, counting only the time in which the booth listened."""
        if self._listening_since is None:
            return 0.0
        since = node.known_at if node.heard_at is None else node.heard_at
        return self._clock.monotonic() - max(since, self._listening_since)

    def _silence(self, node: NodeRecord) -> Fact | None:
        if node.is_gone:
            return Fact("silence-offline")
        silent_s = self._silent_s(node)
        if node.health is None and node.status is None and node.name in self._expected:
            return Fact("silence-never")
        if node.health is None:
            return Fact("silence-no-heartbeat")
        own_s = self._clock.now() - wire.from_time(node.health.at)
        if silent_s > STALE_S:
            return Fact("silence-stale", (round(silent_s),))
        if node.heard_at is None and own_s > STALE_S:
            return Fact("silence-own-clock", (round(own_s),))
        return None


def _note_status(node: NodeRecord, status: wire.Status, monotonic: float) -> None:
    """Take in a status; an `offline` left by an earlier start of the node is ignored."""
    is_online = status.state == "online"
    if is_online:
        node.violations.started(status.boot, monotonic)
    elif node.status is not None and node.status.state == "online" and node.status.boot != status.boot:
        return
    node.status, node.is_gone = status, not is_online


def _odd(nodes: list[NodeRecord]) -> dict[str, list[Fact]]:
    """Return a fact for each value of SAME in which a node differs from most others."""
    found: dict[str, list[Fact]] = {}
    for name in SAME:
        having = {node.name: getattr(node.health, name) for node in nodes if _has(node, name)}
        usual = Counter(having.values()).most_common(1)[0][0] if having else ""
        like = [node for node, value in having.items() if value == usual]
        others = " and ".join(like) if len(like) < 3 else f"{len(like)} others"
        for node, mine in having.items():
            if mine != usual:
                found.setdefault(node, []).append(Fact(f"same-{name}", (mine, others, usual)))
    return found


def _has(node: NodeRecord, name: str) -> bool:
    """Whether a node has the value; baselines are compared only in mode `spot`, where they are frozen."""
    return node.health is not None and (name != "baseline" or node.health.mode == "spot")
