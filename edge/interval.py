"""Confidence interval of a share; pure, used by node and booth."""

import math

Z95 = 1.959964
"""Normal quantile of a two-sided 95 % interval."""


def wilson(count: float, n: float) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share, given `count` of `n` (Wilson 1927).

    >>> wilson(0, 0)
    (0.0, 1.0)
    >>> [round(end, 3) for end in wilson(5, 100)]
    [0.022, 0.112]
    """
    if n == 0:
        return 0.0, 1.0
    share, z2 = count / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return (middle - half if count else 0.0), (middle + half if count < n else 1.0)
