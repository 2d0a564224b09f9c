"""The heartbeat of a running node: its figures, and every problem as a code with numbers (edge/problems.py)."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from edge import __version__, wire
from edge.limits import BATCH, FIRST_SCORES
from edge.node.lately import Lately
from edge.node.selftest import Failure
from edge.node.tamper import View
from edge.problems import WORN, Problem, problem
from edge.score.drift import Shift
from edge.seams import BoardReading, Optics
from edge.vocabulary import CameraKind, HeldBack

SILENT_S, LOST_S = 3.0, 10.0
"""Seconds without a frame: after the first it is a problem, after the second the node is failing."""
LONELY_S = 900.0
"""Seconds without any person that are a problem while the node does not know yet how busy its street is."""
WATCHED_S = 1800.0
"""Seconds of running after which the node knows how long its street is usually empty."""
LONGER, SHORTEST_S, LONGEST_S = 3.0, 180.0, 4 * 3600.0
"""A pause this many times the longest recent one is a problem; the limit stays between these two, in seconds.

If people pass at random, the longest of 200 pauses is about 5 times the mean; a pause 3 times as long as that happens
once in 3 million pauses.
"""
PAUSE_S, PAUSES_KEPT = 1.0, 200
"""A pause lasts at least this many seconds; this many of the newest are kept."""
SLOW_FPS = 3.0
"""A walker crosses the view in 3-6 s; below this too few views are good ones."""
DROPPED_SHARE = 0.2
"""Share of dropped frames above which the node says so."""
HOT_C = 80.0
"""The Pi throttles from here (Raspberry Pi documentation, frequency management)."""
DISK_FREE_MB, MEMORY_FREE_MB = 200.0, 60.0
"""Free space and free memory below which the node says so."""
FULL_SHARE = 0.8
"""Share of the outbox that is filled when the node says so."""
CERTIFICATE_DAYS = 14.0
"""Days before its end from which the certificate is a problem."""
JUMP_S = 5.0
"""A wall clock that moves this many seconds more or less than the monotonic clock has been set."""
HELD_S = 600.0
"""A trouble that is over (a camera lost, a clock jump, weak power) is reported for ten minutes, so that staff can see
it; shares are of these minutes too."""
LOSS_S = 3600.0
"""What was lost or damaged once is reported for an hour."""
ONCE = {"counts-damaged", "outbox-damaged"}
"""Repairs that are over; the others stay in use until the node restarts."""
WHOLE_SHARE = 0.95
"""Share of the lens's width below which the node says that the picture is cropped."""

MOST_PROBLEMS = 8
"""Problems in one heartbeat; the most urgent come first."""
INVOKES_KEPT, FPS_WINDOW_S = 200, 10.0


Heartbeat: TypeAlias = wire.Health
"""The type for modules that pass a heartbeat on and must not import `wire`."""


@dataclass
class Pulse:
    """The figures that the node collects for its heartbeat."""

    started_at: float
    """Monotonic seconds, as are all times here unless marked UTC."""
    frames: int = 0
    sightings: int = 0
    last_frame_at: float | None = None
    last_person_at: float | None = None
    pauses: deque[float] = field(default_factory=lambda: deque(maxlen=PAUSES_KEPT))
    """The newest pauses without any person, in seconds."""
    invoke_ms: deque[float] = field(default_factory=lambda: deque(maxlen=INVOKES_KEPT))
    frame_times: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
    clock_jumps: int = 0
    jump_s: float = 0.0
    """Seconds by which the clock was set the last time; negative: back."""
    lately: Lately = field(default_factory=Lately)
    """What was counted in the last minutes, by heartbeat."""
    _epoch: float | None = None
    """UTC seconds when the monotonic clock was 0."""
    _seen_at: dict[str, float] = field(default_factory=dict)
    """When each short trouble was last seen: `jump`, `throttled`, `undervolted`."""

    def beat(self, now: float, *, invoke_s: float, people: int) -> None:
        """Count one frame that went through the model."""
        self.frames += 1
        self.last_frame_at = now
        if people:
            pause = 0.0 if self.last_person_at is None else now - self.last_person_at
            if pause >= PAUSE_S:
                self.pauses.append(pause)
            self.last_person_at = now
        self.invoke_ms.append(1000 * invoke_s)
        self.frame_times.append(now)

    def record_board(self, now: float, at: float, board: BoardReading) -> None:
        """Take one reading of the board at UTC second `at`; remember throttling, weak power and clock jumps."""
        epoch = at - now
        if self._epoch is not None and abs(epoch - self._epoch) > JUMP_S:
            self.clock_jumps += 1
            self.jump_s = epoch - self._epoch
            self._seen_at["jump"] = now
        self._epoch = epoch
        self._seen_at |= {trouble: now for trouble in ("throttled", "undervolted") if getattr(board, f"is_{trouble}")}

    def recent(self, trouble: str, now: float) -> bool:
        """Return True if `trouble` (`jump`, `throttled`, `undervolted`) was seen in the last HELD_S seconds."""
        return now - self._seen_at.get(trouble, -np.inf) <= HELD_S

    def fps(self, now: float) -> float:
        """Frames a second over the last FPS_WINDOW_S seconds, or since the start if that is shorter."""
        window = min(FPS_WINDOW_S, max(now - self.started_at, 0.1))
        return sum(1 for at in list(self.frame_times) if now - at <= window) / window

    def patience_s(self, now: float) -> float:
        """Seconds without any person that are still normal on this street."""
        if now - self.started_at < WATCHED_S or self.last_person_at is None:
            return LONELY_S
        return float(np.clip(LONGER * self.longest_pause_s, SHORTEST_S, LONGEST_S))

    @property
    def longest_pause_s(self) -> float:
        """Seconds of the longest pause that is kept; 0 if there was none."""
        return max(list(self.pauses), default=0.0)  # a copy: the frame loop appends meanwhile


class Counters(NamedTuple):
    """Figures of the heartbeat that other modules count."""

    frames_dropped: int
    reconnects: int
    held_back: Mapping[HeldBack, int]
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
    refusal: Problem | None = None
    """Why the booth's baseline was refused; None if none was."""
    shift: Shift | None = None
    """How clothes changed since the baseline; None if they did not."""
    recalibrating: int | None = None
    """Own sightings that p-values come from while they are too few; None if the calibration serves."""
    is_unlike: bool = False
    """Whether the baseline is of other cameras and this one's people clearly differ from theirs."""
    failures: int = 0
    """Times the model failed to run and was loaded again."""
    unstored: int = 0
    """Scores that are not on disk yet."""
    refused_acks: int = 0
    boots: int | None = None
    certificate_days: float | None = None
    second_looks: int = 0
    second_looks_skipped: int = 0
    kind: CameraKind = "pi"
    """How the camera is connected, which decides the advice."""
    optics: Optics = Optics()
    aim: wire.Aim | None = None


class Start(NamedTuple):
    """Results of the start: failed checks and repairs. They are reported until the node restarts."""

    failed: tuple[Failure, ...] = ()
    repairs: tuple[Problem, ...] = ()
    """What was damaged, and what is used instead."""


def heartbeat(
    node: str,
    at: float,
    now: float,
    pulse: Pulse,
    counters: Counters,
    board: BoardReading,
    view: View = View(),
    start: Start = Start(),
) -> Heartbeat:
    """Return the heartbeat message; `at` is UTC and `now` is monotonic, both in seconds."""
    invoke = np.array(list(pulse.invoke_ms) or [0.0])
    silent_s = now - (pulse.started_at if pulse.last_frame_at is None else pulse.last_frame_at)
    found = [
        *_picture(now, silent_s, pulse, counters, view),
        *(
            problem(_by_kind("start-camera", counters) if failure.part == "camera" else f"start-{failure.part}")
            for failure in start.failed
            if _still_fails(failure.part, pulse, counters, board)
        ),
        *(one for one in start.repairs if one.code not in ONCE or now - pulse.started_at < LOSS_S),
        *_model(now, pulse, counters, start),
        *_machine(now, pulse, board),
        *_service(now, pulse, counters),
    ]
    is_blind = silent_s > LOST_S or view.is_covered or view.is_frozen
    return wire.Health(
        node=node,
        at=wire.to_time(at),
        state="failing" if is_blind else "degraded" if found else "ok",
        problems=found[:MOST_PROBLEMS],
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
        sightings=_step_below(pulse.sightings),
        held_back=_step_below(sum(counters.held_back.values())),
        held_back_by={why: _step_below(count) for why, count in counters.held_back.items()},
        recalibrating=None if counters.recalibrating is None else _step_below(counters.recalibrating),
        outbox_depth=_step_below(counters.outbox_depth),
        outbox_lost=_step_above(counters.outbox_lost),
        refused_publishes=counters.refused_publishes,
        cpu_c=None if board.cpu_c is None else round(board.cpu_c, 1),
        memory_mb=round(board.memory_mb, 1),
        disk_free_mb=round(board.disk_free_mb),
        uptime_s=round(now - pulse.started_at),
        software=__version__,
        model=counters.model,
        baseline=counters.baseline,
        boots=counters.boots,
        self_test=[failure.part for failure in start.failed],
        view=view.faults,
        failures=counters.failures,
        memory_free_mb=round(board.memory_free_mb),
        is_throttled=board.is_throttled,
        is_undervolted=board.is_undervolted,
        is_clock_set=board.is_clock_set,
        clock_jumps=pulse.clock_jumps,
        certificate_days=None if counters.certificate_days is None else round(counters.certificate_days, 1),
        second_looks=_step_below(counters.second_looks),
        second_looks_skipped=_step_below(counters.second_looks_skipped),
        angle=_whole(counters.optics.angle_deg),
        lens_percent=_whole(counters.optics.width_share, 100),
        aim=counters.aim,
    )


def _whole(value: float | None, factor: int = 1) -> int | None:
    """Return `factor` times the value as a whole number, at least 1; None for None."""
    return None if value is None else max(round(factor * value), 1)


def _still_fails(part: wire.Part, pulse: Pulse, counters: Counters, board: BoardReading) -> bool:
    """Return False once a failed check is known to be well: a frame came, the clock was set, the disk was written."""
    is_well: dict[wire.Part, bool] = {
        "camera": pulse.frames > 0,
        "clock": pulse.clock_jumps > 0 or bool(board.is_clock_set),
        "disk": pulse.sightings > 0 and not counters.unstored,
    }
    return not is_well.get(part, False)


def status_line(beat: wire.Health, *, is_connected: bool) -> str:
    """Return the line for `systemctl status`; `spotter update` judges a new release by it (edge/release/trial.py)."""
    return f"{beat.state}, {beat.frames} frames, broker {'connected' if is_connected else 'away'}"


def _seconds_since(at: float | None, now: float) -> float | None:
    """Seconds from `at` to `now`, at least 0: the frame loop runs in another thread, so a frame may be newer."""
    return None if at is None else round(max(now - at, 0.0), 1)


def _picture(now: float, silent_s: float, pulse: Pulse, counters: Counters, view: View) -> Iterator[Problem]:
    """Problems of camera and picture, most urgent first."""
    lonely_s = now - (pulse.started_at if pulse.last_person_at is None else pulse.last_person_at)
    fps = pulse.fps(now)
    if silent_s > SILENT_S:
        yield problem(_by_kind("no-frame", counters), silent_s)
    if view.is_covered:
        yield problem("lens-covered")
    if view.is_frozen:
        yield problem(_by_kind("image-frozen", counters))
    if view.has_moved:
        yield problem("camera-moved")
    if view.is_dark:
        yield problem("dark")
    if silent_s <= SILENT_S and now - pulse.started_at > FPS_WINDOW_S and fps < SLOW_FPS:
        yield problem("slow", fps * FPS_WINDOW_S)
    yield from _camera(now, pulse, counters)
    if lonely_s > pulse.patience_s(now):
        longest_min = pulse.longest_pause_s / 60
        minutes = lonely_s / 60
        yield problem("nobody-long", minutes, longest_min) if longest_min >= 1 else problem("nobody", minutes)


def _camera(now: float, pulse: Pulse, counters: Counters) -> Iterator[Problem]:
    """Problems of the camera in the last minutes, and of what it shows."""
    share = counters.optics.width_share
    frames = pulse.lately.grown("frames", pulse.frames, now, HELD_S)
    dropped = pulse.lately.grown("dropped", counters.frames_dropped, now, HELD_S)
    if frames > 100 and dropped > DROPPED_SHARE * (frames + dropped):
        yield problem(_by_kind("frames-dropped", counters), dropped, frames + dropped)
    if lost := pulse.lately.grown("reconnects", counters.reconnects, now, HELD_S):
        yield problem(_by_kind("camera-lost", counters), lost)
    if share is not None and share < WHOLE_SHARE:
        yield problem("camera-crops", 100 * share)
    if not counters.optics.is_as_asked:
        yield problem("camera-otherwise")


def _by_kind(code: str, counters: Counters) -> str:
    """Return the code whose advice fits how the camera is connected; a recording never counts as frozen."""
    return code if counters.kind == "pi" else f"{code}-{counters.kind}"


def _model(now: float, pulse: Pulse, counters: Counters, start: Start) -> Iterator[Problem]:
    """Problems with running the model: an Edge TPU that was lost, failures in the last hour."""
    if counters.fallbacks > ("accelerator" in (failure.part for failure in start.failed)):
        yield problem("edge-tpu-failed")
    if failures := pulse.lately.grown("failures", counters.failures, now, LOSS_S):
        yield problem("model-failed", failures)


def _machine(now: float, pulse: Pulse, board: BoardReading) -> Iterator[Problem]:
    """Problems of the board: power, heat, disk, memory, clock."""
    if pulse.recent("undervolted", now):
        yield problem("undervolted")
    if board.cpu_c is not None and board.cpu_c > HOT_C:
        yield problem("hot", board.cpu_c)
    elif pulse.recent("throttled", now):
        yield problem("throttled")
    if board.disk_free_mb < DISK_FREE_MB:
        yield problem("disk-full", board.disk_free_mb)
    if board.memory_free_mb < MEMORY_FREE_MB:
        yield problem("memory-full", board.memory_free_mb)
    if board.is_clock_set is False:
        yield problem("clock-unset")
    if pulse.recent("jump", now):
        yield problem("clock-jumped", pulse.jump_s)


def _service(now: float, pulse: Pulse, counters: Counters) -> Iterator[Problem]:
    """Problems of certificate, outbox and broker, then of the baseline."""
    lost = pulse.lately.grown("outbox_lost", counters.outbox_lost, now, LOSS_S)
    refused = pulse.lately.grown("refused_publishes", counters.refused_publishes, now, HELD_S)
    days = counters.certificate_days
    if days is not None and days < CERTIFICATE_DAYS:
        yield problem("certificate-ends" if days >= 0 else "certificate-ended", abs(days))
    if counters.unstored:
        yield problem("unstored", _step_above(counters.unstored))
    if counters.outbox_depth > FULL_SHARE * counters.outbox_max:
        yield problem("outbox-filling", _step_above(counters.outbox_depth))
    if lost:
        yield problem("outbox-lost", _step_above(lost))
    if pulse.lately.grown("refused_acks", counters.refused_acks, now, LOSS_S):
        yield problem("outbox-older")
    if refused:
        yield problem("refused-by-broker", refused)
    yield from _baseline(counters)


def _baseline(counters: Counters) -> Iterator[Problem]:
    """Problems of the baseline."""
    if counters.mode == "spot" and not counters.is_calibrated:
        yield problem("too-few-counted")
    if counters.recalibrating is not None:
        seen = _step_below(counters.recalibrating)
        yield problem("recalibrating", FIRST_SCORES) if seen < FIRST_SCORES else problem("scored-by-few", seen)
    if counters.is_unlike:
        yield problem("sees-otherwise")
    if counters.refusal is not None:
        yield counters.refusal
    if counters.shift is not None:
        part = counters.shift.what if counters.shift.what in WORN else WORN[0]
        yield problem(f"{part}-{'more' if counters.shift.is_more_unusual else 'less'}-unusual")


def _step_above(count: int) -> int:
    """Round a count of people up to a step of BATCH."""
    return -(-count // BATCH) * BATCH


def _step_below(count: int) -> int:
    """Round a count of people down to a step of BATCH, so that no change of it tells of a single one."""
    return count // BATCH * BATCH
