"""Two sites, two bridges, a central broker, two workers and PostgreSQL, as shipped and killed at random moments."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from edge import wire
from edge.booth.alert import alert_id
from edge.config import BrokerSection
from edge.message.mqtt import MqttBroker
from edge.seams import Publish, Received
from tests import databases
from tests.booth.centres import SITES, Centre
from tests.brokers import Mosquitto, wait_for
from tests.messages import make_score
from tests.programs import Program

pytestmark = [pytest.mark.requires_broker, pytest.mark.timeout(600)]

NODES = ("camera-1", "camera-2")
COUNT, RATE = 1200, 25
"""Scores of each node, and scores per second."""
RARE_EVERY = 100


class Client:
    """A client at one of the brokers."""

    def __init__(self, section: BrokerSection, name: str, *topics: str) -> None:
        self.heard: list[Received] = []
        self.broker = MqttBroker(section, name)
        self.broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self.heard.append)

    def say(self, topic: str, payload: bytes = b"x") -> bool:
        return self.broker.publish(Publish(topic, payload, 1, is_retained=False))

    @property
    def topics(self) -> list[str]:
        return [message.topic for message in list(self.heard)]


@pytest.fixture
def join() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(section: BrokerSection, name: str, *topics: str) -> Client:
        made.append(Client(section, name, *topics))
        wait_for(lambda: made[-1].broker.is_connected)
        return made[-1]

    yield make
    for client in made:
        client.broker.close()


@pytest.fixture
def centre(make_mosquitto: Callable[..., Mosquitto], tmp_path: Path) -> Centre:
    return Centre(make_mosquitto, tmp_path)


@pytest.fixture
def database() -> Iterator[str]:
    with databases.postgresql() as server, databases.database(server) as url:
        yield url


class Site:
    """A site with its booth and nodes running."""

    def __init__(self, start: Callable[..., Program], name: str, port: int, folder: Path) -> None:
        self._start, self.name, self._port, self._folder = start, name, port, folder
        self.store = folder / f"{name}.sqlite"
        config = folder / f"{name}.yaml"
        broker = f"broker: {{port: {port}}}\n"
        config.write_text(f"site: {name}\ncentre: true\nstore: sqlite:///{self.store}\npage_port: 0\n{broker}")
        self.booth = start("-m", "edge.cli", "booth", "--config", str(config))
        self.nodes: dict[str, Program] = {}

    def start_node(self, node: str, count: int, rate: float) -> None:
        words = map(str, (self.outbox(node), self._port, count, rate, self.name, node))
        self.nodes[node] = self._start("tests/chaos_node.py", *words)

    def outbox(self, node: str) -> Path:
        return self._folder / f"{self.name}-{node}.sqlite"

    def counters(self, node: str) -> tuple[str, int, int, int]:
        """Return epoch, issued, floor and dropped of a node's outbox."""
        with closing(sqlite3.connect(self.outbox(node))) as db:
            found: tuple[str, int, int, int] = db.execute("SELECT * FROM counters").fetchone()
        return found

    def rare(self) -> set[str]:
        """Return the ids of the alerts on everyone who is rare."""
        return {
            alert_id(make_score(node=node, epoch=self.counters(node)[0], seq=seq))
            for node in self.nodes
            for seq in range(1, self.counters(node)[1] + 1, RARE_EVERY)
        }

    def stored(self) -> Counter[tuple[str, str, str, int]]:
        with closing(sqlite3.connect(self.store)) as db:
            return Counter(db.execute("SELECT site, node, epoch, seq FROM scores").fetchall())


def start_workers(start: Callable[..., Program], centre: Centre, url: str, folder: Path) -> list[Program]:
    config = folder / "worker.yaml"
    config.write_text(f"group: workers\nstore: '{url}'\nbroker: {{port: {centre.broker.port}}}\n")
    return [start("-m", "edge.cli", "worker", "--config", str(config)) for _ in range(2)]


def alerts(client: Client) -> Counter[str]:
    found = [wire.decode(message.topic, message.payload)[1] for message in list(client.heard)]
    return Counter(one.id for one in found if isinstance(one, wire.Alert) and one.state == "open")


def test_a_site_speaks_for_itself_alone(centre: Centre, join: Callable[..., Client]) -> None:
    """Checked by delivery, since mosquitto grants subscriptions that its rules forbid."""
    for bridged in centre.sites.values():
        bridged.kill()  # the clients below have the names of the bridges
    here = BrokerSection(port=centre.broker.port)
    worker = join(here, "worker-1", "$share/workers/spotter/v1/+/node/+/score", "spotter/v1/#")
    soho = join(centre.section("soho"), "mitte", "spotter/v1/#")
    mitte = join(centre.section("mitte"), "mitte", "spotter/v1/#")
    for topic in ("mitte/node/camera-1/score", "mitte/node/camera-1/stored", "soho/node/camera-1/stored"):
        assert not soho.say(f"spotter/v1/{topic}")
    for leaf in ("booth/alert", "node/camera-1/ack"):
        assert not soho.say(f"spotter/v1/soho/{leaf}")
    assert not worker.say("spotter/v1/soho/node/camera-1/score")
    assert soho.say("spotter/v1/soho/node/camera-1/score")
    assert worker.say("spotter/v1/soho/node/camera-1/stored")
    wait_for(lambda: soho.heard and len(worker.heard) == 2)
    assert set(worker.topics) == {"spotter/v1/soho/node/camera-1/score"}
    assert soho.topics == ["spotter/v1/soho/node/camera-1/stored"]
    assert (mitte.heard, mitte.broker.connections) == ([], 1), "the other's client id is not taken over"
    for section in (centre.section("stranger"), BrokerSection(port=centre.uplink)):
        nobody = Client(section, "soho")
        time.sleep(1)
        assert nobody.broker.connections == 0, "a foreign certificate, or none"
        nobody.broker.close()


@pytest.mark.slow
def test_alerts_go_on_while_the_centre_is_away(
    centre: Centre, join: Callable[..., Client], start: Callable[..., Program], database: str, tmp_path: Path
) -> None:
    """The nodes make more sightings than their window holds; when the centre is back, nothing is lost."""
    centre.broker.kill()
    port = centre.sites["soho"].port
    laptop = join(BrokerSection(port=port), "laptop", wire.booth_topic("soho", "alert"))
    site = Site(start, "soho", port, tmp_path)
    site.start_node("camera-1", 500, 50)
    wait_for(lambda: alerts(laptop).total() == 5, 60)
    assert set(alerts(laptop)) == site.rare()
    _, issued, floor, dropped = site.counters("camera-1")
    assert (issued > 400, floor, dropped) == (True, 0, 0), "the outbox keeps what the centre has not stored"
    centre.broker.start()
    start_workers(start, centre, database, tmp_path)
    assert site.nodes["camera-1"].process.wait(200) == 0
    with psycopg.connect(database) as db:
        assert db.execute("SELECT count(*), max(seq) FROM scores WHERE site = 'soho'").fetchone() == (500, 500)
    assert alerts(laptop).total() == 5


@pytest.mark.slow
def test_workers_and_brokers_killed_at_random_moments(
    centre: Centre, join: Callable[..., Client], start: Callable[..., Program], database: str, tmp_path: Path
) -> None:
    """Kill workers six times, the central broker twice, and one site's broker with its bridge and booth once."""
    rng = random.Random(7)
    sites = {site: Site(start, site, centre.sites[site].port, tmp_path) for site in SITES}
    listeners = {
        site: join(BrokerSection(port=centre.sites[site].port), "laptop", "spotter/v1/+/booth/alert") for site in SITES
    }
    workers = start_workers(start, centre, database, tmp_path)
    for site in sites.values():
        for node in NODES:
            site.start_node(node, COUNT, RATE)
    soho = sites["soho"]
    victims: list[Mosquitto | Program] = [*workers * 3, centre.broker, centre.broker, centre.sites["soho"], soho.booth]
    rng.shuffle(victims)
    for victim in victims:
        time.sleep(rng.uniform(1.0, 3.5))
        victim.kill()
        time.sleep(rng.uniform(0.0, 3.0))
        victim.start()
    for site in sites.values():
        for node in NODES:
            assert site.nodes[node].process.wait(300) == 0, "the node ends only when its outbox is empty"
    for program in (*workers, *(site.booth for site in sites.values())):
        program.end()
        assert program.process.returncode == 0

    with psycopg.connect(database) as db:
        central = Counter(db.execute("SELECT site, node, epoch, seq FROM scores").fetchall())
    for name, site in sites.items():
        issued = {node: site.counters(node) for node in NODES}
        assert [counters[1:] for counters in issued.values()] == [(COUNT, COUNT, 0)] * len(NODES)
        expected = {(name, node, issued[node][0], seq) for node in NODES for seq in range(1, COUNT + 1)}
        for where, stored in (("centre", central), ("site", site.stored())):
            theirs = Counter({row: count for row, count in stored.items() if row[0] == name})
            print(
                f"{name} at the {where}: issued {len(expected)}, stored {theirs.total()}, "
                f"lost {len(expected - theirs.keys())}, doubled {theirs.total() - len(theirs)}"
            )
            assert theirs == Counter(expected)
        assert {row[0] for row in site.stored()} == {name}
        heard = alerts(listeners[name])
        print(f"{name}: {len(site.rare())} alerts due, {len(heard)} heard, {heard.total() - len(heard)} twice")
        assert heard.keys() <= site.rare(), "alerts of this site's own nodes only"
    assert alerts(listeners["mitte"]).keys() == sites["mitte"].rare(), (
        "all of them where nothing of the site's was killed"
    )
    with psycopg.connect(database) as db:
        assert db.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
