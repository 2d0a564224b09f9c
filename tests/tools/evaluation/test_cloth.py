"""Held-out cloth on a flat canvas: of the requested kind, at the scale of clothes."""

import numpy as np
import pytest

from edge.vocabulary import PATTERNS
from tools.evaluation.cloth import MOTIF_CM, PERIOD_CM, spread
from tools.evaluation.drawings import Pen
from tools.training.swatches import Swatch

CM = 4.0
REAL = [kind for kind in PATTERNS if kind != "graphic"]


def swatch(kind: str) -> Swatch:
    """Return a swatch: green if plain; else black and white squares with a red spot of its own size."""
    tile = np.zeros((64, 64, 3), np.uint8)
    tile[:32, :32] = tile[32:, 32:] = 255
    tile[: 2 * REAL.index(kind) + 2, :16] = (255, 0, 0)
    if kind == "plain":
        tile[:] = (0, 128, 0)
    return Swatch(kind, kind, tile, 64.0)


SWATCHES = [swatch(kind) for kind in REAL]


def canvas(kind: str, seed: int) -> np.ndarray:
    pen = Pen(np.full((500, 400, 3), 77, np.uint8), np.random.default_rng(seed), CM, ())
    spread(pen, SWATCHES, kind)
    return pen.canvas


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_same_seed_spreads_the_same(kind: str) -> None:
    assert (canvas(kind, 1) == canvas(kind, 1)).all()


@pytest.mark.parametrize("kind", REAL[1:])
def test_the_whole_canvas_is_of_that_cloth(kind: str) -> None:
    spread_out = canvas(kind, 2)
    assert not (spread_out == 77).all(axis=2).any()
    red = (spread_out[..., 0].astype(float) - spread_out[..., 1]).mean() / 255
    share = (2 * REAL.index(kind) + 2) * 16 / 64**2
    assert red == pytest.approx(share, rel=0.25)


def test_a_period_is_as_long_as_on_clothes() -> None:
    for seed in range(8):
        flips = int(np.count_nonzero(np.diff((canvas("busy", seed)[250, :, 2] > 127).astype(int))))
        period_cm = 2 * 400 / max(flips, 1) / CM
        assert 0.6 * PERIOD_CM[0] < period_cm < 1.6 * PERIOD_CM[1]


def test_a_graphic_is_busy_cloth_in_the_middle_of_plain_cloth() -> None:
    for seed in range(8):
        is_plain = (canvas("graphic", seed) == (0, 128, 0)).all(axis=2)
        assert is_plain[:100].all()
        assert is_plain[:, :100].all()
        assert not is_plain[240:260, 190:210].any()
        rows = np.count_nonzero(~is_plain.all(axis=1)) / CM
        assert MOTIF_CM[0] - 1 <= rows <= MOTIF_CM[1] + 1
