"""The bench measures real parts: every alert arrives, and no more is stored than the broker delivers."""

import json
from collections.abc import Callable

import pytest

from edge.booth.bench import run_bench
from edge.config import BoothConfig, BrokerSection
from edge.errors import BrokerError
from tests.brokers import Mosquitto, free_port


@pytest.mark.requires_broker
def test_alerts_are_heard_and_scores_stored(
    make_mosquitto: Callable[..., Mosquitto], capfd: pytest.CaptureFixture[str]
) -> None:
    broker = make_mosquitto(with_defaults=True)
    assert run_bench(BoothConfig(broker=BrokerSection(port=broker.port)), 4.0, as_json=True) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["alerts"], found["missing"]) == (40, 0)
    assert 0 < found["alert_p50_ms"] <= found["alert_p95_ms"]
    assert found["stored_per_s"] > 0
    assert found["bare_per_s"] > 0


def test_without_a_broker_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.booth.bench.START_S", 0.5)
    with pytest.raises(BrokerError, match="cannot be reached"):
        run_bench(BoothConfig(broker=BrokerSection(port=free_port())), 1.0, as_json=True)
