"""A site on a simulated street: its baseline, broker and programs, and the settings of its nodes and booth."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import yaml

from edge import wire
from edge.config import AlertSection, BoothConfig, BrokerSection, FrameSection, NodeConfig, PrivacySection, ScoreSection
from edge.street.optics import camera_places
from edge.street.street import Street
from tools.ports import free_port, wait_for

CAMERAS, RATE, FPS = 3, 40, 6
"""Cameras, walkers per minute, and frames per second that two laptop cores can render and process three times."""
FACINGS = tuple(round(np.degrees(yaw)) % 360 for _, yaw in camera_places(CAMERAS))
SITE = "demo"
EARLIER_S = 36_000
"""Street seconds between the people who are learnt and those who are scored: same cameras, other people."""
LEARN_MINUTES, LEARN_RATE, LEARN_EXCEPTIONS = 2.7, 90, 0.002
"""Minutes, walkers per minute and share of exceptions while learning: more walkers than later, to learn sooner."""
ONE_IN = 45.0
"""Rarity (1 in ...) from which the booth alerts; after weeks of sightings it would be far higher."""


@dataclass(frozen=True)
class SimulatedSite:
    """One street, and the folder of everything that its programs write."""

    folder: Path
    seed: int
    exceptions: float
    """Share of the walkers who are exceptions while the site spots."""
    minutes: float | None = None
    """Minutes that the street lasts; None: it does not end."""

    @property
    def street(self) -> Street:
        return Street(self.seed, cameras=CAMERAS, rate=RATE, exceptions=self.exceptions)

    def source(self, camera: int, begins_at: float) -> str:
        """Return the name of one camera of the street, whose first frame is due at `begins_at` (UTC seconds)."""
        minutes = "" if self.minutes is None else f"&minutes={self.minutes}"
        return (
            f"street:{self.seed}?camera={camera}&cameras={CAMERAS}&rate={RATE}&fps={FPS}"
            f"&exceptions={self.exceptions}&begins_at={begins_at}{minutes}"
        )

    def learn(self) -> Path:
        """Learn one baseline per camera, each in its own process as fast as possible, and merge them exactly."""
        query = (
            f"cameras={CAMERAS}&rate={LEARN_RATE}&fps={FPS}&minutes={LEARN_MINUTES}&exceptions={LEARN_EXCEPTIONS}"
            f"&skip={EARLIER_S}"
        )
        parts = {i: self.folder / f"camera{i}.baseline" for i in range(CAMERAS)}
        learning = [
            start(
                self.folder,
                *("learn", f"street:{self.seed}?camera={i}&{query}", "--out", part),
                *("--place", SITE, "--camera", node_name(i)),
            )
            for i, part in parts.items()
        ]
        try:
            if any(process.wait() for process in learning):
                raise SystemExit(f"learning failed:\n{self._log()}")
        finally:
            for process in learning:
                stop(process)
        baseline = self.folder / "site.baseline"
        if start(self.folder, "baseline", "merge", *parts.values(), "--out", baseline).wait():
            raise SystemExit(f"merging failed:\n{self._log()}")
        return baseline

    def node(self, camera: int, baseline: Path, begins_at: float) -> NodeConfig:
        """Return the settings of a camera's node."""
        return NodeConfig(
            site=SITE,
            node=node_name(camera),
            state=str(self.folder / f"state{camera}"),
            facing=FACINGS[camera],
            health_s=2.0,
            frame=FrameSection(source=self.source(camera, begins_at)),
            score=ScoreSection(baseline=str(baseline), min_sightings=60),
        )

    def booth(self, port: int) -> BoothConfig:
        """Return the settings of the booth, with its page on a port of this machine."""
        return BoothConfig(
            site=SITE,
            store=f"sqlite:///{self.folder / 'booth.sqlite'}",
            page_port=port,
            faces=0,
            nodes={node_name(i): facing for i, facing in enumerate(FACINGS)},
            alert=AlertSection(one_in=ONE_IN),
            privacy=PrivacySection(hint="coarse"),
        )

    def _log(self) -> str:
        return (self.folder / "programs.log").read_text(errors="replace")[-2000:]


def node_name(camera: int) -> str:
    return f"camera-{camera + 1}"


def learnt(baseline: Path) -> str:
    """Return a sentence about a baseline: its sightings and the commonest colours above the waist."""
    words: list[str | Path] = [spotter(), "baseline", "show", baseline, "--json"]
    found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    colours = ", ".join(f"{word} {share:.0%}" for word, share in list(found["colours"]["upper"].items())[:5])
    return f"{found['sightings']} sightings learnt; above the waist mostly {colours}."


@contextmanager
def mosquitto(folder: Path) -> Iterator[BrokerSection]:
    """Run a broker for anybody on this machine, on a free port."""
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
        stop(process)


@contextmanager
def program(folder: Path, *words: str | Path) -> Iterator[None]:
    """Run `spotter` with these words until the end of the block."""
    process = start(folder, *words)
    try:
        yield
    finally:
        stop(process)


def spotter() -> Path:
    return Path(sys.executable).with_name("spotter")


def start(folder: Path, *words: str | Path) -> "subprocess.Popen[bytes]":
    """Start `spotter` in a session of its own, so that Ctrl-C reaches this program alone, which then stops them all."""
    with (folder / "programs.log").open("ab") as log:
        return subprocess.Popen([spotter(), *words], stdout=log, stderr=log, start_new_session=True)


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write(path: Path, config: NodeConfig | BoothConfig) -> None:
    path.write_text(yaml.safe_dump(msgspec.to_builtins(config)), encoding="utf-8")
