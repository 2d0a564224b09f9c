"""The counts of this node's sightings: kept over restarts, begun again with each epoch, handed out in batches."""

import logging
import secrets
from pathlib import Path

from edge.errors import BaselineError
from edge.limits import BATCH
from edge.problems import Problem, problem
from edge.recipe import Recipe
from edge.records import Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.coarse import coarse
from edge.score.counts import empty

log = logging.getLogger(__name__)

COLLECTED = "collected.baseline"
"""File from which counting continues; it never leaves this node."""
SNAPSHOT = "snapshot.baseline"
"""File with the counts that may leave this node: rounded, so that they tell of no few people (score/coarse.py).

Both are written together, with at least BATCH sightings more than before: two copies that differ by one person, side by
side or in free blocks of a stolen card, would describe that person. What came since is in memory, and lost at the end.
"""


class Collector:
    """Owner of this node's counts; its one verb is `learn`. Used by the frame loop's thread."""

    def __init__(self, folder: Path, recipe: Recipe, *, min_sightings: int) -> None:
        """Load the saved counts; a file that is damaged or of another recipe is renamed to `*.old`."""
        self._folder, self._recipe, self._min_sightings = folder, recipe, min_sightings
        self.repair: Problem | None = None
        """What was damaged and what is used instead; None if nothing was."""
        self.baseline = self._open()
        self.snapshot: bytes | None = None
        """The counts to publish; replaced by another object when there are more. Any thread may read it."""
        self._handed_over = 0
        """Sightings in the newest snapshot of this epoch."""
        self._left = empty(recipe)
        """Its counts."""
        self._on_card = self.baseline.sightings
        """Most sightings of this epoch that were ever saved."""
        self._open_snapshot()

    def learn(self, appearance: Appearance, context: str, at: float) -> bool:
        """Count one sighting; `at` is UTC, in seconds. Returns True if the counts were saved with it."""
        self.baseline.learn(appearance, context, at=at)
        if self.baseline.sightings < max(self._handed_over, self._on_card) + BATCH:
            return False
        if not _write(baseline_file.to_bytes(self.baseline), self._folder / COLLECTED):
            return False
        self._on_card = self.baseline.sightings
        leaving = coarse(self.baseline.counts, self._left)
        content = baseline_file.to_bytes(
            Baseline(self._recipe, counts=leaving, epoch=self.baseline.epoch, period=self.baseline.period)
        )
        if not _write(content, self._folder / SNAPSHOT):
            return False
        self.snapshot, self._handed_over, self._left = content, self.baseline.sightings, leaving
        return True

    def begin(self) -> None:
        """Begin a new epoch with empty counts. Sightings since the last batch are lost: too few to leave the node."""
        self.baseline, self._handed_over, self._on_card, self._left = self._empty(), 0, 0, empty(self._recipe)
        _write(baseline_file.to_bytes(self.baseline), self._folder / COLLECTED)

    def _empty(self) -> Baseline:
        return Baseline(self._recipe, min_sightings=self._min_sightings, epoch=secrets.token_hex(8))

    def _open(self) -> Baseline:
        path = self._folder / COLLECTED
        if not path.exists():
            return self._empty()
        try:
            found = baseline_file.load(path, min_sightings=self._min_sightings)
        except BaselineError as err:
            self._put_aside(path, str(err))
            return self._last_batch()
        if found.recipe != self._recipe:
            self._put_aside(path, f"{path}: was learnt with {found.recipe.differences(self._recipe)}")
            return self._empty()
        found.epoch = found.epoch or secrets.token_hex(8)
        return found

    def _put_aside(self, path: Path, why: str) -> None:
        aside = path.replace(path.with_suffix(".baseline.old"))
        log.warning("%s; the file was renamed to %s", why, aside)

    def _last_batch(self) -> Baseline:
        """Replace damaged counts by those of the newest snapshot, at most a batch fewer; without one, by none."""
        try:
            last = baseline_file.load(self._folder / SNAPSHOT, min_sightings=self._min_sightings, recipe=self._recipe)
        except BaselineError:
            last = self._empty()
        last.epoch = last.epoch or secrets.token_hex(8)
        self.repair = problem("counts-damaged", last.sightings // BATCH * BATCH)
        return last

    def _open_snapshot(self) -> None:
        """Publish the newest snapshot again. After a kill it may hold more than the saved counts; then it is used."""
        try:
            last = baseline_file.load(self._folder / SNAPSHOT, min_sightings=self._min_sightings, recipe=self._recipe)
        except BaselineError:
            return
        if not last.epoch or last.sightings < BATCH:
            return
        self.snapshot = baseline_file.to_bytes(last)
        if last.epoch == self.baseline.epoch:
            self._handed_over, self._left = last.sightings, last.counts
            self.baseline = max(self.baseline, last, key=lambda one: one.sightings)


def _write(content: bytes, path: Path) -> bool:
    """Write a file; returns False if the disk could not be written."""
    try:
        baseline_file.write(content, path)
    except BaselineError as err:
        log.error("%s; counts stay in memory and are saved later", err)
        return False
    return True
