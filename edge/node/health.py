"""Readings of a running node to its heartbeat: figures, and every problem as a sentence with what to do."""

import shutil
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import psutil

from edge import __version__, wire

DARK_LEVEL = 18.0
"""Mean grey level below which clothes cannot be told apart; by eye on street photos."""

SILENT_S, LOST_S = 3.0, 10.0
"""Seconds without a frame: worth a sentence; the node is failing."""
LONELY_S = 900.0
"""Seconds without any person on a street that should have some."""
SLOW_FPS = 3.0
"""A walker crosses the view in 3-6 s; below this too few views are good ones."""
DROPPED_SHARE = 0.2
HOT_C = 80.0
"""The Pi throttles from here (Raspberry Pi documentation, frequency management)."""
DISK_FREE_MB = 200.0
FULL_SHARE = 0.8

INVOKES_KEPT, FPS_WINDOW_S = 200, 10.0


@dataclass
class Pulse:
    """What the frame loop notes down for the heartbeat; figures only."""

    started_at: float
    """Monotonic seconds."""
    frames: int = 0
    sightings: int = 0
    last_frame_at: float | None = None
    last_person_at: float | None = None
    brightness: float = 128.0
    """Running mean grey level."""
    invoke_ms: deque[float] = field(default_factory=lambda: deque(maxlen=INVOKES_KEPT))
    frame_times: deque[float] = field(default_factory=lambda: deque(maxlen=1000))

    def beat(self, now: float, *, invoke_s: float, people: int, brightness: float) -> None:
        """One frame went through the network."""
        self.frames += 1
        self.last_frame_at = now
        if people:
            self.last_person_at = now
        self.brightness += 0.05 * (brightness - self.brightness)
        self.invoke_ms.append(1000 * invoke_s)
        self.frame_times.append(now)

    def fps(self, now: float) -> float:
        """Frames a second over the last FPS_WINDOW_S, or since the start if that is shorter."""
        window = min(FPS_WINDOW_S, max(now - self.started_at, 0.1))
        return sum(1 for at in list(self.frame_times) if now - at <= window) / window


class Counters(NamedTuple):
    """Readings that others keep."""

    frames_dropped: int
    reconnects: int
    held_back: int
    accelerator: Literal["cpu", "edgetpu"]
    fallbacks: int
    outbox_depth: int
    outbox_max: int
    outbox_lost: int
    refused_publishes: int
    model: str
    baseline: str
    mode: Literal["collect", "spot"]
    is_calibrated: bool
    shift: str = ""
    """What people wear differently since the baseline, in a sentence's part; empty: nothing."""
    notices: tuple[str, ...] = ()
    """Sentences of this node's other programs."""


class Machine(NamedTuple):
    """Readings of the board."""

    cpu_c: float | None
    memory_mb: float
    disk_free_mb: float


def read_machine(folder: Path) -> Machine:
    """Temperature where there is a sensor, this process' memory, free disk under `folder`."""
    sensors = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    hottest = [entry.current for entries in sensors.values() for entry in entries if entry.current]
    return Machine(
        max(hottest) if hottest else None,
        psutil.Process().memory_info().rss / 2**20,
        shutil.disk_usage(folder).free / 2**20,
    )


def heartbeat(node: str, at: float, now: float, pulse: Pulse, counters: Counters, machine: Machine) -> wire.Health:
    """The message; `at` is UTC, `now` monotonic, both in seconds."""
    invoke = np.array(list(pulse.invoke_ms) or [0.0])
    silent_s = now - (pulse.started_at if pulse.last_frame_at is None else pulse.last_frame_at)
    problems = _problems(now, silent_s, pulse, counters, machine)
    state: Literal["ok", "degraded", "failing"] = "degraded" if problems else "ok"
    return wire.Health(
        node=node,
        at=wire.to_time(at),
        state="failing" if silent_s > LOST_S else state,
        problems=problems[:8],
        mode=counters.mode,
        fps=round(pulse.fps(now), 1),
        frames=pulse.frames,
        frames_dropped=counters.frames_dropped,
        reconnects=counters.reconnects,
        invoke_p50_ms=round(float(np.percentile(invoke, 50)), 1),
        invoke_p95_ms=round(float(np.percentile(invoke, 95)), 1),
        accelerator=counters.accelerator,
        fallbacks=counters.fallbacks,
        last_frame_s=_seconds_since(pulse.last_frame_at, now),
        last_person_s=_seconds_since(pulse.last_person_at, now),
        sightings=pulse.sightings,
        held_back=counters.held_back,
        outbox_depth=counters.outbox_depth,
        outbox_lost=counters.outbox_lost,
        refused_publishes=counters.refused_publishes,
        cpu_c=None if machine.cpu_c is None else round(machine.cpu_c, 1),
        memory_mb=round(machine.memory_mb, 1),
        disk_free_mb=round(machine.disk_free_mb),
        uptime_s=round(now - pulse.started_at),
        software=__version__,
        model=counters.model,
        baseline=counters.baseline,
    )


def status_line(beat: wire.Health, *, is_connected: bool) -> str:
    """For `systemctl status`, and for `spotter update` to judge by (edge/update/trial.py reads it)."""
    return f"{beat.state}, {beat.frames} frames, broker {'connected' if is_connected else 'away'}"


def _seconds_since(at: float | None, now: float) -> float | None:
    """The frame loop runs beside the heartbeat: a frame may be newer than the moment the heartbeat speaks of."""
    return None if at is None else round(max(now - at, 0.0), 1)


def _problems(now: float, silent_s: float, pulse: Pulse, counters: Counters, machine: Machine) -> list[str]:
    """Most urgent first."""
    lonely_s = now - (pulse.started_at if pulse.last_person_at is None else pulse.last_person_at)
    fps, offered = pulse.fps(now), pulse.frames + counters.frames_dropped
    checks = [
        (silent_s > SILENT_S, f"No frame for {silent_s:.0f} s: check the camera and its cable."),
        (counters.fallbacks > 0, "The Edge TPU is not in use, the CPU is: check that the Coral is plugged in."),
        (
            silent_s <= SILENT_S and now - pulse.started_at > FPS_WINDOW_S and fps < SLOW_FPS,
            f"Only {fps:.1f} frames a second: walkers are missed; cool the board or stop other programs.",
        ),
        (
            pulse.frames > 100 and counters.frames_dropped > DROPPED_SHARE * offered,
            f"{counters.frames_dropped} of {offered} frames were dropped: the board is too slow or the camera fails.",
        ),
        (counters.reconnects > 0, f"The camera was lost and found {counters.reconnects} times: check its cable."),
        (
            pulse.frames > 100 and pulse.brightness < DARK_LEVEL,
            "It is too dark to tell clothes apart: check the lens cap or add light.",
        ),
        (lonely_s > LONELY_S, f"Nobody was seen for {lonely_s / 60:.0f} min: check where the camera looks."),
        (
            machine.cpu_c is not None and machine.cpu_c > HOT_C,
            f"The board is {machine.cpu_c or 0:.0f} C hot and will slow down: give it shade and air.",
        ),
        (machine.disk_free_mb < DISK_FREE_MB, f"Only {machine.disk_free_mb:.0f} MB of disk are free: make room."),
        (
            counters.outbox_depth > FULL_SHARE * counters.outbox_max,
            f"{counters.outbox_depth} scores wait for the booth: check the booth and the network.",
        ),
        (counters.outbox_lost > 0, f"{counters.outbox_lost} scores were lost to a full outbox: the booth was away."),
        (
            counters.refused_publishes > 0,
            f"The broker refused {counters.refused_publishes} times: check this node's certificate and access rules.",
        ),
        (
            counters.mode == "spot" and not counters.is_calibrated,
            "The baseline is still warming up: no alerts until it has seen more people.",
        ),
        (
            bool(counters.shift),
            f"What people wear has shifted since the baseline ({counters.shift}): learn a new one.",
        ),
        *((True, notice) for notice in counters.notices),
    ]
    return [sentence for is_true, sentence in checks if is_true]
