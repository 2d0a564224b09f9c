"""The checks a node runs before it starts. Failures are reported in every heartbeat; the node runs what still works."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edge import wire
from edge.config import NodeConfig
from edge.errors import EdgeError
from edge.frame.photos import Photos
from edge.node import certificate
from edge.pipeline import Pipeline
from edge.seams import Clock, Interpreter
from edge.track.tracklet import TORSO

PICTURE = Path(__file__).with_name("selftest.jpg")
"""Frame 360 of the simulated street 5. To draw it here would take 75 MB for a moment, and 24 MB for good."""
DRAWN = np.array(
    [[[413, 114], [407, 124], [409, 173], [403, 179]], [[354, 64], [320, 64], [345, 110], [327, 109]]], np.float32
)
"""[people, 4, (x, y)] shoulders and hips, as TORSO, of the two people in it who are in view from head to foot."""
NEAR = 0.25
"""Largest mean error of the torso keypoints, in torso heights; all models of models/ reach 0.12."""
EARLIEST = 1_767_225_600.0
"""2026-01-01, UTC seconds: a clock that shows an earlier time is wrong, since this software is newer."""
BACK_S = 3600.0
"""A clock this many seconds behind the node's newest file has lost the time."""


class Failure(NamedTuple):
    """One check that failed."""

    part: wire.Part
    sentence: str
    """Tells field staff what is wrong and what to do."""


class _FailedError(Exception):
    """A check failed; the message says what to do."""


def self_test(config: NodeConfig, interpreter: Interpreter, clock: Clock) -> list[Failure]:
    """Check model, accelerator, disk, clock and certificate; return the failures. Takes about a second."""
    state = Path(config.state)
    checks: list[tuple[wire.Part, Callable[[], None]]] = [
        ("model", lambda: _check_model(config, interpreter, clock)),
        ("accelerator", lambda: _check_accelerator(config, interpreter)),
        ("disk", lambda: _check_disk(state)),
        ("clock", lambda: _check_clock(state, clock.now())),
        ("certificate", lambda: certificate.check(config.broker.tls, config.node, clock.now())),
    ]
    failures = []
    for part, check in checks:
        try:
            check()
        except (_FailedError, EdgeError) as err:
            failures.append(Failure(part, str(err)))
    return failures


def _check_model(config: NodeConfig, interpreter: Interpreter, clock: Clock) -> None:
    """Check that the model finds every full-height person of a drawn picture where the picture has them."""
    frame = Photos(PICTURE, clock=clock).read()
    found = Pipeline(interpreter, config).step(frame).detections if frame else []
    people = [person.keypoints[list(TORSO)] for person in found]
    missed = 0
    for torso in DRAWN:
        near = NEAR * float(np.ptp(torso[:, 1]))
        missed += not any(float(np.hypot(*(person - torso).T).mean()) < near for person in people)
    if missed:
        raise _FailedError(
            f"The model misses {missed} of {len(DRAWN)} people in a test picture: run `spotter models verify`; "
            "if it finds damage, change the card."
        )


def _check_accelerator(config: NodeConfig, interpreter: Interpreter) -> None:
    is_wanted = config.detection.accelerator == "edgetpu" or interpreter.fallbacks > 0
    if is_wanted and interpreter.accelerator != "edgetpu":
        raise _FailedError(
            "The Edge TPU was not found at the start and the CPU runs the model: plug the Coral in, then restart "
            "the node."
        )


def _check_disk(state: Path) -> None:
    probe = state / "self-test.part"
    try:
        with probe.open("wb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as err:
        raise _FailedError(
            f"The disk cannot be written ({err.strerror}): free some space, or change the card."
        ) from err
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


def _check_clock(state: Path, now: float) -> None:
    newest = max((file.stat().st_mtime for file in state.iterdir()), default=0.0)
    if now < max(EARLIEST, newest - BACK_S):
        raise _FailedError(
            f"The clock shows {wire.to_time(now)}, which is too early: check that the booth is on and serves time."
        )
