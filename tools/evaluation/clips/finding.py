"""Recall and precision at the labelled frames: is everyone found, and is every detection a person?"""

from collections import Counter
from collections.abc import Iterator, Mapping

from tools.evaluation.clips.counts import Counts
from tools.evaluation.clips.match import IGNORED, ON_PERSON, Boxes, fault, ignored, matched
from tools.evaluation.clips.truth import Box, Truth

BANDS = ("45-70", "70-90", "90-130", "130-180", "180+")
"""Bands of a person's height, in pixels of the model's input."""
LOWEST = (44.5, 70, 90, 130, 180)
"""Lower limit of each band in pixels. A box that was drawn 45 pixels tall may measure half a pixel less."""
EVERYBODY = "all"
TALL = 90
"""Height in pixels of the model's input from which a person must get a sighting."""


def band(height: float) -> str | None:
    """Return the band of a height; None below the lowest, where people are not looked for.

    >>> band(69.9), band(70), band(1000), band(44)
    ('45-70', '70-90', '180+', None)
    """
    fitting = [name for name, lowest in zip(BANDS, LOWEST, strict=True) if height >= lowest]
    return fitting[-1] if fitting else None


def finding(truth: Truth, boxes: Mapping[int, Boxes]) -> Counts:
    """Return counts of the groups `found`, `present` (by height, by view, by view if TALL) and `detections`.

    `boxes` [n, 4] are around bodies, in pixels of the clip, by frame.
    """
    counts: Counts = Counter()
    for number, people, regions in truth.each():
        here = boxes.get(number, [])
        pairs = matched(people.boxes, here)
        hit = set(pairs.values())
        for i, (name, box) in enumerate(zip(people.names, people.boxes, strict=True)):
            for group in _groups(truth, name, box):
                counts["present", group] += 1
                counts["found", group] += i in hit
        counts["detections", ON_PERSON] += len(pairs)
        spare = [box for j, box in enumerate(here) if j not in pairs]
        for box, is_ignored in zip(spare, ignored(spare, regions), strict=True):
            counts["detections", IGNORED if is_ignored else fault(box, people.boxes)] += 1
    return counts


def _groups(truth: Truth, name: str, box: Box) -> Iterator[str]:
    height, view = truth.height(box), truth.people[name].view
    if (tall := band(height)) is not None:
        yield from (tall, EVERYBODY, view)
    if height >= TALL:
        yield f"{view} tall"
