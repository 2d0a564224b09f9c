"""Assign detections to tracks: similarity of all pairs at once, and the best one-to-one choice. Pure.

Association runs twice, as in ByteTrack (Zhang et al., ECCV 2022): sure detections first, then the unsure ones for the
tracks that are left. Similarity is that of keypoints, since the detector gives poses.
"""

import numpy as np

from edge.records import Flags, Floats

KAPPA = 0.10
"""Tolerated keypoint error, in body heights. COCO's constants (0.025-0.107 of the square root of the area, keypoint
evaluation of cocodataset.org) are for labels of one picture; this also covers the movement between two frames."""

GAP_TOLERANCE = 2.0
"""Growth of the tolerated error per second without a detection, as a share: the velocity becomes a guess."""

STRAYED = 0.25
"""Factor on the similarity if the torso is far from its predicted place: people rarely turn at once."""

FRESH_S = 0.25
"""Seconds without a detection, beyond one frame, in which a track's claim on a detection falls to 1/e: who was seen in
the frame before comes before who was lost a while ago, since the latter's tolerance has grown. It orders claims; where
nobody else claims a detection, similarity alone decides."""


def pose_similarity(expected: Floats, found: Floats, tolerance: Floats) -> Floats:
    """Object keypoint similarity [tracks, detections], 0..1, over all 17 keypoints, believed or not.

    `expected` [tracks, 17, 2] and `found` [detections, 17, 2] are poses in pixels; `tolerance` [tracks] is in pixels.
    Hidden keypoints are guessed well enough, and limbs tell people apart who stand close together.

    >>> pose = np.zeros((1, 17, 2), np.float32)
    >>> pose_similarity(pose, pose, np.ones(1, np.float32)).tolist()
    [[1.0]]
    """
    squared = squared_distance(expected[:, None], found[None])
    return np.asarray(np.exp(-squared / (2 * tolerance[:, None, None] ** 2)).mean(axis=-1), np.float32)


def squared_distance(one: Floats, other: Floats) -> Floats:
    """Squared distance [...] of points [..., 2]; several times as fast as a sum over an axis of two."""
    step = one - other
    step *= step
    return np.asarray(step[..., 0] + step[..., 1], np.float32)


def steadiness(expected: Floats, found: Floats, spread: Floats) -> Floats:
    """Factor STRAYED..1 [tracks, detections] for a torso's distance from its predicted place.

    `expected` [tracks, 2] and `found` [detections, 2] are in pixels, `spread` [tracks] is the prediction's standard
    deviation in pixels; infinity where the velocity is not known yet.
    """
    squared = squared_distance(expected[:, None], found[None])
    return np.asarray(STRAYED + (1 - STRAYED) * np.exp(-squared / (2 * spread[:, None] ** 2)), np.float32)


def freshness(unseen_s: Floats, frame_s: float) -> Floats:
    """Factor 0..1 [tracks] for the seconds since each was seen; 1 for those of the frame before, `frame_s` ago."""
    return np.asarray(np.exp(-np.maximum(unseen_s - frame_s, 0) / FRESH_S), np.float32)


def match(claims: Floats, is_possible: Flags) -> list[tuple[int, int]]:
    """Match tracks and detections: pairs (row, column), each row and column at most once, claims largest in sum.

    `claims` [tracks, detections] are at least 0; pairs outside `is_possible` [tracks, detections] are never matched.
    The Hungarian method with shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987) in plain Python: for
    the few people of one picture it takes a fraction of a millisecond, and SciPy would be 100 MB on every node for this
    alone. Mostly everybody's first choice is another one, and that is the answer.

    >>> claims = np.array([[0.9, 0.8], [0.8, 0.1]], np.float32)
    >>> match(claims, claims >= 0.2)
    [(0, 1), (1, 0)]
    """
    rows, columns = np.flatnonzero(is_possible.any(axis=1)), np.flatnonzero(is_possible.any(axis=0))
    if len(rows) > len(columns):
        return sorted((row, column) for column, row in match(claims.T, is_possible.T))
    gains = np.where(is_possible, claims, 0)[rows[:, None], columns].astype(float)
    chosen = gains.argmax(axis=1).tolist() if len(rows) else []
    if len(set(chosen)) < len(chosen):  # two have the same first choice
        owner = _assign((-gains).tolist())
        chosen = sorted(owner, key=owner.__getitem__)
    pairs = zip(rows.tolist(), columns[chosen].tolist(), strict=True) if chosen else ()
    return [(row, column) for row, column in pairs if is_possible[row, column]]


def _assign(cost: list[list[float]]) -> dict[int, int]:
    """Return {column: row} of least total cost, for every row; there are at least as many columns as rows."""
    columns = range(len(cost[0]))
    of_row, of_column = [0.0] * len(cost), [0.0] * len(cost[0])
    owner: dict[int, int] = {}
    for new in range(len(cost)):
        away, before = [float("inf")] * len(columns), [-1] * len(columns)
        open_columns = set(columns)
        row, here, reached = new, -1, 0.0
        path: list[tuple[int, float]] = []
        while True:
            for column in open_columns:
                step = reached + cost[row][column] - of_row[row] - of_column[column]
                if step < away[column]:
                    away[column], before[column] = step, here
            here = min(open_columns, key=away.__getitem__)
            reached = away[here]
            open_columns.remove(here)
            path.append((here, reached))
            if here not in owner:
                break
            row = owner[here]
        of_row[new] += reached
        for column, at in path[:-1]:
            of_row[owner[column]] += reached - at
            of_column[column] -= reached - at
        while here != -1:
            owner[here] = owner[before[here]] if before[here] != -1 else new
            here = before[here]
    return owner
