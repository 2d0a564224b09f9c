"""The public interface on pictures of the simulated street, with the real model."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge import Seen, Spotter
from edge.config import NodeConfig, ScoreSection
from edge.errors import BaselineError, ConfigError, SourceError
from edge.records import Pixels, ScoreState
from edge.street.camera import StreetCamera

FEW = NodeConfig(score=ScoreSection(min_sightings=3))
ORDINARY = 70
"""Pictures to learn; the first 60 sightings of a baseline do not calibrate."""


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    """Close-ups of people on the simulated street, one a picture."""
    camera, number, found = StreetCamera(5), 0, list[Pixels]()
    while len(found) < 8:
        number += 4
        tall = [one for one in camera.truth(number) if one.is_full_height and one.visible > 0.95]
        tall = [one for one in tall if one.box[3] - one.box[1] > 150 and 200 < (one.box[0] + one.box[2]) / 2 < 440]
        found += [camera.frame(number).pixels] if tall else []
    return found


@pytest.fixture(scope="module")
def spotter(pictures: list[Pixels]) -> Spotter:
    return Spotter.learn(*(pictures * (ORDINARY // len(pictures) + 2)), config=FEW)


def test_five_lines_score_an_array(spotter: Spotter, pictures: list[Pixels], tmp_path: Path) -> None:
    spotter.save(tmp_path / "street.baseline")
    loaded = Spotter.load(tmp_path / "street.baseline", config=FEW)
    assert loaded.sightings == spotter.sightings >= ORDINARY
    seen = list(loaded.score(*pictures))
    assert 5 <= len(seen) <= len(pictures)
    assert {one.score.state for one in seen} == {ScoreState.SCORED}
    assert seen == list(spotter.score(*pictures)), "a saved baseline scores as before"


def test_a_photo_scores_as_its_array(spotter: Spotter, pictures: list[Pixels], tmp_path: Path) -> None:
    for number, pixels in enumerate(pictures):
        cv2.imwrite(str(tmp_path / f"{number}.png"), pixels[..., ::-1])
    photos, arrays = list(spotter.score(tmp_path)), list(spotter.score(*pictures))
    assert [one.score for one in photos] == [one.score for one in arrays]
    assert all(one.source.endswith(".png") for one in photos)
    assert arrays[0].source.startswith("array-")


def test_another_outfit_is_rarer(spotter: Spotter, pictures: list[Pixels]) -> None:
    dyed = [np.ascontiguousarray(pixels[..., (1, 2, 0)]) for pixels in pictures]
    usual = np.mean([one.score.surprisal_bits for one in spotter.score(*pictures)])
    assert np.mean([one.score.surprisal_bits for one in spotter.score(*dyed)]) > usual


def test_a_row_is_flat_and_has_words(spotter: Spotter, pictures: list[Pixels]) -> None:
    rows = [seen.row() for seen in spotter.score(*pictures)]
    assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"
    for row in rows:
        assert {"source", "bits", "one_in", "bits_colour", "reasons", "worn", "phrase"} <= set(row)
        assert isinstance(row["one_in"], float)
        assert bool(row["reasons"]) == bool(row["phrase"])


def test_few_people_are_warming_up(pictures: list[Pixels]) -> None:
    (seen,) = list(Spotter.learn(*pictures).score(*pictures))[:1]
    assert seen.score.state is ScoreState.WARMING_UP
    assert seen.row()["one_in"] is None


def test_the_phrase_is_in_the_language_asked_for(spotter: Spotter, pictures: list[Pixels]) -> None:
    dyed = [np.ascontiguousarray(pixels[..., (1, 2, 0)]) for pixels in pictures]
    said: Seen = max(spotter.score(*dyed), key=lambda one: one.score.surprisal_bits)
    assert said.phrase()
    assert said.phrase("de") != said.phrase()


@pytest.mark.parametrize("pixels", [np.zeros((20, 20), np.uint8), np.zeros((20, 20, 3)), np.zeros((0, 9, 3), np.uint8)])
def test_what_is_no_picture_is_refused(spotter: Spotter, pixels: Pixels) -> None:
    with pytest.raises(SourceError, match="expected a picture"):
        list(spotter.score(pixels))


def test_wrong_sources_and_files_are_refused(spotter: Spotter, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected one of"):
        list(spotter.score(tmp_path / "missing.jpg"))
    with pytest.raises(BaselineError):
        Spotter.load(tmp_path / "missing.baseline")
    with pytest.raises(BaselineError, match="found nobody"):
        Spotter.learn(np.zeros((90, 90, 3), np.uint8))


def test_edge_has_nothing_else_to_offer() -> None:
    with pytest.raises(ImportError):
        exec("from edge import Nothing")
