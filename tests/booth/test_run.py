"""The whole booth as people start it, with a real mosquitto."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge import wire
from edge.booth.health import run_health
from edge.config import BrokerSection
from edge.errors import BrokerError
from edge.message.mqtt import MqttBroker
from edge.seams import Publish, Received
from tests.brokers import REPOSITORY, Mosquitto, free_port, wait_for
from tests.messages import make_health, make_score, make_status

pytestmark = pytest.mark.requires_broker


class Listener:
    """A client on the same broker."""

    def __init__(self, port: int, name: str) -> None:
        self.heard: list[Received] = []
        self.broker = MqttBroker(BrokerSection(port=port), name)
        self.broker.connect(will=None, births=tuple, subscriptions=["spotter/v1/#"], on_message=self.heard.append)
        wait_for(lambda: self.broker.is_connected)

    def messages(self, leaf: str) -> list[Any]:
        return [wire.decode(m.topic, m.payload)[1] for m in list(self.heard) if m.topic.endswith(leaf)]

    def say(self, leaf: str, message: wire.Message, *, is_retained: bool = False) -> None:
        topic = wire.node_topic("booth", "camera-1", leaf)
        self.broker.publish(Publish(topic, wire.encode(topic, message), 1, is_retained), timeout_s=0)


@pytest.fixture
def listen(mosquitto: Mosquitto) -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def make() -> Listener:
        made.append(Listener(mosquitto.port, f"listener-{len(made)}"))
        return made[-1]

    yield make
    for listener in made:
        listener.broker.close()


def spotter(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "edge.cli", *arguments]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def booth(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    config = tmp_path / "booth.yaml"
    config.write_text(f"store: sqlite:///{tmp_path}/booth.sqlite\npage_port: 0\n")
    with spotter("booth", "--config", str(config), "--broker", f"127.0.0.1:{mosquitto.port}") as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_a_day_in_short(booth: subprocess.Popen[str], mosquitto: Mosquitto, listen: Callable[..., Listener]) -> None:
    laptop = listen()
    wait_for(lambda: laptop.messages("booth/status"))
    with spotter("watch", "--broker", f"127.0.0.1:{mosquitto.port}", "--json") as watching:
        time.sleep(1)
        score = make_score(at=wire.to_time(time.time()))
        laptop.say("score", score)
        wait_for(lambda: laptop.messages("ack"))
        assert watching.stdout is not None
        alert = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 0
    assert (alert["node"], alert["one_in"]) == ("camera-1", 500.0)
    assert laptop.messages("ack") == [wire.Ack(epoch=score.epoch, upto=1)]
    late = listen()
    wait_for(lambda: late.messages("ack"))
    assert late.messages("alert") == [], "an alert is never retained"
    assert late.messages("score") == [], "nor is a score"
    booth.send_signal(signal.SIGTERM)
    assert booth.wait(10) == 0
    wait_for(lambda: [m.state for m in laptop.messages("booth/status")] == ["online", "offline"])


def test_a_replaying_node_is_said_by_spotter_health(
    booth: subprocess.Popen[str], mosquitto: Mosquitto, listen: Callable[..., Listener]
) -> None:
    node = listen()
    wait_for(lambda: node.messages("booth/status"))
    node.say("status", make_status(), is_retained=True)
    node.say("health", make_health(at=wire.to_time(time.time())), is_retained=True)
    yesterday = wire.to_time(time.time() - 86_400)
    for _ in range(2):
        node.say("score", make_score(at=yesterday))
        wait_for(lambda: node.messages("ack"))
    wait_for(lambda: any(message.nodes for message in node.messages("booth/notice")))

    def health() -> tuple[int, dict[str, Any]]:
        with spotter("health", "--broker", f"127.0.0.1:{mosquitto.port}", "--json") as asking:
            out, _ = asking.communicate(timeout=20)
            return asking.returncode, json.loads(out)

    code, verdict = health()
    assert (code, verdict["state"]) == (1, "degraded")
    assert "sent 1 sightings from long ago again" in verdict["problems"][0]
    booth.kill()
    wait_for(lambda: node.messages("booth/status")[-1].state == "offline")
    assert health()[1]["problems"] == [], "a booth that is gone notices nothing"


def test_the_booths_will(booth: subprocess.Popen[str], listen: Callable[..., Listener]) -> None:
    laptop = listen()
    wait_for(lambda: laptop.messages("booth/status"))
    booth.kill()
    wait_for(lambda: [m.state for m in laptop.messages("booth/status")] == ["online", "offline"])


def test_health_codes(mosquitto: Mosquitto, listen: Callable[..., Listener]) -> None:
    def health(*more: str) -> tuple[int, str, str]:
        with spotter("health", "--broker", f"127.0.0.1:{mosquitto.port}", *more) as asking:
            out, err = asking.communicate(timeout=20)
            return asking.returncode, out, err

    code, out, err = health()
    assert (code, out) == (1, "")
    assert "no node of site booth" in err
    node = listen()
    node.say("status", make_status(), is_retained=True)
    node.say("health", make_health(at=wire.to_time(time.time())), is_retained=True)
    code, out, _ = health("--json")
    assert (code, json.loads(out)["state"]) == (0, "ok")
    node.say("status", make_status("offline"), is_retained=True)
    code, out, _ = health()
    assert code == 1
    assert "offline" in out
    with pytest.raises(BrokerError, match="is mosquitto running"):
        run_health(BrokerSection(port=free_port()), "booth", as_json=False, wait_s=0.2)


def test_what_can_never_work_is_said(tmp_path: Path) -> None:
    config = tmp_path / "booth.yaml"
    config.write_text("store: sqlite:////nowhere/booth.sqlite\npage_port: 0\n")
    with spotter("booth", "--config", str(config)) as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "check that its folder exists" in err
    assert "Traceback" not in err
