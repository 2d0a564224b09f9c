"""The Grafana dashboard and the alert rules name only figures that /metrics has; the rules fire when they should."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from edge.booth.page import metrics
from edge.booth.roster import NodeHealth
from tests.booth.page.pages import BUDGET, OUTCOMES, make_snapshot

FOLDER = Path(__file__).parents[2] / "firmware-config" / "grafana"
RULES: dict[str, Any] = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))


def figures() -> set[str]:
    """Return the names of everything in /metrics."""
    nodes = [NodeHealth("camera-1", "ok", [], outbox_depth=17, odd={"again": 1})]
    text = metrics.render(make_snapshot(nodes=nodes, budget=BUDGET, outcomes=OUTCOMES)).decode()
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    shown = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return [*shown, *(rule["expr"] for rule in rules())]


def test_only_figures_that_exist_are_named() -> None:
    named = {name for text in expressions() for name in re.findall(r"spotter_\w+", text)}
    assert len(named) > 12
    assert named <= figures()


def test_every_figure_is_on_the_dashboard() -> None:
    shown = " ".join(expressions())
    counted = {name for name in figures() if not name.endswith("_created")}
    assert {name for name in counted if name not in shown} == set()


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
        assert panel["description"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_every_rule_says_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"].endswith(".")


def test_rules_fire_when_they_should(tmp_path: Path) -> None:
    """Prometheus' own tool runs the rules on made-up figures."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing (apt install prometheus)")
    series = [
        ('up{job="spotter",instance="b"}', "1 1 1 0x10"),
        ('spotter_broker_connected{instance="b"}', "1 1 0x10"),
        ('spotter_node_state{instance="b",node="north",state="failing"}', "0 0 1x10"),
        ('spotter_node_state{instance="b",node="south",state="failing"}', "0x12"),
        ('spotter_lost_total{instance="b",node="north"}', "0x5 7x10"),
        ('spotter_alerts_total{instance="b"}', "0+1x120"),
        ('spotter_lapsed_total{instance="b"}', "0+0.1x120"),
    ]
    expected = {
        "SpotterBoothDown": ["b"],
        "SpotterBrokerAway": ["b"],
        "SpotterCameraFailing": ["b"],
        "SpotterScoresLost": ["b"],
        "SpotterStoreFails": [],
        "SpotterAlertsLapse": [],
    }
    names = {rule["alert"]: rule for rule in rules()}
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series],
            "promql_expr_test": [
                {
                    "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)',
                    "eval_time": "10m",
                    "exp_samples": [{"labels": "{}", "value": len(found)}],
                }
                for name, found in expected.items()
            ],
        }
    ]
    assert set(expected) <= set(names)
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(FOLDER / "alerts.yml")], "tests": tests}))
    for words in (["check", "rules", str(FOLDER / "alerts.yml")], ["test", "rules", str(file)]):
        done = subprocess.run([promtool, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
