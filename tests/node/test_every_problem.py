"""Every problem that a node can report: provoked, sent over mosquitto, read in `spotter health` and on the page."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args

import httpx
import msgspec
import pytest
from playwright.sync_api import expect, sync_playwright

from edge import wire
from edge.card import first_boot
from edge.config import BrokerSection, DetectionSection, NodeConfig, ScoreSection, load
from edge.message.mqtt import MqttBroker
from edge.node import run
from edge.node.health import Pulse, Start
from edge.node.last_good import with_last_good
from edge.node.load_model import open_interpreter
from edge.node.selftest import EARLIEST, Failure, self_test
from edge.node.site_baseline import SiteBaseline
from edge.node.system_notices import system_notices
from edge.node.tamper import View
from edge.problems import NODE
from edge.score.drift import Shift
from edge.seams import Optics, Publish, Received
from edge.vocabulary import ViewFault
from tests.booth.page.pages import PASSWORD, Browser, password_file
from tests.brokers import REPOSITORY, Mosquitto, free_port, wait_for
from tests.fakes import FakeClock
from tests.messages import make_status
from tests.node.readings import BOARD, NOW, WELL, Deaf, passing, report, running
from tests.outfits import RECIPE
from tests.programs import Program
from tests.self_signed import issue
from tests.sites import Site, learnt

SITE = "booth"
NOT_HERE = {
    "old-messages",
    "update-failed",
    "counts-damaged",
    "copy-model",
    "copy-baseline",
    *(f"baseline-{why}" for why in ("no-key", "damaged", "older", "recipe", "mismatch", "unsaved")),
    *(code for code in NODE if code.endswith("-unusual") and code != "colour-more-unusual"),
}
"""Codes whose causes have tests of their own: wire_v1, update, collector, last_good, site_baseline, drift."""


def said(beat: wire.Health) -> list[str]:
    return [problem.sentence for problem in beat.problems]


def recent(jump_s: float = 0.0, **readings: bool) -> Pulse:
    pulse = running()
    pulse.record_board(10.0, NOW, BOARD)
    pulse.record_board(20.0, NOW + 10 + jump_s, BOARD._replace(**readings))
    return pulse


def failed_at_the_start(folder: Path) -> tuple[Failure, ...]:
    """Fail in every way: a silent model, no Coral, no writable folder, a clock of 1970, a foreign certificate."""
    state = folder / "state"
    state.mkdir()
    (state / "self-test.part").mkdir()
    config = NodeConfig(
        state=str(state),
        broker=BrokerSection(tls=issue(folder, "south", ends_at=EARLIEST)),
        detection=DetectionSection(accelerator="edgetpu"),
    )
    return (*self_test(config, Deaf(open_interpreter(DetectionSection())), FakeClock(1e6)), run.NO_FRAME)


def refusal(folder: Path) -> wire.Problem | None:
    """Return the problem of a baseline signed with another site's key."""
    mine, other = Site(folder, "mine"), Site(folder, "other")
    config = NodeConfig(state=str(folder), score=ScoreSection(site_key=str(mine.public)))
    site_baseline = SiteBaseline(config, RECIPE)
    site_baseline.receive(Received(site_baseline.topic, other.payload(learnt(60)), is_retained=True))
    return site_baseline.problem


def repairs(folder: Path) -> tuple[wire.Problem | None, ...]:
    """Return the problems of a node.yaml that broke, and of a card without a bundle."""
    path = folder / "node.yaml"
    said = None
    for text in ("site: soho", "site: ["):
        path.write_text(text)
        _, said = with_last_good(path, folder, lambda one: load(one, NodeConfig), "settings")
    first_boot.main(folder / "card", folder / "root")
    return (said, *system_notices(folder / "root" / first_boot.PROBLEM.parent))


@cache
def provoked(folder: Path) -> dict[str, wire.Health]:
    """Return one node per problem, with its health."""
    failures = failed_at_the_start(folder)
    counted: dict[str, Any] = {
        "dropping": {"frames_dropped": 200},
        "reconnected": {"reconnects": 2},
        "tpu-failed": {"fallbacks": 1},
        "network-failed": {"failures": 2},
        "certificate-near-end": {"certificate_days": 9.4},
        "certificate-ended": {"certificate_days": -2.2},
        "disk-takes-none": {"unstored": 4},
        "outbox-filling": {"outbox_depth": 900},
        "outbox-lost": {"outbox_lost": 7},
        "outbox-older": {"refused_acks": 1},
        "refused-by-broker": {"refused_publishes": 1},
        "too-few-counted": {"is_calibrated": False},
        "baseline-refused": {"refusal": refusal(folder)},
        "recalibrating": {"recalibrating": 12},
        "scored-by-few": {"recalibrating": 70},
        "sees-otherwise": {"is_unlike": True},
        "fashion-shifted": {"shift": Shift("colour", is_more_unusual=True)},
    }
    board: dict[str, Any] = {
        "hot": {"cpu_c": 84.0},
        "disk-full": {"disk_free_mb": 50.0},
        "memory-full": {"memory_free_mb": 20.0},
        "clock-unset": {"is_clock_set": False},
    }
    start = Start((run.NO_FRAME,))
    kinds: dict[str, Any] = {"usb": {"kind": "usb"}, "net": {"kind": "net"}, "file": {"kind": "file"}}
    return {
        **{f"silent-{kind}": report(running(), 45.0, WELL._replace(**how)) for kind, how in kinds.items()},
        **{
            f"frozen-{kind}": report(running(), counters=WELL._replace(**how), view=View(is_frozen=True))
            for kind, how in kinds.items()
            if kind != "file"
        },
        **{
            f"losing-{kind}": report(running(), counters=WELL._replace(frames_dropped=200, reconnects=2, **how))
            for kind, how in kinds.items()
        },
        **{
            f"no-start-{kind}": report(Pulse(started_at=29.0), counters=WELL._replace(**how), start=start)
            for kind, how in kinds.items()
        },
        "cropped": report(running(), counters=WELL._replace(optics=Optics(46.8, 2 / 3))),
        "otherwise": report(running(), counters=WELL._replace(optics=Optics(is_as_asked=False))),
        "silent": report(running(), now=45.0),
        "slow": report(running(fps=1.5)),
        "nobody-yet": report(running(people=0, seconds=1000), now=1000.0),
        "nobody-for-long": report(passing(600, 3600), 3600.0 + 1900),
        **{
            f"view-{name}": report(running(), view=View(**{f"is_{name}": True}))
            for name in ("covered", "dark", "frozen")
        },
        "view-moved": report(running(), view=View(has_moved=True)),
        **{name: report(running(), counters=WELL._replace(**change)) for name, change in counted.items()},
        **{name: report(running(), board=BOARD._replace(**change)) for name, change in board.items()},
        "throttled": report(recent(is_throttled=True)),
        "undervolted": report(recent(is_undervolted=True)),
        "clock-jumped": report(recent(jump_s=-86_400.0)),
        **{
            f"self-test-{failure.part}": report(Pulse(started_at=29.0), start=Start((failure,))) for failure in failures
        },
        **{
            f"repaired-{number}": report(running(), start=Start(repairs=(repair,)))
            for number, repair in enumerate((*repairs(folder), run.LOST_OUTBOX))
            if repair is not None
        },
    }


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, wire.Health]:
    return provoked(tmp_path_factory.mktemp("provoked"))


def test_every_code_of_a_node_and_every_part_of_the_self_test_is_provoked(problems: dict[str, wire.Health]) -> None:
    said = {one.code for beat in problems.values() for one in beat.problems}
    assert set(NODE) - said - NOT_HERE == set()
    assert {part for beat in problems.values() for part in beat.self_test or ()} == set(get_args(wire.Part))
    assert {fault for beat in problems.values() for fault in beat.view} == set(get_args(ViewFault))
    assert [name for name, beat in problems.items() if not beat.problems or beat.state == "ok"] == []


@pytest.fixture
def port(mosquitto: Mosquitto, problems: dict[str, wire.Health]) -> Iterator[int]:
    """Port of a broker to which every node has sent its problem."""
    nodes = MqttBroker(BrokerSection(port=mosquitto.port), "nodes")
    nodes.connect(will=None, births=tuple, subscriptions=(), on_message=lambda _: None)
    wait_for(lambda: nodes.is_connected, what="a connection")
    for name, beat in problems.items():
        told = msgspec.structs.replace(beat, node=name, at=wire.to_time(time.time()))
        for leaf, message in (("status", make_status()), ("health", told)):
            topic = wire.node_topic(SITE, name, leaf)
            said = Publish(topic, wire.encode(topic, message), qos=1, is_retained=True)
            wait_for(partial(nodes.publish, said, timeout_s=10), what=name)
    yield mosquitto.port
    nodes.close()


@pytest.mark.requires_broker
def test_spotter_health_says_each(port: int, problems: dict[str, wire.Health]) -> None:
    words = ["health", "--broker", f"127.0.0.1:{port}", "--site", SITE, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "edge.cli", *words], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    assert done.returncode == 1, done.stderr
    rows = {row["node"]: row["problems"] for row in map(json.loads, done.stdout.splitlines())}
    missing = {name: said(beat) for name, beat in problems.items() if not set(said(beat)) <= set(rows[name])}
    assert missing == {}


@pytest.fixture
def page(port: int, start: Callable[..., Program], tmp_path: Path) -> str:
    """Address of the page of a real booth at that broker, open to the network."""
    page_port = free_port()
    (tmp_path / "booth.yaml").write_text(
        f"site: {SITE}\nstore: sqlite:///{tmp_path}/booth.sqlite\nbroker: {{port: {port}}}\npage_host: 0.0.0.0\n"
        f"page_port: {page_port}\npage: {{password_file: {password_file(tmp_path)}, insecure: true}}\n"
    )
    start("-m", "edge.cli", "booth", "--config", str(tmp_path / "booth.yaml"))
    url = f"http://127.0.0.1:{page_port}"
    wait_for(lambda: _answers(url), 60, "the page")
    return url


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/login", timeout=20).status_code == 200
    except httpx.TransportError:
        return False


def shown(text: str, problems: dict[str, wire.Health]) -> dict[str, list[str]]:
    """Return what is missing in the text, by node."""
    tiles = re.findall(r'class="tile [^"]*" id="([a-z0-9-]+)">(.*?)(?=class="tile |\Z)', text, re.DOTALL)
    rows = {name: html.unescape(row) for name, row in tiles}
    lacking = {name: [one for one in said(beat) if one not in rows.get(name, "")] for name, beat in problems.items()}
    return {name: sentences for name, sentences in lacking.items() if sentences}


@pytest.mark.requires_broker
def test_the_page_says_each(page: str, problems: dict[str, wire.Health]) -> None:
    browser = Browser(page)
    assert "No frame for" not in browser.get("/").text, "not before the password"
    browser.log_in()
    wait_for(lambda: shown(browser.get("/cameras").text, problems) == {}, 30, "every sentence on the page")
    browser.client.close()


@pytest.mark.requires_broker
@pytest.mark.requires_browser
def test_the_page_shows_each_in_a_browser(page: str, problems: dict[str, wire.Health], tmp_path: Path) -> None:
    """SPOTTER_SCREENSHOT=FILE.png keeps a screenshot."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = chromium.new_page(viewport={"width": 1280, "height": 900})
        window.goto(page)
        window.locator("input[name=password]").fill(PASSWORD)
        window.locator("input[name=who]").fill("desk-1")
        window.locator("button", has_text="Log in").click()
        window.wait_for_url(f"{page}/")
        window.goto(f"{page}/cameras")
        for name, beat in problems.items():
            for sentence in said(beat):
                expect(window.locator(f"#{name} .problem", has_text=sentence).first).to_be_visible(timeout=30_000)
        shot = window.screenshot(full_page=True, path=os.environ.get("SPOTTER_SCREENSHOT", tmp_path / "page.png"))
        chromium.close()
    assert shot.startswith(b"\x89PNG")
