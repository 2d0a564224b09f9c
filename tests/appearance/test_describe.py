import numpy as np
import pytest

from edge.appearance.colour import Light
from edge.appearance.describe import describe, geometry
from edge.config import AppearanceSection
from edge.vocabulary import GARMENTS, PATTERNS, REGIONS
from tests.people import detection, garment_map, person_picture, standing

SIZE = (720, 1280)
SECTION = AppearanceSection()
NEUTRAL = Light(np.ones(3, np.float32))


def test_a_clear_view_counts_and_better_ones_count_more() -> None:
    near, far = detection(standing(400, 50, 500)), detection(standing(400, 50, 160))
    assert 0 < geometry(far, [far], SIZE, SECTION, 1.0) < geometry(near, [near], SIZE, SECTION, 1.0) <= 1


@pytest.mark.parametrize(
    ("x", "top", "height"), [(400, 50, 40), (5, 50, 500), (1278, 50, 500), (400, -150, 500)], ids=str
)
def test_too_small_or_cut_by_the_picture_does_not_count(x: float, top: float, height: float) -> None:
    person = detection(standing(x, top, height))
    assert geometry(person, [person], SIZE, SECTION, 1.0) == 0


def test_who_is_cut_at_the_side_waits_for_a_better_view() -> None:
    """In all three views the torso is inside the picture; in the first an arm is not."""
    views = [detection(standing(x, 50, 400)) for x in (45, 60, 400)]
    cut, less, whole = (geometry(person, [person], SIZE, SECTION, 1.0) for person in views)
    assert 0 < cut < less < whole
    assert cut < 0.7 * whole


def test_an_unsure_torso_does_not_count() -> None:
    person = detection(standing(400, 50, 500))
    person.confidences[11] = 0.1
    assert geometry(person, [person], SIZE, SECTION, 1.0) == 0


def test_somebody_nearer_in_front_costs_and_somebody_behind_does_not() -> None:
    person = detection(standing(400, 50, 400))
    nearer, behind = detection(standing(420, 80, 480)), detection(standing(420, 40, 300))
    alone = geometry(person, [person], SIZE, SECTION, 1.0)
    assert geometry(person, [person, behind], SIZE, SECTION, 1.0) == alone
    assert geometry(person, [person, nearer], SIZE, SECTION, 1.0) < 0.5 * alone


@pytest.mark.parametrize("has_map", [True, False])
@pytest.mark.parametrize(("bare_legs", "word"), [(False, "covered-legs"), (True, "bare-legs")])
def test_a_view_is_shares_and_moments(bare_legs: bool, word: str, has_map: bool) -> None:
    pixels, person, truth = person_picture(bare_legs=bare_legs)
    view = describe(pixels, person, [person], garment_map(truth) if has_map else None, NEUTRAL, 0.9)
    assert view is not None
    assert view.palettes.shape[0] == view.patterns.shape[0] == len(REGIONS)
    assert view.patterns.shape[1] == len(PATTERNS)
    np.testing.assert_allclose(view.palettes[[0, -1]].sum(axis=1), 1, atol=1e-5)
    assert 0 < view.quality <= 0.9
    assert GARMENTS[int(view.garments.argmax())] == word
    assert view.palettes[1].sum() == pytest.approx(0 if bare_legs else 1, abs=1e-5), "bare thighs are no garment"
    is_seen = np.asarray(view.palettes.any(axis=1))
    assert is_seen[REGIONS.index("shoes")] == is_seen[REGIONS.index("carried")] == has_map


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_pattern_map_says_which_pattern(kind: str) -> None:
    pixels, person, truth = person_picture()
    view = describe(pixels, person, [], garment_map(truth, kind), NEUTRAL, 0.9)
    assert view is not None
    assert [PATTERNS[int(row.argmax())] for row in view.patterns[:2]] == [kind, kind]
    np.testing.assert_allclose(view.patterns[[0, 1, -1]].sum(axis=1), 1, atol=1e-5)


def test_somebody_without_a_visible_garment_is_not_described() -> None:
    pixels, person, truth = person_picture()
    assert describe(pixels, person, [], garment_map(np.zeros_like(truth)), NEUTRAL, 0.9) is None
    outside = detection(standing(-900, -900, 300))
    assert describe(pixels, outside, [], garment_map(truth), NEUTRAL, 0.9) is None
