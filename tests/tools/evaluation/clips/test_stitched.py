"""Skeletons over two people, and skeletons of impossible proportions."""

from tests.tools.evaluation.clips.made_up import body
from tools.evaluation.clips.match import body_box
from tools.evaluation.clips.stitched import is_implausible, spans_two

ONE, BESIDE = body_box(body(100)), body_box(body(200))


def test_a_sound_skeleton_is_on_one_person_even_in_front_of_another() -> None:
    assert not spans_two(body(100), [ONE, BESIDE])
    assert not spans_two(body(100), [ONE, ONE])
    assert not spans_two(body(100), [])


def test_half_of_a_skeleton_on_each_is_on_two() -> None:
    both = body(100)
    both.keypoints[1::2, 0] += 100
    assert spans_two(both, [ONE, BESIDE])
    both.confidences[1::2] = 0.1
    assert not spans_two(both, [ONE, BESIDE]), "what is not believed lies nowhere"


def test_a_hand_on_somebody_else_is_not_on_two() -> None:
    reaching = body(100)
    reaching.keypoints[[7, 9], 0] += 100
    assert not spans_two(reaching, [ONE, BESIDE])


def test_hips_and_legs_have_their_limits() -> None:
    """A standing stick person's torso is 0.3 of the height, 60 pixels here."""
    assert not is_implausible(body(100))
    wide = body(100)
    wide.keypoints[[11, 12], 0] = 127, 73
    assert not is_implausible(wide)
    wide.keypoints[[11, 12], 0] = 128, 73
    assert is_implausible(wide)
    leggy = body(100)
    leggy.keypoints[15, 1] += 47
    assert is_implausible(leggy), "from 92 pixels to 139, of at most 138"
    leggy.confidences[13] = 0.2
    assert not is_implausible(leggy)
