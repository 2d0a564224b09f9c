"""Round the counts that leave a node, so that no number and no difference of two messages tells of a few people. Pure.

Every count becomes a multiple of FLOOR people: what one cell has beyond that waits until enough others share it. Two
messages therefore differ by 0, FLOOR, 2 FLOOR, ... in each cell. What waits is given for a whole row (`withheld`), so
that what few people wear is rare, but not as rare as what nobody wears (usual.py).
"""

import numpy as np

from edge.baseline_shapes import HISTOGRAMS, SHARE_UNIT, SHARES
from edge.limits import BATCH, FLOOR
from edge.records import Counts
from edge.score.counts import MOMENTS, BaselineCounts, rows_of

UNIT = FLOOR * SHARE_UNIT
"""FLOOR people in SHARE_UNITs. One sighting adds one share to a row at most, so it takes FLOOR sightings at least."""


def coarse(counts: BaselineCounts, before: BaselineCounts | None = None) -> BaselineCounts:
    """Return the counts as they may leave a node; `before` are those that left last, of the same epoch.

    Sums of feature vectors stay those of `before` until BATCH vectors more are in them: from the products of a few, the
    vectors themselves could be computed.
    """
    changes: dict[str, Counts] = {}
    rests = []
    for name in SHARES:
        rows = rows_of(counts, name)
        kept = rows // UNIT * UNIT
        changes[name] = kept.reshape(getattr(counts, name).shape)
        rests.append((rows - kept).sum(axis=1))
    changes["withheld"] = (counts.withheld + np.concatenate(rests)) // UNIT * UNIT
    changes |= {name: _by_fives(getattr(counts, name)) for name in HISTOGRAMS}
    for name in MOMENTS:
        changes |= _moments(counts, before, name)
    return counts._replace(**changes)


def _by_fives(histograms: Counts) -> Counts:
    """[rows, BINS] past values, sorted and cut into groups of FLOOR, each at the place of its middle one.

    So the number at least as high as any value is right within FLOOR / 2. The lowest few, who fill no group, are left
    out.
    """
    above = histograms[:, ::-1].cumsum(axis=1)[:, ::-1]
    groups = np.minimum((above + FLOOR // 2) // FLOOR, above[:, :1] // FLOOR)
    return np.asarray(FLOOR * (groups - np.pad(groups[:, 1:], ((0, 0), (0, 1)))), np.int64)


def _moments(counts: BaselineCounts, before: BaselineCounts | None, name: str) -> dict[str, Counts]:
    new = counts.moments(name)
    old = tuple(np.zeros_like(part) for part in new) if before is None else before.moments(name)
    chosen = new if int(new[0][0]) >= int(old[0][0]) + BATCH else old
    return dict(zip((f"{name}_n", f"{name}_sum", f"{name}_products"), chosen, strict=True))


def is_coarse(counts: BaselineCounts) -> bool:
    """Whether the counts are rounded, as those that left a node, and sums of such."""
    return not any((getattr(counts, name) % UNIT).any() for name in (*SHARES, "withheld")) and not any(
        (getattr(counts, name) % FLOOR).any() for name in HISTOGRAMS
    )
