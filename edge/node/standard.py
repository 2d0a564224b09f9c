"""What sightings are scored against: a file named by hand, else the booth's word, else what was collected so far."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from edge.config import ScoreSection
from edge.node.frozen import Order
from edge.node.spare import with_spare
from edge.score import file
from edge.score.baseline import Baseline
from edge.score.drift import Drift


class Standard(NamedTuple):
    """A baseline at work."""

    baseline: Baseline
    id: str
    """Empty while collecting."""
    drift: Drift

    @property
    def mode(self) -> Literal["collect", "spot"]:
        return "spot" if self.id else "collect"


def open_standard(section: ScoreSection, order: Order | None, collected: Baseline, state: Path) -> tuple[Standard, str]:
    """And a sentence if the file named by hand cannot be used, but its last good copy in `state` can.

    Raises BaselineError if there is no such copy of a file that is missing, damaged, or not of the recipe of
    `collected`.
    """
    baseline, name, repair = collected, "", ""
    if section.baseline:
        baseline, repair = with_spare(
            Path(section.baseline),
            state,
            lambda path: file.load(path, min_sightings=section.min_sightings, recipe=collected.recipe),
        )
        name = file.baseline_id(baseline)
    elif order is not None and order.baseline is not None:
        baseline, name = order.baseline, order.id
    return Standard(baseline, name, baseline.drift(np.random.default_rng())), repair
