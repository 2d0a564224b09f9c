"""Prometheus reads the figures that the page shows, about machines alone."""

from prometheus_client.parser import text_string_to_metric_families

from edge.booth.page import metrics
from edge.booth.page.snapshot import Snapshot
from edge.booth.roster import NodeHealth
from edge.booth.trends import Outcomes
from tests.booth.page.pages import BUDGET, COUNTS, OUTCOMES, Browser, make_snapshot, make_view


def read(snapshot: Snapshot) -> dict[tuple[str, ...], float]:
    """Return the values by (name, label values...)."""
    found = {}
    for family in text_string_to_metric_families(metrics.render(snapshot).decode()):
        assert family.documentation
        for sample in family.samples:
            found[sample.name, *sample.labels.values()] = sample.value
    return found


def test_counts_nodes_queue_and_outcomes() -> None:
    found = read(make_snapshot(budget=BUDGET, outcomes=OUTCOMES))
    assert {name: found[f"spotter_{name}_total",] for name in COUNTS} == COUNTS
    assert found["spotter_refused_total", "schema"] == 11
    assert found["spotter_lost_total", "camera-1"] == 3
    states = [found["spotter_node_state", "camera-1", state] for state in metrics.NODE_STATES]
    assert states == [0, 1, 0]
    assert (found["spotter_queue_depth",], found["spotter_node_outbox_depth", "camera-1"]) == (2, 17)
    assert found["spotter_outcomes_total", "greeted"] == 9
    assert found["spotter_threshold_one_in",] == 210
    assert (found["spotter_broker_connected",], found["spotter_store_ok",]) == (1, 1)


def test_every_outcome_is_counted() -> None:
    assert set(metrics.OUTCOMES) <= set(Outcomes.__struct_fields__)
    found = read(make_snapshot(outcomes=Outcomes()))
    assert {labels[1] for labels in found if labels[0] == "spotter_outcomes_total"} == set(metrics.OUTCOMES)


def test_trouble_is_measured() -> None:
    found = read(make_snapshot(is_connected=False, trouble="the disk is full", clock="was set ahead"))
    assert (found["spotter_broker_connected",], found["spotter_store_ok",], found["spotter_clock_ok",]) == (0, 0, 0)


def test_what_no_sound_node_does_is_counted() -> None:
    found = read(make_snapshot(nodes=[NodeHealth("camera-1", "degraded", ["is odd"], odd={"old": 29, "twins": 1})]))
    assert {labels[1]: value for labels, value in found.items() if labels[0] == "spotter_node_odd_total"} == {
        "old": 29,
        "twins": 1,
    }


def test_nobody_is_in_it() -> None:
    """One more alert changes nothing, and a node's name cannot break out of its label."""
    some, more = (metrics.render(make_snapshot(alerts=[make_view(i + 1) for i in range(n)])) for n in (1, 3))
    assert some == more
    bad = 'x"} 1\nspotter_fake 1'
    assert ("spotter_fake",) not in read(make_snapshot(nodes=[NodeHealth(bad, "ok", [])]))


def test_served_as_prometheus_expects(browser: Browser) -> None:
    answer = browser.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert list(text_string_to_metric_families(answer.text))
