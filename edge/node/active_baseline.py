"""What sightings are scored against: a file named by hand, else the booth's, else what was collected so far."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from edge.config import ScoreSection
from edge.node.last_good import with_last_good
from edge.node.site_baseline import Instruction
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.drift import Drift


class ActiveBaseline(NamedTuple):
    """A baseline at work."""

    baseline: Baseline
    id: str
    """Empty while collecting."""
    drift: Drift

    @property
    def mode(self) -> Literal["collect", "spot"]:
        return "spot" if self.id else "collect"


def open_active_baseline(
    section: ScoreSection, instruction: Instruction | None, collected: Baseline, state: Path
) -> tuple[ActiveBaseline, str]:
    """And a sentence if the file named by hand cannot be used, but its last good copy in `state` can.

    Raises BaselineError if there is no such copy of a file that is missing, damaged, or not of the recipe of
    `collected`.
    """
    baseline, name, repair = collected, "", ""
    if section.baseline:
        baseline, repair = with_last_good(
            Path(section.baseline),
            state,
            lambda path: baseline_file.load(path, min_sightings=section.min_sightings, recipe=collected.recipe),
        )
        name = baseline_file.baseline_id(baseline)
    elif instruction is not None and instruction.baseline is not None:
        baseline, name = instruction.baseline, instruction.id
    return ActiveBaseline(baseline, name, baseline.drift(np.random.default_rng())), repair
