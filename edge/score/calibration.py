"""A histogram of past scores to a p-value with its error bar. Pure; histograms add."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.interval import wilson

BINS, BIN_BITS = 640, 0.1
"""Raw scores of 0 to 64 bits in steps of a tenth; the last bin takes all above."""

TAIL = 0.2
"""Share of past scores from which on the tail is smoothed; of .1, .2 and none this found most on photos."""


class Rarity(NamedTuple):
    """One score against n earlier ones."""

    p_value: float
    low: float
    """Lower end of the 95 % interval of 1 / p."""
    high: float | None
    """Upper end, at most n + 1; None where none of the n was as unusual, so that nothing bounds it."""


def bin_of(raw: float) -> int:
    """The histogram bin of a raw score in bits."""
    return min(max(int(raw / BIN_BITS), 0), BINS - 1)


def rarity(histogram: NDArray[np.int64], raw: float) -> Rarity:
    """Conformal p-value (1 + #{at least as unusual}) / (n + 1), with the Wilson score interval of 1 / p.

    Vovk et al. 2005, "Algorithmic Learning in a Random World", ch. 2; Wilson 1927. Scores in the same bin count
    as at least as unusual, so the p-value errs on the ordinary side.

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


def tail_bits(histogram: NDArray[np.int64], raw: float, cap: float) -> float:
    """-log2 of the share of past scores at least this high, at most `cap`; 0 without any past.

    Beyond the highest TAIL of them an exponential of their mean excess, so that what a few dozen sightings call rare
    means the same as what thousands do: only the joined score, which is calibrated by counts alone, is ever claimed.

    >>> past = np.zeros(BINS, np.int64)
    >>> past[:4] = 1
    >>> tail_bits(past, 0.2, 8.0)
    0.7369655941662062
    """
    n = int(histogram.sum())
    if n == 0:
        return 0.0
    at, tail = bin_of(raw), histogram[::-1].cumsum()[::-1]
    first = max(int(np.searchsorted(-tail, -max(TAIL * n, 1.0), "right")) - 1, 0)
    bits = float(np.log2((n + 1) / (1 + tail[min(at, first)])))
    if at > first:
        excess = float(histogram[first:] @ (np.arange(len(histogram) - first) + 0.5)) / max(int(tail[first]), 1)
        bits += (at - first) / excess / float(np.log(2))
    return min(cap, bits)
