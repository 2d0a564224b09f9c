"""`spotter learn` and `spotter score`: photos, folders and clips go through the stages of a node."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from edge.clock import SystemClock
from edge.config import NodeConfig
from edge.errors import BaselineError, SourceError
from edge.frame.photos import Photos
from edge.frame.source import open_camera
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.records import Score, ScoreState, Sighting
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import Sources, added, grouped, source_name, sums_of_one
from edge.seams import Camera, Interpreter

NAMED = 5
"""Most names to say of what is ignored in a folder."""


class SourceSighting(NamedTuple):
    """One sighting and its source."""

    source: str
    """The photo's name, or the clip's and the second at which the person was last seen: `clip.mp4@12.4`."""
    sighting: Sighting
    camera: str
    """Name of the folder, clip or camera that it is from."""


class Sightings:
    """Every sighting of some sources, one source after the other; iterate once. Shows progress on a terminal.

    What cannot be read is named on standard error and passed over: a file in a folder, or one of several sources.
    """

    def __init__(self, sources: Sequence[str], interpreter: Interpreter, config: NodeConfig) -> None:
        self._sources, self._interpreter, self._config = sources, interpreter, config
        self.unread = 0
        """Files and sources that could not be read, or not to their end."""
        self._frames = 0

    def __iter__(self) -> Iterator[SourceSighting]:
        """Yield them; raises ConfigError for what is no source, SourceError if nothing could be read."""
        console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed} frames"), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            for spec in self._sources:
                try:
                    yield from self._of_one(spec, progress)
                except SourceError as err:
                    if len(self._sources) == 1 and not self._frames:
                        raise
                    self._pass_over(str(err))
        if not self._frames:
            raise SourceError("none of these sources could be read; see above")

    @property
    def nobody(self) -> str:
        """What to say if nobody was seen."""
        return "nobody was seen clearly in these sources" + (
            f"; {self._counted} could not be read, see above" if self.unread else ""
        )

    @property
    def _counted(self) -> str:
        return "one file or source" if self.unread == 1 else f"{self.unread} files or sources"

    def _of_one(self, spec: str, progress: Progress) -> Iterator[SourceSighting]:
        with closing(open_camera(spec, clock=SystemClock(), pace="fast", start_at=0.0)) as camera:
            bar = progress.add_task(camera.name, total=None)
            try:
                for seen in _one_source(camera, Pipeline(self._interpreter, self._config)):
                    if seen is None:
                        self._frames += 1
                        progress.advance(bar)
                    else:
                        yield seen
            finally:
                if isinstance(camera, Photos) and not camera.is_one:
                    self._tell_files(camera)
            if not isinstance(camera, Photos) and camera.frames_dropped:
                print(f"{camera.name}: {camera.frames_dropped} unreadable frames skipped", file=sys.stderr)

    def _tell_files(self, photos: Photos) -> None:
        for sentence in photos.unread:
            self._pass_over(sentence)
        if photos.unread:
            print(f"{photos.name}: {len(photos.unread)} unreadable, skipped", file=sys.stderr)
        if photos.ignored:
            names = ", ".join(photos.ignored[:NAMED]) + (" and more" if len(photos.ignored) > NAMED else "")
            print(f"{photos.name}: ignored {len(photos.ignored)}, no photos by their names: {names}", file=sys.stderr)

    def _pass_over(self, sentence: str) -> None:
        self.unread += 1
        print(f"skipped: {sentence}", file=sys.stderr)


def _one_source(camera: Camera, pipeline: Pipeline) -> Iterator[SourceSighting | None]:
    """Yield the sightings of one source, and None after each frame."""
    while (frame := camera.read()) is not None:
        if isinstance(camera, Photos):
            still = pipeline.still(frame)
            found = [] if still is None else [SourceSighting(camera.name_of(frame.number), still, camera.name)]
        else:
            found = [_at_second(camera, sighting) for sighting in pipeline.step(frame).sightings]
        yield from found
        yield None
    yield from (_at_second(camera, sighting) for sighting in pipeline.finish())


def _at_second(camera: Camera, sighting: Sighting) -> SourceSighting:
    return SourceSighting(f"{camera.name}@{sighting.departure.last_seen_at:.1f}", sighting, camera.name)


def run_learn(
    sources: list[str], out: Path, config: NodeConfig, context: str, *, place: str = "", camera: str = ""
) -> int:
    """Run `spotter learn SRC... --out FILE`; returns 0, or 1 if the sources show nobody.

    With a `place`, the sums of each camera are kept too; `camera` is the name of all of them, by default each source's.
    """
    if not out.parent.is_dir():
        raise BaselineError(f"{out}: its folder does not exist; create it first")
    interpreter = open_interpreter(config.detection)
    baseline = Baseline(Pipeline(interpreter, config).recipe, min_sightings=config.score.min_sightings)
    seen_by: Sources = {}
    seen_all = Sightings(sources, interpreter, config)
    for seen in seen_all:
        baseline.learn(seen.sighting.appearance, context)
        if place:
            seen_by = added(seen_by, {source_name(place, camera or seen.camera): sums_of_one(seen.sighting.appearance)})
    baseline.sources = grouped(seen_by)
    if not baseline.sightings:
        print(f"{seen_all.nobody}; no file was written", file=sys.stderr)
        return 1
    baseline_file.save(baseline, out)
    print(f"{out}: {baseline.sightings} sightings learnt, {baseline.calibrated_on} of them for calibration")
    if not place:
        print("without --place no camera is known to it: each that uses it recalibrates on its own people first")
    if baseline.calibrated_on < config.score.min_sightings:
        print(f"still warming up: scores start at {config.score.min_sightings} calibration sightings")
    return 0


class Scored(msgspec.Struct):
    """One line of `spotter score --json`; figures are null while warming up."""

    source: str
    state: str
    bits: float | None
    p: float | None
    one_in: float | None
    low: float | None
    high: float | None
    facets: dict[str, float]
    reasons: list[dict[str, str | float]]
    worn: list[str]
    sightings: int


Say = Callable[[Sequence[str], Sequence[str]], str]
"""Puts codes of reasons and of garments into words, as edge/phrase/outfit.py does."""


def run_score(
    sources: list[str], baseline_path: Path, config: NodeConfig, context: str, *, as_json: bool, say: Say | None = None
) -> int:
    """Run `spotter score SRC... --baseline FILE`: print one line a sighting; returns 0, or 1 if nobody was seen.

    Without `say` the reasons are printed as codes.
    """
    baseline_file.load(baseline_path)  # report a wrong path before the model is loaded
    interpreter = open_interpreter(config.detection)
    recipe = Pipeline(interpreter, config).recipe
    baseline = baseline_file.load(baseline_path, min_sightings=config.score.min_sightings, recipe=recipe)
    count = 0
    seen_all = Sightings(sources, interpreter, config)
    for seen in seen_all:
        count += 1
        score = baseline.score(seen.sighting.appearance, context)
        line = msgspec.json.encode(scored(seen.source, score)).decode() if as_json else _line(seen.source, score, say)
        print(line, flush=True)
    if not count:
        print(seen_all.nobody, file=sys.stderr)
    return 0 if count else 1


def scored(source: str, score: Score) -> Scored:
    """Return a score as a flat record, rounded; figures are None while there are none."""
    is_scored = score.state is ScoreState.SCORED
    figures = (score.surprisal_bits, score.p_value, score.one_in, score.low, score.high)
    bits, p_value, one_in, low, high = (None if v is None else float(f"{v:.4g}") for v in figures)
    reasons: list[dict[str, str | float]] = [{"words": r.words, "bits": round(r.bits, 2)} for r in score.reasons]
    facets = {facet: round(value, 2) for facet, value in score.facets.items()}
    if not is_scored:
        bits = p_value = one_in = low = high = None
    worn = list(score.worn)
    return Scored(source, score.state, bits, p_value, one_in, low, high, facets, reasons, worn, score.sightings)


def _line(source: str, score: Score, say: Say | None) -> str:
    """Return the line without `--json`: `0012.jpg  1 in 43 (30-62) of 612 sightings: orange top, black trousers`."""
    if score.state is ScoreState.WARMING_UP:
        return f"{source}  warming up: {score.sightings} calibration sightings are too few"
    if score.high is None:
        span = f"rarer than 1 in {score.one_in:.0f}"
    else:
        span = f"1 in {score.one_in:.3g} ({score.low:.3g}-{score.high:.3g})"
    codes = [reason.words for reason in score.reasons]
    reasons = say(codes, score.worn) if codes and say is not None else ", ".join(codes)
    return f"{source}  {span} of {score.sightings} sightings: {reasons or 'nothing unusual'}"
