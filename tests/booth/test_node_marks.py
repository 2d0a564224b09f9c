"""A held node waits for staff; a revoked one is out of the store and the broker at once."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge import wire
from edge.booth.node_marks import LOOK_S, run_allow, run_forget
from edge.booth.run import Booth
from edge.cli import main
from edge.config import BoothConfig
from edge.fakes import InProcessBroker
from edge.seams import Publish
from edge.store.store import SqlStore
from tests.fakes import FakeClock
from tests.messages import NOW, make_counted, make_health, make_score, make_status


class Site:
    """A booth, and a node that publishes anything."""

    def __init__(self, config: BoothConfig) -> None:
        self.config, self.hub, self.clock = config, InProcessBroker(), FakeClock(NOW)
        self.store = SqlStore(config.store, config.site)
        self.node = self.hub.client()
        self.node.connect(will=None, births=tuple, subscriptions=(), on_message=print)
        self.start()

    def start(self) -> None:
        self.booth = Booth(self.config, self.hub.client(), self.store, self.clock)
        self.booth.connect()

    def say(self, name: str, message: wire.Message, *, is_retained: bool = False) -> None:
        leaf = "baseline" if not hasattr(message, "v") else type(message).__name__.lower()
        topic = wire.node_topic("booth", name, leaf)
        self.node.publish(Publish(topic, wire.encode(topic, message), 1, is_retained))

    def step(self) -> None:
        self.clock.sleep(LOOK_S)
        self.booth.step(0.0)

    def alerts(self, name: str) -> int:
        return sum(view.alert.node == name for view in self.booth.snapshot().alerts)

    def is_held(self) -> dict[str, bool]:
        return {row.node: row.is_held for row in self.booth.snapshot().nodes}

    def flood(self, first: int, count: int) -> None:
        for seq in range(first, first + count):
            self.say("evil", make_score(node="evil", seq=seq, link="", at=wire.to_time(self.clock.now())))
        for _ in range(count // 200 + 1):
            self.step()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(BoothConfig(store=f"sqlite:///{tmp_path}/booth.sqlite"))
    with closing(made.store):
        yield made


def test_a_node_that_floods_is_held_until_staff_allow_it(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.say("evil", make_health(node="evil"))
    site.flood(1, 400)
    taken = site.alerts("evil")
    assert 0 < taken <= 31
    site.say("north", make_score(node="north"))
    site.step()
    assert site.alerts("north") == 1
    site.step()
    (row,) = [row for row in site.booth.snapshot().nodes if row.node == "evil"]
    assert row.is_held
    assert any("spotter booth-allow" in problem for problem in row.problems)
    site.start()
    site.say("evil", make_health(node="evil"))
    site.step()
    site.step()
    assert site.is_held()["evil"], "after a restart too"
    site.flood(401, 10)
    assert site.alerts("evil") == 0
    assert run_allow(site.config, "evil") == 0
    assert "allowed again" in capsys.readouterr().out
    site.step()
    assert not site.is_held()["evil"]
    site.flood(501, 10)
    assert site.alerts("evil") == 10
    site.flood(601, 400)
    site.booth.allow("evil")
    site.step()
    site.step()
    assert not site.is_held()["evil"], "allowed on the page"


def test_a_revoked_node_is_out_of_store_and_broker(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("evil", "north"):
        site.say(name, make_health(node=name), is_retained=True)
        site.say(name, make_status(), is_retained=True)
        site.say(name, make_score(node=name))
        site.say(name, make_counted(), is_retained=True)
        site.say(name, wire.Gap(node=name, epoch="01234567", upto=0, dropped=0), is_retained=True)
    site.step()
    assert {one.node for one in site.store.baselines()} == {"evil", "north"}
    assert run_forget(site.config, "evil") == 0
    assert "deleted" in capsys.readouterr().out
    assert {one.node for one in site.store.baselines()} == {"north"}
    site.step()
    kept = {message.topic.split("/")[4] for message in site.hub.retained(["spotter/v1/booth/node/+/+"])}
    assert kept == {"north"}
    site.say("evil", make_status(), is_retained=True)
    site.say("evil", make_counted(101))
    site.step()
    assert "evil" not in site.is_held()
    assert {one.node for one in site.store.baselines()} == {"north"}
    assert site.booth.snapshot().refused == {"revoked": 2}
    site.clock.sleep(10)
    site.step()
    assert not site.hub.retained(["spotter/v1/booth/node/evil/+"]), "published again, and cleared again"
    run_allow(site.config, "evil")
    site.step()
    site.say("evil", make_counted(101))
    site.step()
    assert {one.node for one in site.store.baselines()} == {"evil", "north"}


def test_the_commands_read_the_configuration(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "booth.yaml"
    config.write_bytes(msgspec.json.encode({"store": site.config.store}))
    assert main(["booth-forget", "evil", "--config", str(config)]) == 0
    assert main(["booth-allow", "evil", "--config", str(config)]) == 0
    assert "evil: 0 scores and counts deleted" in (out := capsys.readouterr().out)
    assert "evil: allowed again" in out
