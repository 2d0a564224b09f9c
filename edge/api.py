"""The public Python interface: load or learn a baseline, then score photos, clips and arrays.

    from edge import Spotter

    spotter = Spotter.load("soho.baseline")
    for seen in spotter.score("photos/", pixels):
        print(seen.source, seen.score.one_in, seen.phrase())

It scores as `spotter score` does: everybody in a clip, the main person of a photo or an array. Pictures are in memory
only. `Spotter`, `Seen` and `records.Score` stay as they are until the next major version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.config import NodeConfig
from edge.errors import BaselineError, SourceError
from edge.node.batch import Sightings, SourceSighting, scored
from edge.node.load_model import open_interpreter
from edge.phrase.outfit import phrase
from edge.pipeline import Pipeline
from edge.records import Frame, Pixels, Score
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Interpreter

Source = str | Path | Pixels
"""A photo, a folder of photos, a clip, `street:SEED`, a camera (as `spotter node --source` names it), or one picture as
an array [height, width, 3] uint8, RGB."""
ARRAY = "array"
"""Name of an array as a source; the n-th one of a call is called `array-n`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One person, and how unusual their outfit is."""

    source: str
    """The photo's name, `clip.mp4@12.4` (the second at which the person was last seen), or `array-1`."""
    score: Score

    def phrase(self, language: str = "en") -> str:
        """Return the reasons as staff would say them, such as `orange top, black trousers`; empty without reasons."""
        codes = [reason.words for reason in self.score.reasons]
        return phrase(codes, self.score.worn, language) if codes else ""

    def row(self) -> dict[str, str | float | None]:
        """Return one flat row for a table: `pandas.DataFrame(seen.row() for seen in spotter.score("photos/"))`.

        Columns: source, state, sightings, bits, p, one_in, low, high (None while there are no figures), `bits_FACET`
        of each facet, reasons and worn (codes, most telling first, separated by spaces), phrase.
        """
        flat = scored(self.source, self.score)
        figures = {name: getattr(flat, name) for name in ("state", "sightings", "bits", "p", "one_in", "low", "high")}
        facets = {f"bits_{facet}": bits for facet, bits in flat.facets.items()}
        reasons = " ".join(reason.words for reason in self.score.reasons)
        words = {"reasons": reasons, "worn": " ".join(self.score.worn), "phrase": self.phrase()}
        return {"source": self.source, **figures, **facets, **words}


class Spotter:
    """A model with a baseline. Make one with `load` or `learn`; not thread-safe."""

    def __init__(self, baseline: Baseline, interpreter: Interpreter, config: NodeConfig, context: str) -> None:
        self._baseline, self._interpreter = baseline, interpreter
        self._config, self._context = config, context

    @classmethod
    def load(cls, path: str | Path, *, config: NodeConfig | None = None, context: str = "any") -> "Spotter":
        """Load a baseline file, as `spotter learn` and `save` make it.

        `config` has the model and all other settings of a node; `context` is one of vocabulary.CONTEXTS. Raises
        BaselineError for a damaged file or one of another recipe, ModelError without the model, ConfigError.
        """
        config = config or NodeConfig()
        interpreter = open_interpreter(config.detection)
        recipe = Pipeline(interpreter, config).recipe
        baseline = baseline_file.load(Path(path), min_sightings=config.score.min_sightings, recipe=recipe)
        return cls(baseline, interpreter, config, context)

    @classmethod
    def learn(cls, *sources: Source, config: NodeConfig | None = None, context: str = "any") -> "Spotter":
        """Count what the people of these sources wear; they are what is usual.

        Raises SourceError or ConfigError for a source that cannot be read, BaselineError if nobody was seen clearly.
        """
        config = config or NodeConfig()
        interpreter = open_interpreter(config.detection)
        recipe = Pipeline(interpreter, config).recipe
        made = cls(Baseline(recipe, min_sightings=config.score.min_sightings), interpreter, config, context)
        for seen in made._seen(sources):
            made._baseline.learn(seen.sighting.appearance, context)
        if not made.sightings:
            raise BaselineError("expected people in these sources, found nobody seen clearly; give other sources")
        return made

    @property
    def sightings(self) -> int:
        """Number of people in the baseline."""
        return self._baseline.sightings

    def save(self, path: str | Path) -> None:
        """Write the baseline as a file that `load` and all `spotter` commands read; raises BaselineError."""
        baseline_file.save(self._baseline, Path(path))

    def score(self, *sources: Source) -> Iterator[Seen]:
        """Yield everybody who is seen clearly, one source after the other; the baseline does not change.

        A score's state is `warming_up`, and it has no figures, while the baseline has fewer than
        `score.min_sightings` people to calibrate with (100 by default, beside the 60 first ones).
        Raises SourceError for what cannot be read or is no picture, ConfigError for an unknown kind of source.
        """
        for seen in self._seen(sources):
            yield Seen(seen.source, self._baseline.score(seen.sighting.appearance, self._context))

    def _seen(self, sources: tuple[Source, ...]) -> Iterator[SourceSighting]:
        arrays = 0
        for source in sources:
            if isinstance(source, np.ndarray):
                arrays += 1
                yield from self._in_array(source, f"{ARRAY}-{arrays}")
            else:
                yield from Sightings([str(source)], self._interpreter, self._config)

    def _in_array(self, pixels: Pixels, name: str) -> Iterator[SourceSighting]:
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
            found = f"{list(pixels.shape)} {pixels.dtype}"
            raise SourceError(f"{name}: expected a picture [height, width, 3] uint8, RGB, found {found}; convert it")
        sighting = Pipeline(self._interpreter, self._config).still(Frame(np.ascontiguousarray(pixels), 0.0, 0))
        if sighting is not None:
            yield SourceSighting(name, sighting, ARRAY)
