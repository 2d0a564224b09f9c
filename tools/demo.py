"""Simulates three camera nodes on one street, a broker and a booth: learns what is usual, then spots who is not.

The truth that alerts are compared with never leaves this program; nodes and booth know nothing of it.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge import wire
from edge.booth.run import run as run_booth
from edge.clock import SystemClock
from edge.config import BoothConfig, NodeConfig
from edge.fakes import InProcessBroker
from edge.frame.source import open_camera
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.node.load_model import open_interpreter
from edge.node.run import Node
from edge.seams import Broker
from tools.ledger import Ledger
from tools.ports import free_port
from tools.simulated_site import CAMERAS, LEARN_MINUTES, ONE_IN, SITE, SimulatedSite, learnt, mosquitto, program, write

SEED = 23
SPOT_S, SPOT_EXCEPTIONS = 75.0, 0.08
START_S = 6.0
"""Seconds that nodes have to start before the street does."""
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
    site = SimulatedSite(folder, SEED, SPOT_EXCEPTIONS, None if args.stay else SPOT_S / 60)
    _say(f"Learning what is usual from {LEARN_MINUTES * CAMERAS:.0f} camera minutes of street {SEED} ...")
    baseline = site.learn()
    _say(learnt(baseline))
    begins_at = time.time() + START_S
    port = args.port or free_port()
    nodes = [site.node(i, baseline, begins_at) for i in range(CAMERAS)]
    booth = site.booth(port)
    if shutil.which("mosquitto"):
        broker = cleanup.enter_context(mosquitto(folder))
        ears: Broker = cleanup.enter_context(closing(MqttBroker(broker, "demo")))
        for i, node in enumerate(nodes):
            write(folder / f"node{i}.yaml", msgspec.structs.replace(node, broker=broker))
            cleanup.enter_context(program(folder, "node", "--config", folder / f"node{i}.yaml"))
        write(folder / "booth.yaml", msgspec.structs.replace(booth, broker=broker))
        cleanup.enter_context(program(folder, "booth", "--config", folder / "booth.yaml"))
    else:
        hub = InProcessBroker()
        ears = hub.client()
        cleanup.enter_context(_in_this_process(nodes, booth, hub))
    return _spot(site, ears, begins_at, port, args, begun)


def _spot(
    site: SimulatedSite, ears: Broker, begins_at: float, port: int, args: argparse.Namespace, begun: float
) -> int:
    ledger = Ledger(site.street, begins_at, cameras=CAMERAS, seconds=SPOT_S)
    topics = [wire.booth_topic(SITE, "alert"), wire.node_topic(SITE, "+", "score")]
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


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    sys.exit(main())
