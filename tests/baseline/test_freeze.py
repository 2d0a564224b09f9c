"""Nodes' counts become the site's baseline exactly; and the whole path from counting to spotting."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import reduce
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from edge import wire
from edge.baseline import freeze
from edge.baseline.freeze import add_up
from edge.cli import main
from edge.config import BoothConfig, BrokerSection, DetectionSection, NodeConfig, load
from edge.errors import BaselineError, WireError
from edge.limits import WINDOW_S
from edge.message.mqtt import MqttBroker
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.recipe import Recipe
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import source_name
from edge.seams import Publish, Received
from edge.signing import is_signed
from edge.store.store import NodeCounts, SqlStore
from tests.brokers import REPOSITORY, Mosquitto, free_port, make_mosquitto, mosquitto, wait_for
from tests.messages import NOW
from tests.outfits import RECIPE
from tests.programs import Program, start
from tests.site.sites import Client, SiteBroker, new_site, section
from tests.sites import Site, learnt, left

__all__ = ["make_mosquitto", "mosquitto", "start"]

OLDER = msgspec.structs.replace(RECIPE, model="ba9876543210")


def counts(node: str, sightings: int, *, recipe: Recipe = RECIPE, seed: int = 0) -> NodeCounts:
    epoch = f"{seed:016x}"
    return NodeCounts(node, baseline_file.counted(left(learnt(sightings, recipe=recipe, seed=seed, epoch=epoch))))


@pytest.fixture(scope="module")
def found() -> list[NodeCounts]:
    """Return counts of two epochs of one node and one epoch of another."""
    return [counts("camera-1", 130, seed=1), counts("camera-1", 70, seed=2), counts("camera-2", 90, seed=3)]


def test_the_sum_is_exact_in_any_order(found: list[NodeCounts]) -> None:
    parts = [baseline_file.from_counted(one.counted, "counts") for one in found]
    for part, one in zip(parts, found, strict=True):
        part.label(source_name("booth", one.node))
    straight = baseline_file.to_bytes(reduce(Baseline.merge, parts))
    merged = {baseline_file.to_bytes(add_up(order, "booth", is_forced=True)) for order in permutations(found)}
    assert merged == {straight}
    together = add_up(found, "booth", is_forced=True)
    assert (together.sightings, together.epoch) == (290, "")
    assert together.period == (WINDOW_S * (int(NOW) // 900), WINDOW_S * (int(NOW + 129 * 60) // 900))


def test_one_node_alone_is_frozen_too() -> None:
    baseline = add_up([counts("camera-1", 170)], "booth")
    assert (baseline.calibrated_on, baseline.epoch) == (110, "")


def test_too_few_are_refused_unless_forced(found: list[NodeCounts]) -> None:
    with pytest.raises(BaselineError, match=r"expected 100 .* found 80 of 200 .* --force"):
        add_up(found[:2], "booth")
    assert add_up(found[:2], "booth", is_forced=True).sightings == 200
    with pytest.raises(BaselineError, match="no node of site soho has sent counts"):
        add_up([], "soho", is_forced=True)


def test_other_recipes_are_named_and_left_out_on_demand(found: list[NodeCounts]) -> None:
    mixed = [*found, counts("camera-3", 60, recipe=OLDER)]
    with pytest.raises(BaselineError, match=rf"recipe {OLDER.id}: camera-3; model: .*ba9876543210.*--recipe"):
        add_up(mixed, "booth", is_forced=True)
    assert add_up(mixed, "booth", recipe=RECIPE.id, is_forced=True).sightings == 290
    with pytest.raises(BaselineError, match="of recipe 0123"):
        add_up(mixed, "booth", recipe="0123", is_forced=True)


def test_counts_that_only_look_like_it_are_named(found: list[NodeCounts]) -> None:
    torn = msgspec.structs.replace(found[0].counted, arrays={"sightings": bytes(8)})
    with pytest.raises(BaselineError, match=r"counts of camera-9, epoch 0{15}1: cannot be read"):
        add_up([NodeCounts("camera-9", torn)], "booth")


def changed(one: NodeCounts, *, times: int = 1, filled: str = "") -> NodeCounts:
    """Return counts of node `evil`: all numbers `times` as large, and one array filled with 2**53."""
    made = {}
    for name, content in one.counted.arrays.items():
        numbers = np.frombuffer(content, "<i8") * times
        made[name] = (np.full_like(numbers, 2**53) if name == filled else numbers).astype("<i8").tobytes()
    return NodeCounts("evil", msgspec.structs.replace(one.counted, epoch="bad0bad0", arrays=made))


@pytest.mark.parametrize(
    "name", ["joint", "groups", "channels", "palettes", "patterns", "garments", "pairs", "kinds_n"]
)
def test_counts_above_the_sightings_are_refused_and_named(found: list[NodeCounts], name: str) -> None:
    """Each was allowed alone, but every node refused the sum, or it overflowed."""
    evil = changed(found[0], filled=name)
    with pytest.raises(BaselineError, match=r"counts of evil, epoch bad0bad0: .* --without evil"):
        add_up([*found, evil], "booth", is_forced=True)
    with pytest.raises(WireError, match="baseline"):
        wire.encode(wire.node_topic("booth", "evil", "baseline"), evil.counted)


@pytest.mark.parametrize(
    "name", ["palettes", "patterns", "garments", "pairs", "withheld", "joint", "bands", "texture_n"]
)
def test_counts_that_tell_of_few_people_are_refused(found: list[NodeCounts], name: str) -> None:
    """As a node of another release, or a changed one, may send them."""
    numbers = np.frombuffer(found[0].counted.arrays[name], "<i8").copy()
    numbers[0] += {"joint": 1, "bands": 1, "texture_n": 1 - numbers[0]}.get(name, 1024)
    arrays = found[0].counted.arrays | {name: numbers.astype("<i8").tobytes()}
    telling = msgspec.structs.replace(found[0].counted, arrays=arrays)
    with pytest.raises(WireError, match=f"{name} in steps of 5 people"):
        wire.encode(wire.node_topic("booth", "camera-1", "baseline"), telling)
    with pytest.raises(BaselineError):
        add_up([*found, NodeCounts("camera-1", telling)], "booth", is_forced=True)


def test_more_sightings_than_a_camera_can_have_are_refused(found: list[NodeCounts]) -> None:
    with pytest.raises(BaselineError, match="as a camera can have"):
        add_up([*found, changed(found[0], times=10**7)], "booth", is_forced=True)


def test_other_arrays_are_refused(found: list[NodeCounts]) -> None:
    counted = found[0].counted
    more = msgspec.structs.replace(counted, arrays={**counted.arrays, "crop": bytes(80_000)})
    short = msgspec.structs.replace(counted, arrays={**counted.arrays, "joint": bytes(8)})
    fewer = msgspec.structs.replace(counted, arrays={"sightings": counted.arrays["sightings"]})
    for bad in (more, short, fewer):
        with pytest.raises(WireError, match="baseline"):
            wire.encode(wire.node_topic("booth", "camera-1", "baseline"), bad)


def test_a_node_with_most_sightings_is_warned_of_and_left_out_on_demand(
    tmp_path: Path, found: list[NodeCounts], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeze, "TAKEN_S", 0.0)
    place = Place(tmp_path, free_port())
    place.keep([*found, changed(found[0], times=100)])
    assert place.freeze() == 0
    said = capsys.readouterr()
    assert "evil, epoch bad0bad0: 13,000 sightings, 2025-06-15T15:00:00Z to" in said.out
    assert "warning: evil has 13,000 of 13,290 sightings" in said.err
    assert place.published().sightings == 13_290
    assert place.freeze("--without", "evil") == 0
    assert "warning" not in capsys.readouterr().err
    assert (place.published().sightings, place.published().nodes) == (290, ["camera-1", "camera-2"])


class Place:
    """A booth's configuration and store in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.site = folder, port, Site(folder)
        self.store = f"sqlite:///{folder}/booth.sqlite"
        self.config = folder / "booth.yaml"
        self.configure(baseline_key=str(self.site.key))

    def configure(self, **more: str) -> None:
        fields = {"store": self.store, "page_port": 0, "broker": {"port": self.port}, **more}
        self.config.write_text(json.dumps(fields))

    def keep(self, found: list[NodeCounts]) -> None:
        with closing(SqlStore(self.store, "booth")) as store:
            for one in found:
                store.keep_baseline(one.node, one.counted)

    def published(self) -> wire.Frozen:
        """Return the signed baseline that waits in the store for the booth."""
        with closing(SqlStore(self.store, "booth")) as store:
            payload = store.signed_baseline(is_unpublished=True)
        assert payload is not None
        message = wire.decode(wire.booth_topic("booth", "baseline"), payload)[1]
        assert isinstance(message, wire.Frozen)
        return message

    def freeze(self, *words: str) -> int:
        return main(["baseline", "freeze", "--config", str(self.config), *words])


def test_a_freeze_that_cannot_be_says_what_to_do(
    tmp_path: Path, found: list[NodeCounts], capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, free_port())

    def complaint(*words: str) -> str:
        assert place.freeze(*words) == 2
        return capsys.readouterr().err.splitlines()[-1]

    assert "no such file; start the booth first" in complaint()
    place.keep(found)
    assert "no node of site soho" in complaint("--site", "soho")
    assert "no node of site booth" in complaint("--since", wire.to_time(NOW + 900))
    assert "expected e.g. 24h" in complaint("--since", "yesterday")
    place.configure()
    assert "baseline_key is missing" in complaint()
    place.configure(baseline_key=str(tmp_path / "none.key"))
    assert "none.key: expected the site's private key" in complaint()


class Listener:
    """A client that keeps every message of the site."""

    def __init__(self, port: int, name: str = "listener") -> None:
        self.heard: list[Received] = []
        self.broker = MqttBroker(BrokerSection(port=port), name)
        self.broker.connect(will=None, births=tuple, subscriptions=["spotter/v1/#"], on_message=self.heard.append)
        wait_for(lambda: self.broker.is_connected)

    def last(self, leaf: str) -> dict[str, Any]:
        """Return the newest message of each node by name, with the booth's under ""."""
        found = {}
        for message in list(self.heard):
            if message.topic.endswith(f"/{leaf}"):
                address, content = wire.decode(message.topic, message.payload)
                found[address.node or ""] = content
        return found


def test_without_a_booth_it_waits_in_the_store(
    tmp_path: Path, found: list[NodeCounts], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeze, "TAKEN_S", 0.0)
    place = Place(tmp_path, free_port())
    place.keep(found)
    out = tmp_path / "site.baseline"
    assert place.freeze("--out", str(out)) == 0
    assert "not published yet; the booth publishes it once it runs" in capsys.readouterr().out
    assert place.freeze("--json", "--broker", "elsewhere:1883") == 0
    said = json.loads(capsys.readouterr().out)
    message = place.published()
    assert is_signed(place.site.public, message.signed_part, message.signature)
    assert (message.nodes, message.sightings, message.mode) == (["camera-1", "camera-2"], 290, "spot")
    assert (message.since, message.until) == ("2025-06-15T15:00:00Z", "2025-06-15T17:15:00Z")
    assert message.baseline == out.read_bytes()
    told = {k: v for k, v in msgspec.to_builtins(message).items() if k != "baseline"}
    assert said == told | {"published_at": None}
    assert place.freeze("--undo") == 0
    assert place.published().mode == "collect"


@pytest.mark.requires_broker
def test_a_running_booth_of_a_provisioned_site_publishes_and_stays_connected(
    tmp_path: Path, found: list[NodeCounts], start: Callable[..., Program], capsys: pytest.CaptureFixture[str]
) -> None:
    """A certificate allows one connection at a time, so freezing must not disconnect the booth."""
    site = new_site(tmp_path / "soho")
    config = site.folder / "booth" / "booth.yaml"
    with closing(SqlStore(load(config, BoothConfig).store, "soho")) as store:
        for one in found:
            store.keep_baseline(one.node, one.counted)
    broker = SiteBroker(site).start()
    booth = start("-m", "edge.cli", "booth", "--config", str(config), "--port", "0")

    def hears(name: str, mode: str) -> None:
        """Connect now as a node with its own certificate, and check that it receives the baseline."""
        client = Client(section(site, site.folder / "nodes" / name, "node"), topic)
        with closing(client.broker):
            wait_for(lambda: client.heard)
            message = wire.decode(topic, client.heard[-1].payload)[1]
        assert isinstance(message, wire.Frozen)
        assert message.mode == mode
        assert is_signed(site.folder / "nodes" / name / "baseline.pub", message.signed_part, message.signature)

    topic = wire.booth_topic("soho", "baseline")
    try:
        wait_for(lambda: "as booth" in broker.log, 60, "the booth")
        for words, mode in (([], "spot"), (["--undo"], "collect")):
            assert main(["baseline", "freeze", "--config", str(config), *words]) == 0
            assert "published at 20" in capsys.readouterr().out
            hears("north", mode)
        assert broker.log.count("as booth") == 1, "it was never thrown out"
        broker.stop()
        shutil.rmtree(site.folder / "broker" / "data")
        (site.folder / "broker" / "data").mkdir()
        broker.start()
        wait_for(lambda: broker.log.count("as booth") == 2, 60, "the booth is back")
        hears("south", "collect")
        assert booth.process.poll() is None
    finally:
        broker.stop()


@pytest.mark.slow
@pytest.mark.requires_broker
def test_nodes_count_the_booth_freezes_and_they_spot(
    tmp_path: Path, mosquitto: Mosquitto, start: Callable[..., Program]
) -> None:
    """Run the programs as people start them; only the nodes' earlier counts are prepared."""
    place = Place(tmp_path, mosquitto.port)
    recipe = Pipeline(open_interpreter(DetectionSection()), NodeConfig()).recipe
    listener = Listener(mosquitto.port)
    cameras = ("camera-1", "camera-2")
    programs = [start("-m", "edge.cli", "booth", "--config", str(place.config))]
    for number, name in enumerate(cameras):
        state = tmp_path / name
        state.mkdir()
        counted = learnt(170, recipe=recipe, seed=number, epoch=f"{number:016x}")
        baseline_file.save(left(counted), state / "snapshot.baseline")
        baseline_file.save(counted, state / "collected.baseline")
        config = {
            "node": name,
            "state": str(state),
            "health_s": 0.5,
            "broker": {"port": mosquitto.port},
            "frame": {"source": f"street:7?camera={number}", "pace": "fast"},
            "score": {"site_key": str(place.site.public)},
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(config))
        programs.append(start("-m", "edge.cli", "node", "--config", str(tmp_path / f"{name}.yaml")))

    def modes() -> set[tuple[str, str]]:
        beats = listener.last("health")
        return {(beats[name].mode, beats[name].baseline) if name in beats else ("", "") for name in cameras}

    wait_for(lambda: modes() == {("collect", "")}, 60, "both nodes collect")
    wait_for(lambda: set(listener.last("baseline")) == set(cameras), 30, "both hand in what they counted")
    wait_for(lambda: _is_kept(place, 2), 10, "the booth keeps it")
    assert place.freeze() == 0
    wait_for(lambda: "" in listener.last("baseline"))
    message = listener.last("baseline")[""]
    assert (message.nodes, message.sightings) == (list(cameras), 340)
    wait_for(lambda: modes() == {("spot", message.id)}, 20, "both nodes spot, without a restart")
    wait_for(lambda: _is_scored_by(listener, message.id), 60, "a sighting is scored against it")
    assert json.loads(_health(mosquitto).splitlines()[0])["mode"] == "spot"

    topic = wire.booth_topic("booth", "baseline")
    bad = Publish(topic, Site(tmp_path, "other").payload(learnt(60), at=time.time(), site="booth"), 1, is_retained=True)
    assert listener.broker.publish(bad)
    wait_for(lambda: all("baseline-unsigned" in str(b.problems) for b in listener.last("health").values()), 20)
    assert modes() == {("spot", message.id)}
    assert place.freeze("--undo") == 0
    wait_for(lambda: modes() == {("collect", "")}, 20, "both nodes collect again")
    assert all(program.process.poll() is None for program in programs)
    for program in programs:
        program.end()
    listener.broker.close()
    epochs = {name: baseline_file.load(tmp_path / name / "collected.baseline").epoch for name in cameras}
    assert not set(epochs.values()) & {f"{number:016x}" for number in range(2)}, "a new epoch after the freeze"


def _is_kept(place: Place, nodes: int) -> bool:
    with closing(SqlStore(place.store, BoothConfig().site)) as store:
        return len(store.baselines()) == nodes


def _is_scored_by(listener: Listener, name: str) -> bool:
    scores = [wire.decode(m.topic, m.payload)[1] for m in list(listener.heard) if m.topic.endswith("/score")]
    return any(isinstance(s, wire.Score) and (s.state, s.baseline) == ("scored", name) for s in scores)


def _health(mosquitto: Mosquitto) -> str:
    command = [sys.executable, "-m", "edge.cli", "health", "--json", "--broker", f"127.0.0.1:{mosquitto.port}"]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60).stdout
