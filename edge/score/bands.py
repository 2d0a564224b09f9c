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
"""Weight of the coarser band, in sightings. Of 4 to 60 about the least with which neither height nor hidden legs moved
scores, on photos shown small and cut."""
MOST_BITS = 60.0
"""Most bits of one comparison; the range of the histograms is 64."""

Weights = NDArray[np.float64]


def band_of(seen: Appearance) -> int:
    """Return the band of an appearance, 0 to BANDS - 1: by legs seen or not, then by height."""
    height = int(np.searchsorted(HEIGHTS_PX, seen.height, "right"))
    return int(seen.garments.any()) * (len(HEIGHTS_PX) + 1) + height


def fair_bits(bands: Counts | Weights, band: int, joined: float) -> float:
    """Return the tail bits of a joined score among the past ones of its band; 0 without past scores.

    `bands` [BANDS, BINS] holds the past joined scores of each band. A band with few is compared with all heights of the
    same legs too, and these with everybody: the share of scores at least as high is the mean of the finer and of the
    coarser band, the coarser one with a weight of FEW sightings.
    """
    alike = bands.reshape(LEGS, -1, BINS)[band // (BANDS // LEGS)].sum(axis=0)
    share = 2.0 ** -tail_bits(bands.sum(axis=0), joined, MOST_BITS)
    for finer in (alike, bands[band]):
        n = float(finer.sum())
        share = (n * 2.0 ** -tail_bits(finer, joined, MOST_BITS) + FEW * share) / (n + FEW)
    return float(-np.log2(share))
