"""`spotter bench --board`: what to send us about a board that we have not measured. It names nobody and no network."""

import os
import platform
import tempfile
from pathlib import Path

import msgspec
import psutil

from edge import __version__
from edge.clock import SystemClock
from edge.config import DetectionSection
from edge.node.board import SystemBoard
from edge.node.load_model import open_interpreter
from edge.node.people_bench import PeopleCost, by_people
from edge.seams import BoardReading

MODEL = "proc/device-tree/model"
"""Where the kernel says which board it runs on, on boards with a device tree."""
PEOPLE, FRAMES = (0, 5), 200
"""People in view, and frames with each number of them: long enough for a board to grow warm."""


class BoardReport(msgspec.Struct, frozen=True):
    """One board under load."""

    version: str
    board: str
    cores: int
    memory_mb: float
    system: str
    python: str
    model: str
    accelerator: str
    before: BoardReading
    after: BoardReading
    """After all measurements; temperature in degrees Celsius, whether it was slowed down or had too little voltage."""
    mhz: float | None
    """Clock of the cores after all measurements; None where the system does not say."""
    costs: list[PeopleCost]


def report(people: tuple[int, ...] = PEOPLE, frames: int = FRAMES) -> BoardReport:
    """Measure this board with one thread and with one for each core, up to four."""
    cores = os.cpu_count() or 1
    model = open_interpreter(DetectionSection())
    with tempfile.TemporaryDirectory() as folder:
        board = SystemBoard(Path(folder), SystemClock())
        before = board.read()
        costs = by_people(sorted({1, min(cores, 4)}), people, frames=frames)
        after = board.read()
    clock = psutil.cpu_freq()
    return BoardReport(
        __version__,
        board_name(Path("/")),
        cores,
        round(psutil.virtual_memory().total / 2**20),
        f"{platform.system()} {platform.release()} {platform.machine()}",
        platform.python_version(),
        model.model_id,
        model.accelerator,
        before,
        after,
        None if clock is None else round(clock.current),
        costs,
    )


def board_name(root: Path) -> str:
    """Return the board's name, such as `Raspberry Pi 5 Model B Rev 1.0`; the processor's where there is none."""
    try:
        return (root / MODEL).read_text(encoding="utf-8").strip("\0\n")
    except OSError:
        return platform.processor() or platform.machine()
