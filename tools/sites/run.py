"""Measures a centre: scores a second by workers, lag, and what is left of every score after kills."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

import msgspec
import psutil
import sqlalchemy as sa

from tools.postgresql import Server
from tools.sites.bridged import BridgedSite
from tools.sites.centre import Centre, Certificates, Program, running
from tools.sites.traffic import Traffic

SETTLE_S = 3.0
"""Seconds until queues are as full as they stay."""
START_S, DRAIN_S = 300.0, 600.0
AWAY_S = 3.0
"""Seconds that a killed worker and the killed database stay away."""
BRIDGED_RATE = 2.0
"""Scores a second of each node of a bridged site."""
LEAST = 20
"""Confirmed scores that a lag is computed from."""
HALF = 0.5
"""Share of what is stored at most at which lag and kills are measured."""
PARTS = ("workers", "database", "broker", "generator")

_STORED = "SELECT site, node, epoch, count(*), max(seq) FROM scores GROUP BY site, node, epoch"
_COUNTED = "SELECT sum(count) FROM cells WHERE kind = 'traffic' AND words = 'sightings'"


class Capacity(msgspec.Struct, frozen=True):
    """What workers store when as much is sent."""

    workers: int
    stored_per_s: float
    cpu_ms: dict[str, float]
    """Milliseconds of one core for each score, by part."""

    @property
    def stored_per_core_s(self) -> float:
        """Scores a second for each core that workers, database and broker would fill."""
        return 1000 / sum(ms for part, ms in self.cpu_ms.items() if part != "generator")


class Lag(msgspec.Struct, frozen=True):
    """Milliseconds from a score's making until its site knows that it is stored."""

    rate: float
    """Scores a second."""
    p50_ms: float
    p95_ms: float


class Truth(msgspec.Struct, frozen=True):
    """What became of every score, after a worker and the database were killed."""

    issued: int
    stored: int
    lost: int
    doubled: int
    """Scores that the counts of sightings have more than once."""
    sent_again: int
    recovered_s: float
    """Seconds from the last score until every one was confirmed."""


class Simulation(msgspec.Struct, frozen=True):
    """Everything that was measured."""

    sites: int
    bridged: int
    nodes: int
    capacities: list[Capacity]
    lag: Lag
    truth: Truth


class Plan(msgspec.Struct, frozen=True):
    """What to simulate."""

    sites: int
    """Number of sites, bridged and generated."""
    bridged: int
    """Number of sites with a real broker, bridge and nodes; the others are generated traffic."""
    nodes: int
    """Number of nodes at each site."""
    workers: Sequence[int]
    """Numbers of workers to measure, rising."""
    seconds: float
    """Length of each measurement."""


def simulate(plan: Plan, folder: Path, database: Server, say: Callable[[str], None]) -> Simulation:
    """Run the plan; raises SystemExit if something does not start or never recovers."""
    names = [f"site-{number:05}" for number in range(plan.sites)]
    real, generated = names[: plan.bridged], names[plan.bridged :]
    say(f"making certificates of {plan.sites} sites ...")
    certificates = Certificates(folder / "certificates", names)
    centre = Centre(folder, certificates)
    url = database.url
    with running(centre.broker):
        say(f"connecting {len(generated)} generated sites with {plan.nodes} nodes each ...")
        traffic = Traffic(generated, plan.nodes, centre.uplink, certificates)
        workers: list[Program] = []
        try:
            capacities = []
            for count in plan.workers:
                workers += centre.start_workers(url, count - len(workers), first=len(workers))
                capacities.append(_capacity(traffic, centre, workers, database, plan.seconds))
                say(f"{count} workers: {capacities[-1].stored_per_s:,.0f} scores/s")
            rate = HALF * capacities[-1].stored_per_s
            sites = [BridgedSite(folder, name, plan.nodes, BRIDGED_RATE, centre.uplink, certificates) for name in real]
            try:
                lag = _lag(traffic, rate, plan.seconds)
                say(f"lag at {rate:,.0f} scores/s: {lag.p95_ms:.0f} ms (p95); killing a worker and the database ...")
                _kill(workers[0], database, plan.seconds)
                truth = _truth(traffic, sites, url)
            finally:
                for site in sites:
                    site.close()
        finally:
            traffic.close()
            for worker in workers:
                worker.stop()
    return Simulation(plan.sites, plan.bridged, plan.nodes, capacities, lag, truth)


def _capacity(
    traffic: Traffic, centre: Centre, workers: Sequence[Program], database: Server, seconds: float
) -> Capacity:
    before = traffic.confirmed
    traffic.rate = None
    _wait(lambda: traffic.confirmed > before, START_S, "a worker has stored a score")
    time.sleep(SETTLE_S)
    pids = [[worker.pid for worker in workers], [database.pid], [centre.broker.pid], [psutil.Process().pid]]
    begun, before, used = time.monotonic(), traffic.confirmed, [_cpu_s(of_part) for of_part in pids]
    time.sleep(seconds)
    stored, took = traffic.confirmed - before, time.monotonic() - begun
    now = [_cpu_s(of_part) for of_part in pids]
    traffic.rate = 0.0
    _wait(lambda: not traffic.waiting, DRAIN_S, "everything is stored")
    cpu_ms = {part: round(1000 * (b - a) / max(stored, 1), 3) for part, a, b in zip(PARTS, used, now, strict=True)}
    return Capacity(len(workers), round(stored / took, 1), cpu_ms)


def _cpu_s(pids: Sequence[int]) -> float:
    """Return the CPU seconds of programs, with those of a server's children."""
    seconds = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)] if pid != psutil.Process().pid else [process]
        seconds += sum(sum(one.cpu_times()[:2]) for one in family)
    return seconds


def _lag(traffic: Traffic, rate: float, seconds: float) -> Lag:
    traffic.rate = rate
    time.sleep(SETTLE_S)
    first = len(traffic.ages)
    time.sleep(seconds)
    _wait(lambda: len(traffic.ages) >= first + LEAST, DRAIN_S, f"{LEAST} scores are confirmed")
    cuts = quantiles(traffic.ages[first:], n=20)
    return Lag(round(rate, 1), round(1000 * cuts[9], 1), round(1000 * cuts[18], 1))


def _kill(worker: Program, database: Server, seconds: float) -> None:
    """Kill a worker, then the database, each for AWAY_S, under load."""
    time.sleep(seconds / 3)
    worker.kill()
    time.sleep(AWAY_S)
    worker.start()
    time.sleep(seconds / 3)
    database.stop("immediate")
    time.sleep(AWAY_S)
    database.start()
    time.sleep(seconds / 3)


def _truth(traffic: Traffic, sites: Sequence[BridgedSite], url: str) -> Truth:
    traffic.rate, ended = 0.0, time.monotonic()
    real = [node for site in sites for node in site.nodes]
    for node in real:
        node.end()
    _wait(lambda: not traffic.waiting and not any(node.waiting for node in real), DRAIN_S, "every score is confirmed")
    recovered = time.monotonic() - ended
    issued = {(node.site.name, node.name, node.epoch): node.issued for node in traffic.nodes if node.issued}
    issued |= {(node.site, node.name, node.epoch): node.issued for node in real}
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as db:
        stored = {(site, node, epoch): (count, last) for site, node, epoch, count, last in db.execute(sa.text(_STORED))}
        counted = int(db.execute(sa.text(_COUNTED)).scalar() or 0)
    engine.dispose()
    lost = sum(count - min(stored.get(key, (0, 0))[0], count) for key, count in issued.items())
    total = sum(count for count, _ in stored.values())
    strangers = sum(count for key, (count, last) in stored.items() if last > issued.get(key, 0))
    return Truth(
        issued=sum(issued.values()),
        stored=total,
        lost=lost,
        doubled=max(counted - total, 0) + strangers,
        sent_again=traffic.sent_again,
        recovered_s=round(recovered, 1),
    )


def _wait(condition: Callable[[], object], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"not within {seconds:g} s: {what}")
        time.sleep(0.05)
