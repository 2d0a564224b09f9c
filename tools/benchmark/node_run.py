"""Runs `spotter node` with a broker and a booth: start, memory, files, and whether every score arrives."""

import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec
import psutil
import sqlalchemy as sa
import yaml

from edge.config import BoothConfig, BrokerSection, FrameSection, NodeConfig
from edge.message.outbox import Outbox
from edge.node.crowd import crowd
from edge.seams import Pace
from tools.ports import free_port
from tools.simulated_site import mosquitto, program

STREAM, PEOPLE, FPS = (1920, 1080), 5, 10
"""Width and height of the stream that memory is measured with, people in view, frames a second."""
SOAK = "street:7?fps={fps:g}&rate=40&minutes={minutes:g}&begins_at={begins_at:.0f}"
"""The street of a long run."""
DRIFT = 0.02
"""Growth of memory, from the first tenth of a run after SETTLE to its last tenth, that is still called flat."""
SETTLE = 0.1
"""Share of a run in which memory may still grow: models, tables and buffers are loaded."""
START_S = 120.0
"""Seconds in which the first frame must come."""
STOP_S = 60.0
"""Seconds that the node may take to send its last scores."""


class NodeRun(NamedTuple):
    """What was seen of one run."""

    first_frame_s: float
    """Seconds from the start of the program until its first frame had gone through every stage."""
    first_cpu_s: float
    """CPU seconds until then, of all threads."""
    frames: int
    rss_mb: list[float]
    """Resident memory of the node, once for each `every_s`."""
    files_mb: list[float]
    """Size of the node's state folder at the same times."""
    issued: int
    """Scores that the node made."""
    stored: int
    """Scores that the booth has."""

    @property
    def drift(self) -> float:
        """Growth of memory as a share; NaN for a run that was too short to tell."""
        kept = self.rss_mb[int(SETTLE * len(self.rss_mb)) :]
        tenth = len(kept) // 10
        if not tenth:
            return float("nan")
        return sum(kept[-tenth:]) / sum(kept[:tenth]) - 1


def soak(hours: float, fps: float, every_s: float) -> NodeRun:
    """Run a node for `hours` of a street, as fast as it can, until the source ends. The last frames are dated now."""
    begins_at = time.time() - 3600 * hours
    return run(None, SOAK.format(fps=fps, minutes=60 * hours, begins_at=begins_at), pace="fast", every_s=every_s)


def run(seconds: float | None, source: str, *, pace: Pace = "real", every_s: float = 1.0) -> NodeRun:
    """Run a node until some seconds after its first frame, with None until the source ends.

    Raises SystemExit if there is no frame, or if it ends early.
    """
    with tempfile.TemporaryDirectory(prefix="spotter-run-") as name, mosquitto(Path(name)) as broker:
        folder = Path(name)
        booth = _write(folder / "booth.yaml", _booth(folder, broker))
        node = _write(folder / "node.yaml", _node(folder, broker, source, pace))
        with program(folder, "booth", "--config", booth):
            first, frames, rss, files = _watch(folder, node, seconds, every_s)
            with closing(Outbox(folder / "state" / "outbox.sqlite", node="camera-1", max_rows=50_000)) as outbox:
                issued = outbox.issued
            stored = _stored(folder / "booth.sqlite", issued)
    return NodeRun(*first, frames, rss, files, issued, stored)


def clip(path: Path, seconds: float) -> str:
    """Write a clip of STREAM, people who walk to and fro; returns the source that replays it."""
    there = [frame.pixels[:, :, ::-1] for frame in crowd(PEOPLE, STREAM, 4 * FPS)]
    and_back = [*there, *there[-2:0:-1]]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, STREAM)
    for number in range(round(seconds * FPS)):
        writer.write(and_back[number % len(and_back)])
    writer.release()
    return f"replay:{path}"


def _watch(
    folder: Path, config: Path, seconds: float | None, every_s: float
) -> tuple[tuple[float, float], int, list[float], list[float]]:
    first, frames, rss, files = (float("nan"), float("nan")), 0, list[float](), list[float]()
    with _heard(folder / "notify") as (address, heard):
        begun = time.monotonic()
        command = [sys.executable, "-m", "edge.cli", "node", "--config", str(config)]
        with (folder / "node.log").open("wb") as log:
            node = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"NOTIFY_SOCKET": address})
        try:
            length = math.inf if seconds is None else seconds
            while (at := time.monotonic() - begun) < (first[0] + length if frames else START_S):
                message = next(heard)
                if message.startswith("WATCHDOG"):
                    frames += 1
                    if frames == 1:
                        first = (time.monotonic() - begun, sum(psutil.Process(node.pid).cpu_times()[:2]))
                if node.poll() is not None:
                    if seconds is None and node.returncode == 0:
                        break
                    raise SystemExit(f"the node ended early:\n{(folder / 'node.log').read_text()[-2000:]}")
                if at >= every_s * (len(rss) + 1):
                    rss.append(psutil.Process(node.pid).memory_info().rss / 2**20)
                    files.append(_size_mb(folder / "state"))
        finally:
            node.terminate()
            node.wait(STOP_S)
    if not frames:
        raise SystemExit(f"the node had no frame within {START_S:.0f} s:\n{(folder / 'node.log').read_text()[-2000:]}")
    return first, frames, rss, files


def _size_mb(folder: Path) -> float:
    total = 0
    for one in folder.rglob("*"):
        with suppress(FileNotFoundError):  # SQLite's journal comes and goes
            total += one.stat().st_size
    return total / 2**20


@contextmanager
def _heard(path: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """Listen as systemd does: the address for NOTIFY_SOCKET, and what is heard, an empty text for each quiet second."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(1.0)

        def messages() -> Iterator[str]:
            while True:
                try:
                    yield listening.recv(4096).decode()
                except TimeoutError:
                    yield ""

        yield str(path), messages()


def _stored(path: Path, wanted: int) -> int:
    """Return how many scores the booth has, as soon as these are `wanted`, at the latest after ten seconds."""
    engine = sa.create_engine(f"sqlite:///{path}")
    count, until = -1, time.monotonic() + 10
    while count != wanted and time.monotonic() < until:
        time.sleep(0.2)
        with engine.connect() as db:
            count = int(db.execute(sa.text("select count(*) from scores")).scalar_one())
    engine.dispose()
    return count


def _node(folder: Path, broker: BrokerSection, source: str, pace: Pace) -> NodeConfig:
    return NodeConfig(broker=broker, state=str(folder / "state"), frame=FrameSection(source=source, pace=pace))


def _booth(folder: Path, broker: BrokerSection) -> BoothConfig:
    return BoothConfig(broker=broker, store=f"sqlite:///{folder / 'booth.sqlite'}", page_port=free_port())


def _write(path: Path, config: NodeConfig | BoothConfig) -> Path:
    path.write_text(yaml.safe_dump(msgspec.to_builtins(config)), encoding="utf-8")
    return path
