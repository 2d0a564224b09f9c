"""Home Assistant learns of the nodes' health through a real broker's retained messages, and of nothing else."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from edge import wire
from edge.booth.homeassistant import HomeAssistant
from edge.booth.roster import STALE_S
from edge.booth.run import Booth
from edge.clock import SystemClock
from edge.config import BoothConfig, BrokerSection, HomeAssistantSection
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Publish, Received
from edge.store.store import SqlStore
from edge.wire import MAX_BYTES
from tests.brokers import Mosquitto, wait_for
from tests.fakes import FakeClock
from tests.messages import make_health, make_score, make_status

pytestmark = pytest.mark.requires_broker

ON = HomeAssistantSection(announce=True)


class Home:
    """The newest message of each topic under Home Assistant's prefix."""

    def __init__(self, port: int) -> None:
        self.configs: dict[str, bytes] = {}
        self.broker = MqttBroker(BrokerSection(port=port), "home-assistant")
        self.broker.connect(
            will=None, births=tuple, subscriptions=["homeassistant/#", "spotter/#"], on_message=self._hear
        )
        self.others: list[Received] = []
        wait_for(lambda: self.broker.is_connected)

    def _hear(self, message: Received) -> None:
        if message.topic.startswith("homeassistant/"):
            self.configs[message.topic] = message.payload
        else:
            self.others.append(message)

    def known(self) -> set[str]:
        return {topic.split("/")[-2] for topic, payload in self.configs.items() if payload}

    def knows_only(self, nodes: list[str]) -> bool:
        return self.known() == set(nodes)


@pytest.fixture
def home(mosquitto: Mosquitto) -> Iterator[Home]:
    made = Home(mosquitto.port)
    yield made
    made.broker.close()


@pytest.fixture
def run(mosquitto: Mosquitto) -> Iterator[Callable[..., Callable[[], None]]]:
    """Return a function that starts a booth, which returns a function that steps it."""
    booths: list[Booth] = []
    stores: list[SqlStore] = []

    def begin(section: HomeAssistantSection) -> Callable[[], None]:
        if booths:
            booths.pop().leave()
        stores.append(SqlStore("sqlite://"))
        broker = MqttBroker(BrokerSection(port=mosquitto.port), "booth")
        booths.append(Booth(BoothConfig(home_assistant=section), broker, stores[-1], SystemClock()))
        booths[-1].connect()
        return lambda: void(booths[-1].step(0.05))

    yield begin
    for booth in booths:
        booth.leave()
    for store in stores:
        store.close()


def void(_: object) -> None: ...


def say(broker: Broker, name: str, message: wire.Message) -> None:
    topic = wire.node_topic("booth", name, type(message).__name__.lower())
    is_retained = not isinstance(message, wire.Score)
    broker.publish(Publish(topic, wire.encode(topic, message), 1, is_retained), timeout_s=2)


def stepping(step: Callable[[], None], condition: Callable[[], bool]) -> Callable[[], bool]:
    def stepped() -> bool:
        step()
        return condition()

    return stepped


def test_announced_and_taken_back(home: Home, run: Callable[..., Callable[[], None]]) -> None:
    step = run(HomeAssistantSection())
    say(home.broker, "camera-1", make_status())
    for _ in range(10):
        step()
    assert home.configs == {}, "off by default"
    step = run(ON)
    say(home.broker, "camera-2", make_health(node="camera-2"))
    wait_for(stepping(step, lambda: home.known() == {"camera-1", "camera-2"}))
    say(home.broker, "camera-1", make_score(at=wire.to_time(time.time())))
    for _ in range(10):
        step()
    assert not [topic for topic in home.configs if "score" in topic or "alert" in topic]
    step = run(HomeAssistantSection())
    wait_for(stepping(step, lambda: home.known() == set()))
    late = Home(home.broker._section.port)
    time.sleep(0.3)
    assert late.configs == {}, "nothing of it is retained any more"
    late.broker.close()


def test_a_forgotten_node_is_taken_back(mosquitto: Mosquitto, home: Home) -> None:
    """This holds too for a node that only an earlier run of the booth knew."""
    config = BoothConfig(home_assistant=ON)
    clock = FakeClock()
    for nodes in (["camera-1", "camera-2"], ["camera-2"]):
        broker = MqttBroker(BrokerSection(port=mosquitto.port), "booth")
        told = HomeAssistant(config, broker, clock)
        broker.connect(will=None, births=tuple, subscriptions=told.subscriptions, on_message=told.receive)
        for _ in range(20):
            told.sync([])
            time.sleep(0.02)
        assert home.known() == (set() if len(nodes) == 2 else {"camera-1", "camera-2"}), "they may still come"
        told.sync(nodes)
        clock.sleep(STALE_S + 1)
        wait_for(stepping(partial(told.sync, nodes), partial(home.knows_only, nodes)))
        broker.close()


def test_what_it_says_points_at_what_nodes_publish(home: Home, run: Callable[..., Callable[[], None]]) -> None:
    """Fill each template from a real heartbeat as Home Assistant does: Jinja with `value_json`."""
    jinja2 = pytest.importorskip("jinja2")
    step = run(ON)
    health = make_health(problems=[wire.problem("dark"), wire.problem("slow", 20)], state="degraded")
    say(home.broker, "camera-1", make_status())
    say(home.broker, "camera-1", health)
    wait_for(stepping(step, lambda: home.known() == {"camera-1"}))
    payload = home.configs["homeassistant/device/spotter-booth/camera-1/config"]
    assert len(payload) <= MAX_BYTES
    config: dict[str, Any] = json.loads(payload)
    retained = {message.topic: json.loads(message.payload) for message in home.others}
    assert config["stat_t"] in retained
    assert config["avty_t"] in retained

    def filled(template: str, topic: str) -> str:
        return str(jinja2.Template(template).render(value_json=retained[topic]))

    assert filled(config["avty_tpl"], config["avty_t"]) == "online"
    found = {key: filled(sensor["val_tpl"], config["stat_t"]) for key, sensor in config["cmps"].items()}
    assert found == {
        "state": "degraded",
        "problems": "dark slow",
        "fps": "12.5",
        "cpu": "55.0",
        "disk": "9000.0",
        "waiting": "0",
    }
    assert {sensor["p"] for sensor in config["cmps"].values()} == {"sensor"}
    assert len({sensor["uniq_id"] for sensor in config["cmps"].values()}) == len(config["cmps"])


def test_the_longest_names_fit() -> None:
    name = "n" * 32
    config = BoothConfig(site=name, home_assistant=ON)
    told = HomeAssistant(config, MqttBroker(BrokerSection(), "booth"), FakeClock())
    assert len(told._payload(name)) <= MAX_BYTES
