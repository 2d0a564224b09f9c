"""Simulates three camera nodes on one street, a broker and a booth: learns what is usual, then spots who is not.

The truth that alerts are compared with never leaves this program; nodes and booth know nothing of it.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml

from edge import wire
from edge.booth.run import run as run_booth
from edge.clock import SystemClock
from edge.config import AlertSection, BoothConfig, BrokerSection, FrameSection, NodeConfig, PrivacySection, ScoreSection
from edge.fakes import InProcessBroker
from edge.frame.source import open_camera
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.node.load_model import open_interpreter
from edge.node.run import Node
from edge.seams import Broker
from edge.street.street import Street
from tools.ledger import Ledger
from tools.ports import free_port, wait_for

CAMERAS, RATE, FPS = 3, 40, 6
"""Cameras, walkers per minute, and frames per second that two laptop cores can render and process three times."""
FACINGS = tuple(round((i - 1) * 40) % 360 for i in range(CAMERAS))
SITE, SEED = "demo", 23
EARLIER_S = 36_000
"""Street seconds between the people who are learnt and those who are scored: same cameras, other people."""
LEARN_MINUTES, LEARN_RATE, LEARN_EXCEPTIONS = 2.7, 90, 0.002
"""Minutes, walkers per minute and share of exceptions while learning: more walkers than later, to learn sooner."""
SPOT_S, SPOT_EXCEPTIONS = 75.0, 0.08
START_S = 6.0
"""Seconds that nodes have to start before the street does."""
ONE_IN = 45.0
"""Rarity (1 in ...) from which the booth alerts; after weeks of sightings it would be far higher."""
ENDING_S = 5.0
"""Seconds after the street's end for the last tracks to end and the last alert to arrive."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/demo", description=__doc__, allow_abbrev=False)
    parser.add_argument("--stay", action="store_true", help="keep street, booth and page running until Ctrl-C")
    parser.add_argument("--port", type=int, default=0, help="port of the booth's page; default: any free one")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job starts with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="spotter-demo-") as name, ExitStack() as cleanup:
        try:
            return _demo(Path(name), cleanup, args)
        except KeyboardInterrupt:
            print("\nstopping ...", flush=True)
            return 0


def _demo(folder: Path, cleanup: ExitStack, args: argparse.Namespace) -> int:
    begun = time.monotonic()
    baseline = _learn(folder)
    begins_at = time.time() + START_S
    port = args.port or free_port()
    nodes = [_node_config(folder, i, baseline, begins_at, stays=args.stay) for i in range(CAMERAS)]
    booth = _booth_config(folder, port)
    if shutil.which("mosquitto"):
        broker = cleanup.enter_context(_mosquitto(folder))
        ears: Broker = cleanup.enter_context(closing(MqttBroker(broker, "demo")))
        for i, node in enumerate(nodes):
            _write(folder / f"node{i}.yaml", msgspec.structs.replace(node, broker=broker))
            cleanup.enter_context(_program(folder, "node", "--config", folder / f"node{i}.yaml"))
        _write(folder / "booth.yaml", msgspec.structs.replace(booth, broker=broker))
        cleanup.enter_context(_program(folder, "booth", "--config", folder / "booth.yaml"))
    else:
        hub = InProcessBroker()
        ears = hub.client()
        cleanup.enter_context(_in_this_process(nodes, booth, hub))
    return _spot(
        Street(SEED, cameras=CAMERAS, rate=RATE, exceptions=SPOT_EXCEPTIONS), ears, begins_at, port, args, begun
    )


def _learn(folder: Path) -> Path:
    """Learn one baseline per camera, each in its own process as fast as possible, and merge them exactly."""
    minutes = LEARN_MINUTES * CAMERAS
    _say(f"Learning what is usual from {minutes:.0f} camera minutes of street {SEED} ...")
    query = (
        f"cameras={CAMERAS}&rate={LEARN_RATE}&fps={FPS}&minutes={LEARN_MINUTES}&exceptions={LEARN_EXCEPTIONS}"
        f"&skip={EARLIER_S}"
    )
    parts = {i: folder / f"camera{i}.baseline" for i in range(CAMERAS)}
    learning = [
        _start(
            folder,
            *("learn", f"street:{SEED}?camera={i}&{query}", "--out", part),
            *("--place", SITE, "--camera", _node_name(i)),
        )
        for i, part in parts.items()
    ]
    try:
        if any(process.wait() for process in learning):
            raise SystemExit(f"learning failed:\n{_log(folder)}")
    finally:
        for process in learning:
            _stop(process)
    baseline = folder / "site.baseline"
    if _start(folder, "baseline", "merge", *parts.values(), "--out", baseline).wait():
        raise SystemExit(f"merging failed:\n{_log(folder)}")
    shown = subprocess.run(
        ["spotter", "baseline", "show", baseline, "--json"], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(shown)
    colours = ", ".join(f"{word} {share:.0%}" for word, share in list(found["colours"]["upper"].items())[:5])
    _say(f"{found['sightings']} sightings learnt; above the waist mostly {colours}.")
    return baseline


def _node_name(i: int) -> str:
    return f"camera-{i + 1}"


def _node_config(folder: Path, i: int, baseline: Path, begins_at: float, *, stays: bool) -> NodeConfig:
    minutes = "" if stays else f"&minutes={SPOT_S / 60}"
    source = (
        f"street:{SEED}?camera={i}&cameras={CAMERAS}&rate={RATE}&fps={FPS}&exceptions={SPOT_EXCEPTIONS}"
        f"&begins_at={begins_at}{minutes}"
    )
    return NodeConfig(
        site=SITE,
        node=_node_name(i),
        state=str(folder / f"state{i}"),
        facing=FACINGS[i],
        health_s=2.0,
        frame=FrameSection(source=source),
        score=ScoreSection(baseline=str(baseline), min_sightings=60),
    )


def _booth_config(folder: Path, port: int) -> BoothConfig:
    return BoothConfig(
        site=SITE,
        store=f"sqlite:///{folder / 'booth.sqlite'}",
        page_port=port,
        nodes={_node_name(i): facing for i, facing in enumerate(FACINGS)},
        alert=AlertSection(one_in=ONE_IN),
        privacy=PrivacySection(hint="coarse"),
    )


def _spot(street: Street, ears: Broker, begins_at: float, port: int, args: argparse.Namespace, begun: float) -> int:
    ledger = Ledger(street, begins_at, cameras=CAMERAS, seconds=SPOT_S)
    topics = [wire.booth_topic("demo", "alert"), wire.node_topic("demo", "+", "score")]
    ears.connect(will=None, births=tuple, subscriptions=topics, on_message=ledger.hear)
    until = "Ctrl-C" if args.stay else f"{SPOT_S:.0f} s"
    _say(f"Spotting on street {SEED} for {until}; alerts from 1 in {ONE_IN:.0f}. Page: http://127.0.0.1:{port}/")
    while args.stay:
        time.sleep(1)
    time.sleep(max(0.0, begins_at + SPOT_S + ENDING_S - time.time()))
    print(f"\n{ledger.summary()}\nThe demo took {time.monotonic() - begun:.0f} s.", flush=True)
    if not ledger.alerts or not ledger.planted & ledger.alerted:
        print("Expected an alert on at least one planted exception, found none: something is wrong.", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _mosquitto(folder: Path) -> Iterator[BrokerSection]:
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmessage_size_limit {wire.MAX_BASELINE_BYTES}\n"
    )
    with (folder / "mosquitto.log").open("wb") as log:
        process = subprocess.Popen(["mosquitto", "-c", config], stdout=log, stderr=log, start_new_session=True)
    try:
        if not wait_for(port):
            raise SystemExit("the broker did not start")
        yield BrokerSection(port=port)
    finally:
        _stop(process)


@contextmanager
def _program(folder: Path, *words: str | Path) -> Iterator[None]:
    process = _start(folder, *words)
    try:
        yield
    finally:
        _stop(process)


def _start(folder: Path, *words: str | Path) -> "subprocess.Popen[bytes]":
    """Start `spotter` in a session of its own, so that Ctrl-C reaches this program alone, which then stops them all."""
    spotter = Path(sys.executable).with_name("spotter")
    with (folder / "programs.log").open("ab") as log:
        return subprocess.Popen([spotter, *words], stdout=log, stderr=log, start_new_session=True)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _in_this_process(nodes: list[NodeConfig], booth: BoothConfig, hub: InProcessBroker) -> Iterator[None]:
    """Run nodes and booth as threads over a broker in memory, for machines without mosquitto."""
    stop, clock = threading.Event(), SystemClock()
    work: list[Any] = [lambda: run_booth(booth, hub.client(), clock=clock, stop=stop)]
    work += [lambda config=config: _node_thread(config, hub.client(), stop) for config in nodes]
    threads = [threading.Thread(target=one, daemon=True) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def _node_thread(config: NodeConfig, broker: Broker, stop: threading.Event) -> None:
    Path(config.state).mkdir()
    clock = SystemClock()
    with (
        closing(Outbox(Path(config.state) / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox,
        closing(open_camera(config.frame.source, clock=clock)) as camera,
    ):
        node = Node(
            config,
            camera=camera,
            interpreter=open_interpreter(config.detection),
            outbox=outbox,
            broker=broker,
            clock=clock,
            stop=stop,
        )
        node.run()


def _write(path: Path, config: NodeConfig | BoothConfig) -> None:
    path.write_text(yaml.safe_dump(msgspec.to_builtins(config)), encoding="utf-8")


def _log(folder: Path) -> str:
    return (folder / "programs.log").read_text(errors="replace")[-2000:]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    sys.exit(main())
