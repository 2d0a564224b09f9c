"""`spotter bench`: the time of a frame, stage by stage, compared with running the model alone on the same frames."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from time import perf_counter

import msgspec
import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from edge.clock import SystemClock
from edge.config import DetectionSection, NodeConfig
from edge.detection.letterbox import letterbox
from edge.errors import SourceError
from edge.frame.source import open_camera
from edge.node.board_report import report
from edge.node.load_model import open_interpreter
from edge.node.people_bench import by_people, show
from edge.node.sizes import FOUND_PX, PERSON_M, STREAMS, SURE_PX, SizeCost, costs
from edge.pipeline import STAGES, Pipeline
from edge.records import Frame
from edge.seams import Interpreter

WARM_UP_FRAMES = 5


class NodeBenchmark(msgspec.Struct):
    """Figures of one run. Times are medians over the frames, in milliseconds, with one CPU thread."""

    source: str
    model: str
    accelerator: str
    frames: int
    people_per_frame: float
    stage_ms: dict[str, float]
    frame_ms: float
    bare_invoke_ms: float
    ratio: float
    """Total time of the pipeline without second looks, divided by the total time of the model alone; both ran in turn
    on each frame."""
    sightings: int
    looks_per_sighting: float
    """Second looks, each one more run of the model, for each sighting."""
    look_share: float
    """Share of the pipeline's time that second looks take with their description."""
    fps: float
    rss_mb: float
    sizes: list[SizeCost] = []
    """The time of every model whose file is here."""


def run_bench(source: str, frames: int, *, as_json: bool) -> int:
    """Run `spotter bench`; returns 0. Raises SourceError if the source gives too few frames."""
    config = NodeConfig(detection=DetectionSection(threads=1))
    interpreter = open_interpreter(config.detection)
    with closing(open_camera(source, clock=SystemClock(), pace="fast", start_at=0.0)) as camera:
        found = _measure(source, _first(camera.read, frames + WARM_UP_FRAMES), interpreter, config)
    found.sizes = costs(config.detection.model)
    print(msgspec.json.encode(found).decode()) if as_json else _print(found)
    return 0


def run_people_bench(threads: Sequence[int], *, as_json: bool) -> int:
    """Run `spotter bench --threads`; returns 0."""
    costs = by_people(threads)
    print(msgspec.json.encode(costs).decode()) if as_json else show(costs, Console())
    return 0


def run_board_report() -> int:
    """Run `spotter bench --board`; returns 0."""
    print(msgspec.json.format(msgspec.json.encode(report()), indent=1).decode())
    return 0


def _first(read: Callable[[], Frame | None], count: int) -> Iterator[Frame]:
    for _ in range(count):
        frame = read()
        if frame is None:
            return
        yield frame


def _measure(source: str, frames: Iterator[Frame], interpreter: Interpreter, config: NodeConfig) -> NodeBenchmark:
    """Time the model alone and then the whole pipeline on every frame, so that other load slows both alike."""
    pipeline = Pipeline(interpreter, config)
    stages: list[list[float]] = []
    whole, bare, people, sightings = [], [], [], 0
    for frame in frames:
        tensor, _ = letterbox(frame, *pipeline.input_size)
        begun = perf_counter()
        interpreter.invoke(tensor)
        invoked = perf_counter()
        step = pipeline.step(frame)
        whole.append(perf_counter() - invoked)
        bare.append(invoked - begun)
        people.append(len(step.detections))
        sightings += len(step.sightings)
        stages.append(list(pipeline.stage_s.values()))
    if len(whole) <= WARM_UP_FRAMES:
        raise SourceError(f"{source}: expected more than {WARM_UP_FRAMES} frames to measure, found {len(whole)}")
    begun = perf_counter()
    sightings += len(pipeline.finish())
    finished = perf_counter() - begun
    kept = slice(WARM_UP_FRAMES, None)
    look = [one[STAGES.index("look")] for one in stages]
    medians = np.median(np.array(stages[kept]), axis=0) * 1000
    return NodeBenchmark(
        source,
        interpreter.model_id,
        interpreter.accelerator,
        len(whole[kept]),
        round(float(np.mean(people[kept])), 2),
        dict(zip(STAGES, medians.round(3).tolist(), strict=True)),
        round(float(np.median(whole[kept])) * 1000, 3),
        round(float(np.median(bare[kept])) * 1000, 3),
        round((sum(whole[kept]) - sum(look[kept])) / sum(bare[kept]), 3),
        sightings,
        round(pipeline.second_looks.taken / max(sightings, 1), 2),
        round((sum(look) + finished) / (sum(whole) + finished), 3),
        round(len(whole[kept]) / sum(whole[kept]), 1),
        round(psutil.Process().memory_info().rss / 2**20, 1),
    )


def _print(found: NodeBenchmark) -> None:
    console = Console()
    console.print(
        f"{found.source}: {found.frames} frames, {found.people_per_frame} people each; "
        f"model {found.model} on {found.accelerator}, one thread"
    )
    table = Table("stage", "ms (median)")
    for stage, value in found.stage_ms.items():
        table.add_row(stage, f"{value:.2f}")
    table.add_row("whole frame", f"{found.frame_ms:.2f}")
    table.add_row("model alone", f"{found.bare_invoke_ms:.2f}")
    console.print(table)
    console.print(
        f"whole frame without second looks / model alone = {found.ratio:.2f}; {found.fps:.1f} frames a second; memory "
        f"{found.rss_mb:.0f} MB",
        soft_wrap=True,
    )
    console.print(
        f"second looks at small people: {found.looks_per_sighting:.1f} more runs of the model for each of "
        f"{found.sightings} sightings, {found.look_share:.0%} of the time",
        soft_wrap=True,
    )
    _print_sizes(console, found.sizes)


def _print_sizes(console: Console, sizes: list[SizeCost]) -> None:
    streams = [f"{width}x{height}" for width, height in STREAMS]
    table = Table("model", "on", "ms", "ratio", *streams, "street", box=None)
    for one in sizes:
        heights = (" / ".join(map(str, one.person_px[name])) for name in streams)
        table.add_row(
            one.model, one.accelerator, f"{one.invoke_ms:.2f}", f"{one.ratio:.2f}", *heights, f"{one.width_m:.1f} m"
        )
    console.print(table)
    console.print(
        f"ms: one run of the model; ratio: compared with the default model. {' and '.join(streams)}: the height in "
        f"pixels of a person in such a picture who is {FOUND_PX} / {SURE_PX} pixels tall in the model's input; below "
        f"{FOUND_PX} many people are missed, from {SURE_PX} most are found. street: the widest street, in metres where "
        f"people walk, that a 16:9 picture may show so that a person of {PERSON_M} m is {SURE_PX} pixels tall.",
        soft_wrap=True,
    )
