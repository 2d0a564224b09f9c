"""A site's keys, its nodes' counts, and the baseline that the booth signed."""

from pathlib import Path

import msgspec
import numpy as np

from edge import wire
from edge.baseline.freeze import frozen, signed
from edge.recipe import Recipe
from edge.score.baseline import Baseline
from edge.score.coarse import coarse
from edge.signing import make_keys
from tests.messages import NOW
from tests.outfits import RECIPE, ordinary


def learnt(sightings: int, *, recipe: Recipe = RECIPE, seed: int = 0, epoch: str = "0123456789abcdef") -> Baseline:
    """Return what one node counted, one person per minute."""
    rng = np.random.default_rng(seed)
    baseline = Baseline(recipe, epoch=epoch)
    for number in range(sightings):
        baseline.learn(ordinary(rng), at=NOW + 60 * number)
    return baseline


def left(baseline: Baseline) -> Baseline:
    """Return what leaves a node that counted this."""
    return Baseline(baseline.recipe, counts=coarse(baseline.counts), epoch=baseline.epoch, period=baseline.period)


class Site:
    """Keys in a folder, and messages signed with them."""

    def __init__(self, folder: Path, name: str = "booth") -> None:
        self.name, self.key, self.public = name, folder / f"{name}.key", folder / f"{name}.pub"
        make_keys(self.key, self.public)

    def message(self, counts: Baseline | None, *, at: float = NOW, **changes: object) -> wire.Frozen:
        """Return a signed order to spot with these counts, or to collect; `changes` are made before signing."""
        if counts is None:
            message = wire.Frozen(site=self.name, at=wire.to_time(at), mode="collect")
        else:
            message = frozen(counts, self.name, ["camera-1"], at)
        return signed(msgspec.structs.replace(message, **changes), self.key)

    def payload(self, counts: Baseline | None, *, at: float = NOW, **changes: object) -> bytes:
        return msgspec.json.encode(self.message(counts, at=at, **changes))
