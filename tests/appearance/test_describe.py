import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.appearance.colour import Light
from edge.appearance.describe import _quantile, complete, describe, draft
from edge.records import Floats
from edge.vocabulary import GARMENTS, PATTERNS, REGIONS
from tests.people import detection, garment_map, person_picture, standing

NEUTRAL = Light(np.ones(3, np.float32))


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


def test_a_view_below_the_wanted_quality_is_not_begun() -> None:
    pixels, person, truth = person_picture()
    view = describe(pixels, person, [], garment_map(truth), NEUTRAL, 0.9)
    assert view is not None
    assert draft(pixels, person, [], garment_map(truth), NEUTRAL, 0.9, view.quality) is not None
    assert draft(pixels, person, [], garment_map(truth), NEUTRAL, 0.9, view.quality + 1e-6) is None


def test_a_draft_knows_quality_and_colours_and_outlives_its_frame() -> None:
    pixels, person, truth = person_picture()
    view = describe(pixels, person, [], garment_map(truth), NEUTRAL, 0.9)
    begun = draft(pixels, person, [], garment_map(truth), NEUTRAL, 0.9)
    assert view is not None
    assert begun is not None
    pixels[:] = 0
    later = complete(begun)
    assert (later.quality, later.height) == (begun.quality, begun.height) == (view.quality, view.height)
    for one, other in ((later.palettes, view.palettes), (later.words, view.words), (later.texture, view.texture)):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(begun.colour, view.colour)


@given(values=arrays(np.float32, st.integers(2, 400), elements=st.floats(0, 300, width=32)), share=st.floats(0, 1))
def test_a_quantile_is_numpys(values: Floats, share: float) -> None:
    assert _quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-6)
