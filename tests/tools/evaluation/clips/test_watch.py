"""Frames that stay when a clip is re-sampled."""

import numpy as np
import pytest

from edge.records import Frame
from tests.tools.evaluation.clips.made_up import FRAMES, staying, truth
from tools.evaluation.clips.watch import resampled

NOTHING = np.zeros((1, 1, 3), np.uint8)


def kept(fps: float, *, labelled: bool, of: float = 10.0) -> list[int]:
    keep = resampled(fps, truth({"A": staying(100)}) if labelled else None)
    return [number for number in range(50) if keep(Frame(NOTHING, number / of, number))]


@pytest.mark.parametrize(
    ("fps", "between"), [(10, [0, 1, 2, 3, 4]), (4, [0, 2]), (2, [0]), (0.5, [0]), (30, [0, 1, 2, 3, 4])]
)
def test_every_labelled_frame_stays_and_the_others_are_between(fps: float, between: list[int]) -> None:
    assert kept(fps, labelled=True) == [first + offset for first in FRAMES for offset in between]


def test_without_labels_frames_stay_by_their_time() -> None:
    assert kept(5, labelled=False) == list(range(0, 50, 2))
    assert kept(10, labelled=False) == kept(100, labelled=False) == list(range(50))
    assert len(kept(4, labelled=False)) == 20
