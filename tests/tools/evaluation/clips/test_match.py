"""Pairs of boxes with known overlaps."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tools.evaluation.clips.made_up import body
from tools.evaluation.clips.match import ASKEW, ON_NOBODY, SECOND, body_box, fault, ignored, iou, matched, shared

BOX = (0.0, 0.0, 40.0, 100.0)


def moved(x: float, y: float = 0.0) -> tuple[float, float, float, float]:
    return BOX[0] + x, BOX[1] + y, BOX[2] + x, BOX[3] + y


def test_a_body_reaches_beyond_its_keypoints() -> None:
    one = body(100, height=200, top=50)
    x1, y1, x2, y2 = one.box
    tall, half = y2 - y1, 1.15 * (x2 - x1) / 2
    assert body_box(one) == pytest.approx((100 - half, y1 - 0.06 * tall, 100 + half, y2 + 0.08 * tall))
    from_the_side = body_box(replace(one, box=(99.0, y1, 101.0, y2)))
    assert from_the_side[::2] == pytest.approx((100 - 0.17 * tall, 100 + 0.17 * tall))


def test_areas_and_overlaps() -> None:
    inter, first, second = shared([BOX], [moved(20), moved(100)])
    assert inter.tolist() == [[2000, 0]]
    assert (first.tolist(), second.tolist()) == ([[4000]], [[4000, 4000]])
    assert iou([BOX], [moved(20)]) == pytest.approx(np.array([[2000 / 6000]]))
    assert iou([], [BOX]).shape == (0, 1)


def test_each_is_paired_once_and_the_overlaps_are_the_most_together() -> None:
    """The first found box overlaps both people; it goes to the one that no other box overlaps."""
    known, found = [moved(0), moved(15)], [moved(8), moved(20)]
    assert matched(known, found) == {0: 0, 1: 1}
    assert matched(known, [moved(300)]) == {}
    assert matched([], found) == matched(known, []) == {}


def test_too_little_overlap_is_no_pair() -> None:
    assert matched([BOX], [moved(21)]) == {0: 0}, "19 / 61"
    assert matched([BOX], [moved(22)]) == {}, "18 / 62"


def test_what_lies_half_in_a_region_or_on_one_is_ignored() -> None:
    large, small = (0.0, 0.0, 400.0, 400.0), (0.0, 60.0, 40.0, 100.0)
    assert ignored([moved(380), moved(381)], [large]).tolist() == [True, False]
    assert ignored([BOX], [small]).tolist() == [True], "0.4 of the two together"
    assert ignored([BOX], []).tolist() == [False]


def test_what_is_wrong_with_a_box_that_is_nobodys() -> None:
    assert fault(moved(5), [BOX]) == SECOND
    assert fault((0, 0, 200, 100), [BOX, moved(100)]) == ASKEW, "all of a person inside, and much else"
    assert fault(moved(39), [BOX]) == ON_NOBODY
    assert fault(BOX, []) == ON_NOBODY
