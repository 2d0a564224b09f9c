"""Write a snapshot in Prometheus' text format: counts and machine states, nothing about people."""

from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.booth.failures import Failures
from edge.booth.page.snapshot import Snapshot
from edge.booth.trends import Outcomes

CONTENT_TYPE = CONTENT_TYPE_LATEST
COUNTS = {
    "scores": "Sightings stored since the booth started",
    "repeats": "Sightings delivered more than once",
    "late": "Sightings stored too late for an alert",
    "held_back": "Sightings rare enough for an alert, but without a reason of 3 bits that staff can see",
    "alerts": "Alerts sent",
    "lapsed": "Alerts that expired unclaimed",
    "overflow": "Messages dropped because the queue was full; nodes send them again",
}
OUTCOMES = ("claimed", "greeted", "not_found", "not_unusual", "declined")
_SAID: set[str] = set()
"""Parts that failed and were logged."""
NODE_STATES = ("ok", "degraded", "failing")


class Readings(Collector):
    """One snapshot as Prometheus collects it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        snapshot = self._snapshot
        for name, about in COUNTS.items():
            yield CounterMetricFamily(f"spotter_{name}", about, snapshot.counts[name])
        yield _counter("spotter_refused", "Messages refused", "reason", snapshot.refused.items())
        yield _counter("spotter_lost", "Sightings dropped from a full outbox", "node", snapshot.lost.items())
        yield CounterMetricFamily("spotter_broker_refusals", "Requests the broker refused", snapshot.refusals)
        yield GaugeMetricFamily("spotter_broker_connected", "1 while connected to the broker", snapshot.is_connected)
        yield GaugeMetricFamily("spotter_store_ok", "1 while scores can be stored", not snapshot.trouble)
        yield GaugeMetricFamily("spotter_clock_ok", "1 while this machine's clock is right", not snapshot.clock)
        yield GaugeMetricFamily("spotter_queue_depth", "Messages waiting in the booth's queue", snapshot.queued)
        parts = Failures(_SAID)
        for name, part in (
            ("nodes", self._nodes()),
            ("outcomes", self._outcomes(snapshot.outcomes)),
            ("budget", self._budget()),
        ):
            with parts.caught(name):
                yield from list(part)
        missing = [*snapshot.missing, *parts.counts]
        yield GaugeMetricFamily("spotter_missing", "Figures that failed or are not available", len(missing))

    def _nodes(self) -> Iterator[Metric]:
        states = GaugeMetricFamily("spotter_node_state", "1 for the state a node is in", labels=["node", "state"])
        odd = CounterMetricFamily(
            "spotter_node_odd", "Things no healthy node does, since the booth started", labels=["node", "kind"]
        )
        outbox = GaugeMetricFamily("spotter_node_outbox_depth", "Sightings waiting in a node's outbox", labels=["node"])
        for row in self._snapshot.nodes:
            for state in NODE_STATES:
                states.add_metric([row.node, state], row.state == state)
            for kind, count in row.odd.items():
                odd.add_metric([row.node, kind], count)
            if row.outbox_depth is not None:
                outbox.add_metric([row.node], row.outbox_depth)
        yield states
        yield odd
        yield outbox

    def _outcomes(self, outcomes: Outcomes | None) -> Iterator[Metric]:
        if outcomes is None:
            return
        counts = ((outcome, getattr(outcomes, outcome)) for outcome in OUTCOMES)
        yield _counter("spotter_outcomes", "Alerts by outcome", "outcome", counts)

    def _budget(self) -> Iterator[Metric]:
        budget = self._snapshot.budget
        if budget is not None and budget.threshold is not None:
            yield GaugeMetricFamily(
                "spotter_threshold_one_in", "People at least this rare (1 in N) are alerted", budget.threshold
            )


def _counter(name: str, about: str, label: str, values: Iterable[tuple[str, int]]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, count in values:
        family.add_metric([value], count)
    return family


def render(snapshot: Snapshot) -> bytes:
    """Return the snapshot in Prometheus' text format, UTF-8."""
    registry = CollectorRegistry()
    registry.register(Readings(snapshot))
    return generate_latest(registry)
