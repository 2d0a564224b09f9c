"""Alerts as lines of text, once each."""

import json
import threading
import time

import pytest

from edge import wire
from edge.booth.alert import make_alert
from edge.booth.watch import line, watch
from edge.config import BoothConfig
from edge.fakes import InProcessBroker
from edge.seams import Publish
from tests.brokers import wait_for
from tests.messages import NOW, make_score

TOPIC = wire.booth_topic("booth", "alert")
ALERT = make_alert(make_score(), BoothConfig(), NOW)


def test_line() -> None:
    at = time.strftime("%H:%M:%S", time.localtime(NOW))
    assert line(ALERT) == f"{at}  1 in 500 (200-1,000)  camera-1, left, heading right: orange upper, checked lower"


@pytest.mark.parametrize("as_json", [False, True])
def test_every_alert_once(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
    hub, stop, codes = InProcessBroker(), threading.Event(), []
    client = hub.client()
    watching = threading.Thread(target=lambda: codes.append(watch(client, "booth", stop, as_json=as_json)))
    watching.start()
    wait_for(lambda: client.is_connected)
    booth = hub.client()
    booth.connect(will=None, births=tuple, subscriptions=(), on_message=print)
    lapsed = wire.encode(TOPIC, wire.ended(ALERT, "lapsed"))
    for payload in (wire.encode(TOPIC, ALERT), wire.encode(TOPIC, ALERT), b"nonsense", lapsed, lapsed):
        booth.publish(Publish(TOPIC, payload, 1, is_retained=False))
    time.sleep(0.1)
    stop.set()
    watching.join()
    said = capsys.readouterr()
    assert codes == [0]
    assert "ignored a message: not_json" in said.err
    if as_json:
        assert [json.loads(text)["state"] for text in said.out.splitlines()] == ["open", "lapsed"]
    else:
        assert said.out == f"{line(ALERT)}\n{line(wire.ended(ALERT, 'lapsed'))}\n"
        assert said.out.count("lapsed: 1 in 500") == 1
