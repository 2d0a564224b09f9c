"""The baseline that sightings are scored against: a configured file, else the booth's, else the counts so far."""

import logging
from pathlib import Path
from typing import Literal

import numpy as np

from edge.config import NodeConfig, ScoreSection
from edge.errors import BaselineError
from edge.limits import BATCH, FIRST_SCORES
from edge.node.last_good import with_last_good
from edge.node.site_baseline import Instruction
from edge.problems import Problem
from edge.records import Appearance, Score
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.camera_baseline import CameraBaseline
from edge.score.sources import source_name

log = logging.getLogger(__name__)

OWN = "recalibration.baseline"
"""File in the state folder: this camera's own counts against the baseline in use. It never leaves this node."""


class ActiveBaseline:
    """Owner of the baseline in use and of this camera's own calibration against it. For the frame loop's thread.

    The baseline's own calibration serves if this camera is one of its sources, until the drift watch finds a shift.
    Else the p-values come from this camera's own recent sightings.
    """

    def __init__(self, baseline: Baseline, name: str, source: str, own: CameraBaseline | None = None) -> None:
        """`name` is the baseline's id, empty while collecting; `source` is this camera, as `place/camera`."""
        self.baseline, self.id = baseline, name
        self.drift = baseline.drift(np.random.default_rng())
        self._is_known = source in baseline.sources
        self._own = own if name else None

    @property
    def mode(self) -> Literal["collect", "spot"]:
        return "spot" if self.id else "collect"

    @property
    def is_trusted(self) -> bool:
        """True if the p-values come from the baseline's own calibration."""
        if self._own is None or not self._is_known:
            return self._own is None
        return self.drift.shift is None or self._own.sightings < FIRST_SCORES

    @property
    def recalibrating(self) -> int | None:
        """Number of own sightings that p-values come from while these are too few; None otherwise."""
        if self._own is None or self.is_trusted or self._own.is_calibrated:
            return None
        return self._own.sightings

    @property
    def is_unlike(self) -> bool:
        """True if the baseline is of other cameras and this one's people clearly differ from theirs."""
        return self._own is not None and not self._is_known and self._own.is_unlike

    @property
    def is_calibrated(self) -> bool:
        """True unless the baseline itself holds too few sightings to give scores."""
        return self.baseline.is_calibrated or not self.is_trusted

    def score(self, appearance: Appearance, context: str) -> Score:
        """Score one sighting without counting it."""
        using = self.baseline if self.is_trusted or self._own is None else self._own
        return using.score(appearance, context)

    def take(self, appearance: Appearance, context: str) -> None:
        """Count one sighting for the drift watch and for this camera's own calibration, after it was scored."""
        if self._own is None:
            return
        if self.baseline.is_calibrated:
            self.baseline.watch(appearance, self.drift)
        self._own.learn(appearance, context)

    def save(self, state: Path) -> None:
        """Save this camera's own counts, to be called whenever the collected ones are, in steps of BATCH.

        Fewer than BATCH are not saved. If the disk cannot be written they are saved later.
        """
        if self._own is None or self._own.sightings < BATCH:
            return
        kept = Baseline(self.baseline.recipe, counts=self._own.counts, epoch=self.id)
        try:
            baseline_file.save(kept, state / OWN)
        except BaselineError as err:
            log.error("%s; the recalibration stays in memory and is saved later", err)


def open_active_baseline(
    config: NodeConfig, instruction: Instruction | None, collected: Baseline
) -> tuple[ActiveBaseline, Problem | None]:
    """Open the baseline in use; the problem is for the heartbeat and None unless a last good copy had to be used.

    Raises BaselineError if `score.baseline` is missing, damaged or made with another recipe than `collected`, and
    the state folder has no good copy of it.
    """
    baseline, name, repair = collected, "", None
    state, section = Path(config.state), config.score
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
    own = _own(baseline, name, state, section)
    return ActiveBaseline(baseline, name, source_name(config.site, config.node), own), repair


def _own(baseline: Baseline, name: str, state: Path, section: ScoreSection) -> CameraBaseline:
    """Return this camera's own counts against the baseline `name`: saved ones, or none yet."""
    counts = None
    try:
        found = baseline_file.load(state / OWN, recipe=baseline.recipe) if (state / OWN).exists() else None
        counts = found.counts if found is not None and found.epoch == name else None
    except BaselineError as err:
        log.warning("%s; recalibration begins again", err)
    return CameraBaseline(baseline, min_sightings=section.min_sightings, counts=counts)
