"""`spotter aim`: how a camera sees the people who pass, in aggregates, while somebody aims it."""

from contextlib import closing

import msgspec

from edge.aim import Aim, advice, figures
from edge.clock import SystemClock
from edge.config import NodeConfig
from edge.errors import SourceError
from edge.frame.source import open_camera
from edge.limits import FLOOR
from edge.node.aim import MINUTE_S, AimTally
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.seams import Camera

SAID_S = 30.0
"""Seconds between two lines while it counts."""
BUSY = "if a node runs here, stop it first: `sudo systemctl stop spotter-node`; it starts again with `start`"


def run_aim(config: NodeConfig, minutes: float, *, as_json: bool) -> int:
    """Count for some minutes of the source's time and say what to change; 0 if it is well aimed, else 1.

    Raises SourceError if the camera cannot be opened.
    """
    interpreter, frame = open_interpreter(config.detection), config.frame
    pipeline = Pipeline(interpreter, config)
    try:
        camera = open_camera(
            frame.source, clock=SystemClock(), input_size=pipeline.input_size, pace=frame.pace, settings=frame
        )
    except SourceError as err:
        raise SourceError(f"{err}; {BUSY}") from err
    with closing(camera):
        found = _count(camera, pipeline, minutes, is_quiet=as_json)
    if as_json:
        print("null" if found is None else msgspec.json.encode(found).decode())
    else:
        _print(found)
    return int(found is None or bool(advice(found)))


def _count(camera: Camera, pipeline: Pipeline, minutes: float, *, is_quiet: bool) -> Aim | None:
    """Return the counts of all who passed within some minutes, or until the source ends."""
    tally = AimTally(pipeline.input_size, stretch_s=float("inf"))
    begun_at = said_at = None
    while (frame := camera.read()) is not None:
        tally.look(frame, pipeline.step(frame))
        begun_at = frame.captured_at if begun_at is None else begun_at
        said_at = begun_at if said_at is None else said_at
        if frame.captured_at - begun_at >= minutes * MINUTE_S:
            break
        if not is_quiet and frame.captured_at - said_at >= SAID_S:
            said_at = frame.captured_at
            so_far = tally.so_far()
            print(f"fewer than {FLOOR} people so far" if so_far is None else figures(so_far), flush=True)
    tally.finish(pipeline.finish())
    return tally.so_far()


def _print(found: Aim | None) -> None:
    if found is None:
        print(f"Fewer than {FLOOR} people passed: count for longer (--minutes), or check where the camera points.")
        return
    print(figures(found))
    for sentence in advice(found) or ["The camera is well aimed: leave it as it is."]:
        print(sentence)
