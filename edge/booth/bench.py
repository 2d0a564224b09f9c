"""`spotter bench --booth`: measure the latency of alerts and how many scores a second the inbox stores.

A node's outbox and sender, a booth with a store on this disk, and a subscriber each run in their own process and use
the configured broker. For comparison, the same publisher then floods a bare subscriber that only counts. Floods are as
cameras send: one score in ten is a candidate's. Latency is measured beside LOAD ordinary scores a second of others.
"""

import multiprocessing as mp
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from math import log2
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import quantiles
from typing import Any

import msgspec
from rich.console import Console

from edge import wire
from edge.booth.alert import alert_id
from edge.booth.run import Booth
from edge.clock import SystemClock
from edge.config import BoothConfig, BrokerSection
from edge.errors import BrokerError
from edge.limits import CANDIDATE_P, rarity_at_least, rarity_at_most
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.seams import Publish, Received
from edge.store.store import SqlStore

RATE = 100
"""Scores a second while latency is measured."""
RARE_EVERY = 10
"""One of this many scores causes an alert."""
RARE_ONE_IN, CANDIDATE_ONE_IN = 500.0, rarity_at_least(1 / CANDIDATE_P)
"""Rarity of a score that causes an alert, and of the commonest candidate."""
LOAD = 1000.0
"""Ordinary scores a second beside them: forty cameras at the most that one may send for good (inbox.SCORES)."""
IN_FLIGHT = 1000
"""Scores sent but not yet read, at most: half the inbox's queue, which drops what does not fit."""
LOST_S = 2.0
"""Without any score read for this long, those sent count as lost."""
START_S, DRAIN_S = 30.0, 10.0
NODE, OTHER = "bench-node", "other-node"


@dataclass(frozen=True, slots=True)
class BoothBenchmark:
    """Results of the benchmark."""

    alerts: int
    missing: int
    """Alerts that did not arrive within DRAIN_S."""
    alert_p50_ms: float
    alert_p95_ms: float
    """Latency from the score's entry into the outbox until a subscriber has the alert, at RATE scores a second beside
    LOAD ordinary ones."""
    stored_per_s: float
    bare_per_s: float
    ratio: float
    """`stored_per_s` divided by `bare_per_s`."""
    stored_cpu_ms: float
    bare_cpu_ms: float
    """Milliseconds of one core for each score, of the reader alone: other load of the machine hardly changes these."""
    seconds: float
    """Duration of each of the two throughput measurements."""


def run_bench(config: BoothConfig, seconds: float, *, as_json: bool) -> int:
    """`spotter bench --booth`: returns 0; raises BrokerError if the broker cannot be reached."""
    site = f"bench-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix="spotter-bench-") as folder:
        alert = msgspec.structs.replace(config.alert, crowd=None)  # the one node claims as many as it can
        here = msgspec.structs.replace(config, site=site, store=f"sqlite:///{folder}/booth.sqlite", alert=alert)
        waits, missing = _latency(here, Path(folder), min(seconds, 30.0))
        stored, stored_cpu_ms = _throughput(here, seconds, _store_all)
        bare, bare_cpu_ms = _throughput(here, seconds, _count_all)
    cuts = quantiles(waits, n=20) if len(waits) > 1 else [float("nan")] * 19
    found = BoothBenchmark(
        alerts=len(waits),
        missing=missing,
        alert_p50_ms=round(1000 * cuts[9], 1),
        alert_p95_ms=round(1000 * cuts[18], 1),
        stored_per_s=round(stored, 1),
        bare_per_s=round(bare, 1),
        ratio=round(stored / bare, 3) if bare else float("nan"),
        stored_cpu_ms=round(stored_cpu_ms, 4),
        bare_cpu_ms=round(bare_cpu_ms, 4),
        seconds=seconds,
    )
    if as_json:
        print(msgspec.json.encode(asdict(found)).decode())
    else:
        _print(found)
    return 0


def _latency(config: BoothConfig, folder: Path, seconds: float) -> tuple[list[float], int]:
    """Return the latency of each alert in seconds, and how many alerts never arrived."""
    heard: dict[str, float] = {}

    def hear(message: Received) -> None:
        at = time.monotonic()
        _, alert = wire.decode(message.topic, message.payload)
        if isinstance(alert, wire.Alert):
            heard.setdefault(alert.id, at)

    ready, stop, count = mp.Event(), mp.Event(), mp.Value("q", 0)
    times: mp.Queue[dict[str, float]] = mp.Queue()
    booth = mp.Process(target=_store_all, args=(config, ready, stop, count, mp.Value("d")), daemon=True)
    with _listening(config, wire.booth_topic(config.site, "alert"), hear):
        booth.start()
        _wait(ready)
        others = mp.Process(target=_flood, args=(config.broker, config.site, stop, count, LOAD), daemon=True)
        others.start()
        node = mp.Process(target=_speak, args=(config.broker, config.site, folder / "outbox.sqlite", seconds, times))
        node.start()
        sent: dict[str, float] = times.get(timeout=seconds + START_S + DRAIN_S)
        until = time.monotonic() + DRAIN_S
        while time.monotonic() < until and not sent.keys() <= heard.keys():
            time.sleep(0.05)
        node.join()
        stop.set()
        others.join()
        booth.join()
    return [heard[name] - at for name, at in sent.items() if name in heard], len(sent.keys() - heard.keys())


def _throughput(config: BoothConfig, seconds: float, reader: Callable[..., None]) -> tuple[float, float]:
    """Return how many scores a second `reader` handled, and its milliseconds of CPU time for each."""
    ready, stop, count = mp.Event(), mp.Event(), mp.Value("q", 0)
    used = mp.Value("d")
    reading = mp.Process(target=reader, args=(config, ready, stop, count, used), daemon=True)
    reading.start()
    _wait(ready)
    flood = mp.Process(target=_flood, args=(config.broker, config.site, stop, count), daemon=True)
    flood.start()
    until = time.monotonic() + START_S
    while not count.value:
        if time.monotonic() > until:
            raise BrokerError(f"no score came through the broker within {START_S:g} s; is the machine busy?")
        time.sleep(0.05)
    time.sleep(2.0)  # until the queues are as full as they stay
    begun, before, used_before = time.monotonic(), count.value, used.value
    time.sleep(seconds)
    handled: int = count.value - before
    rate, cpu_ms = handled / (time.monotonic() - begun), 1000 * (used.value - used_before) / max(handled, 1)
    stop.set()
    for process in (flood, reading):
        process.join()
    return rate, cpu_ms


def _store_all(config: BoothConfig, ready: Event, stop: Event, count: Any, used: Any) -> None:
    """Run a booth without a page; `count` is the number of stored scores, `used` the CPU seconds of this process."""
    broker = MqttBroker(config.broker, f"{config.site}-booth")
    with closing(SqlStore(config.store, config.site)) as store:
        booth = Booth(config, broker, store, SystemClock())
        booth.connect()
        while not stop.is_set():
            booth.step(0.2)
            count.value, used.value = booth.stored, time.process_time()
            if broker.is_connected:
                ready.set()
        booth.leave()


def _count_all(config: BoothConfig, ready: Event, stop: Event, count: Any, used: Any) -> None:
    """Run a subscriber that only counts scores."""

    def hear(_message: Received) -> None:
        count.value += 1

    with _listening(config, wire.node_topic(config.site, "+", "score"), hear):
        ready.set()
        while not stop.wait(0.1):
            used.value = time.process_time()


def _speak(section: BrokerSection, site: str, path: Path, seconds: float, times: Any) -> None:
    """Run a node's outbox and sender at RATE; put into `times` when each rare score entered the outbox."""
    broker, sent = MqttBroker(section, f"{site}-node"), {}
    with closing(Outbox(path, node=NODE, max_rows=100_000)) as outbox:
        sender, is_over = Sender(outbox, broker, site=site, node=NODE), threading.Event()
        broker.connect(will=None, births=tuple, subscriptions=sender.subscriptions, on_message=sender.receive)

        def send() -> None:
            while not is_over.is_set() or outbox.depth:
                sender.wait(sender.step(time.monotonic()))

        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        begun = time.monotonic()
        for i in range(int(seconds * RATE)):
            time.sleep(max(0.0, begun + i / RATE - time.monotonic()))
            one_in = RARE_ONE_IN if i % RARE_EVERY == 0 else CANDIDATE_ONE_IN
            score = candidate_score(NODE, wire.UNNUMBERED_EPOCH, i + 1, one_in=one_in)
            at = time.monotonic()
            numbered = msgspec.structs.replace(score, epoch=outbox.epoch, seq=outbox.put(score))
            sender.wake()
            if i % RARE_EVERY == 0:
                sent[alert_id(numbered)] = at
        times.put(sent)
        is_over.set()
        sending.join(DRAIN_S)
    broker.close()


def _flood(section: BrokerSection, site: str, stop: Event, count: Any, rate: float | None = None) -> None:
    """Publish scores as fast as they are read, at most IN_FLIGHT ahead; with `rate`, so many ordinary ones a second."""
    broker, epoch, seq = MqttBroker(section, f"{site}-flood"), secrets.token_hex(8), 0
    broker.connect(will=None, births=tuple, subscriptions=(), on_message=lambda _: None)
    topic, already, begun = wire.node_topic(site, OTHER, "score"), count.value, time.monotonic()
    read, read_at = already, begun
    while not stop.is_set():
        now = time.monotonic()
        if count.value != read:
            read, read_at = count.value, now
        elif now > read_at + LOST_S:  # what was sent before the reader had subscribed is lost
            already, read_at = read - seq, now
        due = IN_FLIGHT + count.value - already if rate is None else (now - begun) * rate
        if not broker.is_connected or seq >= due:
            time.sleep(0.001)
            continue
        seq += 1
        if rate is None and seq % RARE_EVERY == 0:
            score = candidate_score(OTHER, epoch, seq, link=secrets.token_hex(4))
        else:
            score = ordinary_score(OTHER, epoch, seq)
        payload = msgspec.json.encode(score)
        broker.publish(Publish(topic, payload, 1, is_retained=False), timeout_s=0)
    broker.close()


def ordinary_score(node: str, epoch: str, seq: int) -> wire.Score:
    """Return a score as of most people: a coarse p and the minute."""
    minute = wire.to_time(time.time() // 60 * 60)
    return wire.Score(node=node, epoch=epoch, seq=seq, at=minute, state="scored", p=0.5)


def candidate_score(node: str, epoch: str, seq: int, *, one_in: float = CANDIDATE_ONE_IN, link: str = "") -> wire.Score:
    """Return a score with all that a candidate's has."""
    return wire.Score(
        node=node,
        epoch=epoch,
        seq=seq,
        at=wire.to_time(time.time()),
        state="scored",
        p=1 / one_in,
        bits=round(log2(one_in)),
        one_in=one_in,
        low=rarity_at_most(one_in / 2),
        high=rarity_at_least(one_in * 2),
        reasons=[wire.Reason("colour:upper:orange", 5), wire.Reason("pattern:lower:checked", 3)],
        worn=["top:orange", "trousers:dark-grey:checked"],
        zone="left",
        heading="right",
        baseline="0123456789ab",
        link=link,
    )


class _listening:  # noqa: N801  reads as what it does in `with`
    """Subscribe to one topic inside `with`; raises BrokerError if it cannot connect."""

    def __init__(self, config: BoothConfig, topic: str, hear: Callable[[Received], None]) -> None:
        self._broker = MqttBroker(config.broker, f"{config.site}-listener")
        self._broker.connect(will=None, births=tuple, subscriptions=[topic], on_message=hear)

    def __enter__(self) -> None:
        until = time.monotonic() + START_S
        while not self._broker.is_connected:
            if time.monotonic() > until:
                self._broker.close()
                raise BrokerError("the broker cannot be reached; is mosquitto running, and is --broker right?")
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._broker.close()


def _wait(ready: Event) -> None:
    if not ready.wait(START_S):
        raise BrokerError("the booth cannot reach the broker; is mosquitto running, and is --broker right?")


def _print(found: BoothBenchmark) -> None:
    console = Console()
    console.print(
        f"{found.alerts} alerts at {RATE} scores/s beside {LOAD:.0f} others: delivered after {found.alert_p50_ms} ms "
        f"(p50), {found.alert_p95_ms} ms (p95); {found.missing} missing"
    )
    console.print(
        f"{found.stored_per_s:,.0f} scores/s stored, {found.bare_per_s:,.0f} counted by a bare subscriber "
        f"({found.ratio:.2f}), {found.seconds:g} s each; CPU ms for each {found.stored_cpu_ms:.3f} and "
        f"{found.bare_cpu_ms:.3f}"
    )
