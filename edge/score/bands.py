"""Bands of people who were seen equally well, so that nobody is rarer for being far away or for hidden legs.

Features of small people, and of people without legs in view, are noisier or fewer, which moves their joined scores as a
whole. Each score is therefore compared within its band first (Mondrian conformal prediction: Vovk, Gammerman and Shafer
2005, "Algorithmic Learning in a Random World", section 4.5). Pure.
"""

import numpy as np
from numpy.typing import NDArray

from edge.records import Appearance, Counts
from edge.score.calibration import BINS, tail_bits

HEIGHTS_PX = (100.0, 150.0, 250.0)
"""Borders between the bands of height, in pixels of the camera's picture; each is about 1.6 times the one before."""
LEGS = 2
"""Number of bands by legs: not seen, seen."""
BANDS = LEGS * (len(HEIGHTS_PX) + 1)
FEW = 15.0
"""Weight of the coarser band, in sightings: a band with fewer than that is mostly compared with the coarser one."""
MOST_BITS = 60.0
"""Most bits of one comparison; the range of the histograms is 64."""

Weights = NDArray[np.float64]


def band_of(seen: Appearance) -> int:
    """Return the band of an appearance, 0 to BANDS - 1: by legs seen or not, then by height."""
    height = int(np.searchsorted(HEIGHTS_PX, seen.height, "right"))
    return int(seen.garments.any()) * (len(HEIGHTS_PX) + 1) + height


def fair_bits(bands: Counts | Weights, band: int, joined: float) -> float:
    """Return the tail bits of a joined score among the past ones of its band; 0 without past scores.

    `bands` [BANDS, BINS] holds the past joined scores of each band. Where a band has few, those of all heights with the
    same legs stand in, and where these are few, everybody: each coarser band adds FEW sightings to the finer one.
    """
    alike = bands.reshape(LEGS, -1, BINS)[band // (BANDS // LEGS)].sum(axis=0)
    coarse = alike + _weighing(bands.sum(axis=0))
    return tail_bits(bands[band] + _weighing(coarse), joined, MOST_BITS)


def _weighing(histogram: Counts | Weights) -> Weights:
    """[BINS] the histogram, scaled to a weight of at most FEW sightings."""
    total = float(histogram.sum())
    return np.asarray(histogram * min(1.0, FEW / max(total, 1e-9)), np.float64)
