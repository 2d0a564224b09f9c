"""The baseline that sightings are scored against: a configured file, else the booth's, else the counts so far."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from edge.config import ScoreSection
from edge.node.last_good import with_last_good
from edge.node.site_baseline import Instruction
from edge.problems import Problem
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.drift import Drift


class ActiveBaseline(NamedTuple):
    """The baseline in use."""

    baseline: Baseline
    id: str
    """The baseline's id; empty while collecting."""
    drift: Drift

    @property
    def mode(self) -> Literal["collect", "spot"]:
        return "spot" if self.id else "collect"


def open_active_baseline(
    section: ScoreSection, instruction: Instruction | None, collected: Baseline, state: Path
) -> tuple[ActiveBaseline, Problem | None]:
    """Open the baseline in use; the problem is for the heartbeat and None unless a last good copy had to be used.

    Raises BaselineError if `score.baseline` is missing, damaged or made with another recipe than `collected`, and
    `state` has no good copy of it.
    """
    baseline, name, repair = collected, "", None
    if section.baseline:
        baseline, repair = with_last_good(
            Path(section.baseline),
            state,
            lambda path: baseline_file.load(path, min_sightings=section.min_sightings, recipe=collected.recipe),
            "baseline",
        )
        name = baseline_file.baseline_id(baseline)
    elif instruction is not None and instruction.baseline is not None:
        baseline, name = instruction.baseline, instruction.id
    return ActiveBaseline(baseline, name, baseline.drift(np.random.default_rng())), repair
