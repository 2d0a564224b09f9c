"""The two-sided binomial test, without scipy, which the booth does not need otherwise; pure."""

import math

PRECISION, TINY, MOST_STEPS = 1e-12, 1e-300, 100_000
"""Where the continued fraction of `beta` ends, what stands for 0 in it, and its most steps."""


def binomial(count: int, n: int, share: float) -> float:
    """Two-sided p-value: twice the smaller tail of the binomial distribution, at most 1.

    >>> round(binomial(8, 10, 0.5), 4), binomial(5, 10, 0.5)
    (0.1094, 1.0)
    """
    share = min(max(share, 1e-9), 1 - 1e-9)
    lower = beta(1 - share, n - count, count + 1) if count < n else 1.0
    upper = beta(share, count, n - count + 1) if count else 1.0
    return min(2 * min(lower, upper), 1.0)


def beta(x: float, a: float, b: float) -> float:
    """Regularized incomplete beta function I_x(a, b), for x between 0 and 1, a and b above 0.

    At least k successes among n have the probability I_p(k, n - k + 1) (DLMF 8.17.5). The continued fraction 8.17.22
    of DLMF is evaluated by Lentz's method (Lentz 1976, Applied Optics 15(3)), which takes about sqrt(max(a, b)) steps.

    >>> round(beta(0.5, 2, 3), 4)
    0.6875
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(1 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    above, below = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, MOST_STEPS):
        before = value
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            below, above = 1 / _not_zero(1 + term * below), _not_zero(1 + term / above)
            value *= above * below
        if abs(value - before) <= PRECISION * abs(value):
            break
    return min(math.exp(scale) * value / a, 1.0)


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
