"""P-values with error bars, from histograms of past scores. Pure; histograms can be added."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.interval import wilson

BINS, BIN_BITS = 640, 0.1
"""Number and width (bits) of the bins: raw scores of 0 to 64 bits; the last bin takes all above."""

TAIL = 0.2
"""Share of past scores, the highest ones, that is smoothed; of .1, .2 and none this found most on photos."""


class Rarity(NamedTuple):
    """The rarity of one score among n earlier ones."""

    p_value: float
    low: float
    """Lower end of the 95 % interval of 1 / p."""
    high: float | None
    """Upper end, at most n + 1; None if none of the n was as unusual, so that there is no upper limit."""


def bin_of(raw: float) -> int:
    """Return the histogram bin of a raw score in bits."""
    return min(max(int(raw / BIN_BITS), 0), BINS - 1)


def rarity(histogram: NDArray[np.int64], raw: float) -> Rarity:
    """Conformal p-value (1 + #{at least as unusual}) / (n + 1), with the Wilson score interval of 1 / p.

    `histogram` [BINS] holds the past scores, `raw` is the new one in bits. Sources: Vovk et al. 2005, "Algorithmic
    Learning in a Random World", ch. 2; Wilson 1927. Scores in the same bin count as at least as unusual, so the
    p-value is never too small.

    >>> past = np.zeros(BINS, np.int64)
    >>> past[bin_of(1.0)] = 99
    >>> rarity(past, 5.0).p_value
    0.01
    >>> rarity(past, 1.0).p_value
    1.0
    """
    n = int(histogram.sum())
    above = int(histogram[bin_of(raw) :].sum())
    low_p, high_p = wilson(above, n)
    p_value = (1 + above) / (n + 1)
    high = min(max(1 / low_p, 1 / p_value), n + 1) if above else None
    return Rarity(p_value, min(1 / high_p, 1 / p_value), high)


def estimated(bits: float, n: int) -> Rarity:
    """Return the rarity that `bits` of a smoothed tail mean, from n past scores: never rarer than 1 in n + 1.

    For few past scores, which counts alone would make coarse: the interval is that of a share of as many (Wilson 1927).

    >>> round(estimated(2.0, 60).p_value, 3), round(estimated(20.0, 59).p_value, 4)
    (0.25, 0.0167)
    """
    p_value = max(2.0**-bits, 1 / (n + 1))
    above = p_value * n
    low_p, high_p = wilson(above, n)
    is_counted = above >= 1
    return Rarity(p_value, min(1 / high_p, 1 / p_value), min(1 / low_p, n + 1) if is_counted else None)


def tail_bits(histogram: NDArray[np.int64] | NDArray[np.float64], raw: float, cap: float) -> float:
    """-log2 of the share of past scores at least as high as `raw` (bits), at most `cap` bits; 0 without past scores.

    `histogram` [BINS] holds the past scores, or weights of them. Within the highest TAIL of them an exponential with
    their mean excess replaces the counts, so that a few dozen sightings give about the same bits as thousands. Only the
    joined score, which is calibrated by counts alone, is ever stated as a probability.

    >>> past = np.zeros(BINS, np.int64)
    >>> past[:4] = 1
    >>> tail_bits(past, 0.2, 8.0)
    0.7369655941662062
    """
    n = float(histogram.sum())
    if n == 0:
        return 0.0
    at, tail = bin_of(raw), histogram[::-1].cumsum()[::-1]
    first = max(int(np.searchsorted(-tail, -max(TAIL * n, 1.0), "right")) - 1, 0)
    bits = float(np.log2((n + 1) / (1 + tail[min(at, first)])))
    if at > first:
        excess = float(histogram[first:] @ (np.arange(len(histogram) - first) + 0.5)) / max(float(tail[first]), 1.0)
        bits += (at - first) / excess / float(np.log(2))
    return min(cap, bits)
