"""Sightings to counts that outlive a restart, epoch by epoch, and to the batches of them that may leave the node."""

import logging
import secrets
from pathlib import Path

from edge.errors import BaselineError
from edge.limits import BATCH
from edge.recipe import Recipe
from edge.records import Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline

log = logging.getLogger(__name__)

COLLECTED = "collected.baseline"
"""All counts of this epoch, for this node alone to go on with."""
SNAPSHOT = "snapshot.baseline"
"""The counts that may leave this node: they grow by BATCH sightings or more."""


class Collector:
    """Owner of what this node counts; its one verb is `learn`. Used by the frame loop's thread."""

    def __init__(self, folder: Path, recipe: Recipe, *, min_sightings: int) -> None:
        """Goes on with what was counted before; what that recipe or this software cannot use is put aside."""
        self._folder, self._recipe, self._min_sightings = folder, recipe, min_sightings
        self.repair = ""
        """What was damaged, and what is used instead, in a sentence; empty: nothing was."""
        self.baseline = self._open()
        self.snapshot: bytes | None = None
        """What to publish; another object as soon as there is more. May be read by any thread."""
        self._handed_over = 0
        """Sightings in the newest snapshot of this epoch."""
        self._open_snapshot()

    def learn(self, appearance: Appearance, context: str, at: float) -> None:
        """Count one sighting of that time (seconds since 1970)."""
        self.baseline.learn(appearance, context, at=at)
        if self.baseline.sightings >= self._handed_over + BATCH:
            content = baseline_file.to_bytes(self.baseline)
            if _write(content, self._folder / SNAPSHOT):
                self.snapshot, self._handed_over = content, self.baseline.sightings

    def save(self) -> None:
        """On a disk that takes nothing counts go on in memory, and are saved later."""
        _write(baseline_file.to_bytes(self.baseline), self._folder / COLLECTED)

    def begin(self) -> None:
        """A new epoch from nothing. What was counted since the last batch goes: it is too few to leave the node."""
        self.baseline, self._handed_over = self._empty(), 0
        self.save()

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
        log.warning("%s; put aside as %s", why, aside)

    def _last_batch(self) -> Baseline:
        """In place of damaged counts: those of the newest snapshot, at most a batch fewer; else none."""
        try:
            last = baseline_file.load(self._folder / SNAPSHOT, min_sightings=self._min_sightings, recipe=self._recipe)
        except BaselineError:
            last = self._empty()
        last.epoch = last.epoch or secrets.token_hex(8)
        self.repair = (
            f"The collected counts were damaged: they go on from {last.sightings} people; change the card if this "
            "comes again."
        )
        return last

    def _open_snapshot(self) -> None:
        """The newest batch is handed over again; after a kill it may have more than what was saved for going on."""
        try:
            last = baseline_file.load(self._folder / SNAPSHOT, min_sightings=self._min_sightings, recipe=self._recipe)
        except BaselineError:
            return
        if not last.epoch or last.sightings < BATCH:
            return
        self.snapshot = baseline_file.to_bytes(last)
        if last.epoch == self.baseline.epoch:
            self._handed_over = last.sightings
            self.baseline = max(self.baseline, last, key=lambda one: one.sightings)


def _write(content: bytes, path: Path) -> bool:
    """Whether the disk took it."""
    try:
        baseline_file.write(content, path)
    except BaselineError as err:
        log.error("%s; counts go on in memory and are saved later", err)  # noqa: TRY400 - it goes on
        return False
    return True
