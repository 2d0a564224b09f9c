"""Training pictures from made-up photos: the truth fits the picture, and equal seeds give equal pictures."""

import dataclasses

import numpy as np
import pytest

from edge.records import CLASSES
from edge.vocabulary import PATTERNS
from tools.training.kinds import read_kinds
from tools.training.partial import CODES, IGNORED
from tools.training.paste import HEIGHT_UNIT, NOBODY, SIZE
from tools.training.photos import HEIGHT, Photo
from tools.training.posts import with_posts
from tools.training.scenes import Source
from tools.training.streets import Street, cut_out
from tools.training.swatches import Swatch

RED, BLUE, GREY = (200, 30, 30), (30, 30, 200), (128, 128, 128)


@pytest.fixture(scope="module")
def source() -> Source:
    """One photo: a red top over blue trousers on light grey."""
    pixels = np.full((HEIGHT, 290, 3), 190, np.uint8)
    classes = np.zeros((HEIGHT, 290), np.uint8)
    for rows, colour, name in (((60, 200), RED, "upper"), ((200, 380), BLUE, "lower"), ((30, 60), GREY, "hair")):
        pixels[slice(*rows), 100:190] = colour
        classes[slice(*rows), 100:190] = CLASSES.index(name)
    photo = Photo(1, pixels, classes)
    unsure = Photo(2, pixels, classes)
    clip = np.full((270, 480, 3), 90, np.uint8)
    street = Street(pixels, (classes > 0).astype(np.uint8), np.where(classes > 0, CODES["anybody"], 0).astype(np.uint8))
    people = cut_out([street])
    return Source(
        [photo, unsure], {(2, "upper"): None}, [clip], range(3, 4), tagged=[photo], streets=[street], people=people
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_scene_has_a_truth_of_its_size(source: Source, seed: int) -> None:
    scene = source.scene(seed)
    assert scene.pixels.shape == (*SIZE, 3)
    assert scene.garments.shape == scene.patterns.shape == scene.pieces.shape == SIZE
    assert set(np.unique(scene.garments)) <= {*range(len(CLASSES)), *CODES.values(), IGNORED}
    assert set(np.unique(scene.patterns)) <= {*range(len(PATTERNS)), IGNORED}
    is_print = scene.patterns != IGNORED
    assert (scene.patterns[scene.pieces > 0] != IGNORED).all()
    for piece in range(1, scene.pieces.max() + 1):
        assert len(np.unique(scene.patterns[scene.pieces == piece])) <= 1, "a garment is of one kind"
    bare = [CLASSES.index(name) for name in ("background", "skin", "hair")]
    assert not np.isin(scene.garments[is_print], bare).any()


def test_a_source_without_streets_or_clips_makes_scenes_too(source: Source) -> None:
    bare = dataclasses.replace(source, clips=[], streets=[], people=[])
    assert all(bare.scene(seed).pixels.any() for seed in range(8))


def test_people_of_a_street_are_shown_at_every_size(source: Source) -> None:
    alone = dataclasses.replace(source, shares=(0, 0, 0, 0, 1.0))
    somebody = [np.isin(alone.scene(seed).garments, list(CODES.values())) for seed in range(30)]
    heights = [np.ptp(np.flatnonzero(one.any(axis=1))) for one in somebody if one.any()]
    assert min(heights) < 90
    assert max(heights) > 180


def test_a_persons_height_is_that_in_the_scene(source: Source) -> None:
    alone = dataclasses.replace(source, shares=(0, 0, 0, 0, 1.0))
    compared = 0
    for seed in range(30):
        scene = alone.scene(seed)
        rows = np.flatnonzero((scene.heights > NOBODY).any(axis=1))
        sizes = np.unique(scene.heights[scene.heights > NOBODY])
        if rows.size and len(sizes) == 1 and rows[0] > 5 and rows[-1] < SIZE[0] - 6:  # one person, not cut
            assert int(sizes[0]) * HEIGHT_UNIT == pytest.approx(rows[-1] - rows[0] + 1, rel=0.15)
            compared += 1
    assert compared >= 3


def test_posts_hide_people_and_are_nobody(source: Source) -> None:
    rng = np.random.default_rng(0)
    before = dataclasses.replace(source, shares=(0, 0, 0, 0, 1.0)).scene(3)
    for _ in range(20):
        after = with_posts(before, rng)
        is_post = after.heights == NOBODY
        assert (after.garments[is_post] == 0).all()
        for one, other in zip(before, after, strict=True):
            assert (one[~is_post] == other[~is_post]).all()
        assert (before.pixels[is_post] != after.pixels[is_post]).any() or not is_post.any()


def test_somebody_cut_out_is_alone(source: Source) -> None:
    (person,) = source.people
    assert person.person.any()
    assert not person.is_known, "nobody looked at the patterns of street pictures"
    assert (person.classes[[0, -1]] == 0).all()


def test_the_same_seed_makes_the_same_scene(source: Source) -> None:
    for one, other in zip(source.scene(4), source.scene(4), strict=True):
        assert (one == other).all()


def test_the_truth_lies_where_the_garment_is(source: Source) -> None:
    """Where nothing is printed, top and trousers differ in colour as they did in the photo."""
    told = 0
    for seed in range(40):
        scene = source.scene(seed)
        lower = (scene.garments == CLASSES.index("lower")) & (scene.patterns == PATTERNS.index("plain"))
        upper = (scene.garments == CLASSES.index("upper")) & (scene.patterns == PATTERNS.index("plain"))
        if min(np.count_nonzero(lower), np.count_nonzero(upper)) > 500:
            red, blue = scene.pixels[upper].mean(axis=0), scene.pixels[lower].mean(axis=0)
            told += bool(np.abs(red - blue).max() > 30)
    assert told >= 5


def test_an_unsure_garment_teaches_no_pattern() -> None:
    pixels = np.full((HEIGHT, 290, 3), 190, np.uint8)
    classes = np.zeros((HEIGHT, 290), np.uint8)
    classes[60:380, 100:190] = CLASSES.index("upper")
    sure = Source([Photo(1, pixels, classes)], {}, [pixels], range(3, 4))
    unsure = Source([Photo(1, pixels, classes)], {(1, "upper"): None}, [pixels], range(3, 4))

    def kinds(source: Source, seed: int) -> list[int]:
        scene = source._dressed(source.photos[0], 0, 1.0, np.random.default_rng(seed))
        return [int(kind) for kind in np.unique(scene.patterns[classes > 0])]

    plain, told = ([kinds(source, seed) for seed in range(30)] for source in (sure, unsure))
    assert [IGNORED] not in plain
    assert any(one == [IGNORED] and other == [PATTERNS.index("plain")] for one, other in zip(told, plain, strict=True))


def test_the_table_of_real_patterns_is_whole() -> None:
    kinds = read_kinds()
    assert len(kinds) > 100
    assert {kind for kind in kinds.values() if kind} == set(PATTERNS[1:])
    assert all(1 <= photo <= 704 for photo, _ in kinds), "the rest is for testing"


def test_real_cloth_is_laid_on_beside_prints_and_labelled_by_its_kind(source: Source) -> None:
    tile = np.zeros((64, 64, 3), np.uint8)
    tile[:, :32] = 255
    real = dataclasses.replace(source, printed=1.0, swatches=[Swatch("striped/1", "striped", tile, 64.0)])
    told = 0
    for seed in range(30):
        scenes = [each._dressed(source.photos[0], 0, 1.0, np.random.default_rng(seed)) for each in (real, real, source)]
        assert (scenes[0].pixels == scenes[1].pixels).all()
        is_striped = scenes[0].patterns == PATTERNS.index("striped")
        told += bool(is_striped.any() and (scenes[0].pixels[is_striped] != scenes[2].pixels[is_striped]).any())
    assert told >= 3
