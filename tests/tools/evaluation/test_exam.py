"""People that scores are tested with: labelled photos, and unlabelled ones."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from edge.config import DetectionSection
from edge.errors import ModelError, SourceError
from edge.records import CLASSES
from edge.vocabulary import COLOURS
from tools.evaluation.exam import Look, examine
from tools.evaluation.labels import read
from tools.evaluation.models import open_model

BITS = np.full((len(CLASSES), len(COLOURS)), 3.0)
NUMBERS = (705, 706)


@pytest.fixture(scope="module")
def look() -> Look:
    try:
        return Look(open_model(DetectionSection().model))
    except ModelError as err:
        pytest.skip(str(err))


def test_photos_without_labels_are_edited_where_the_model_sees_garments(
    look: Look, shared_data: Path, tmp_path: Path
) -> None:
    for number in NUMBERS:
        shutil.copy(shared_data / "ccp" / "photos" / f"{number:04d}.jpg", tmp_path)
    found = examine(look, tmp_path, range(700, 710), BITS)
    assert found.unlabelled == len(found.people) == len(NUMBERS)
    assert all(one is not None for one in found.edited["rare hue"])
    for one in found.photos:
        truth = read(shared_data / "ccp", one.number)[1]
        garments = [CLASSES.index(name) for name in ("upper", "outer", "lower", "dress")]
        seen, labelled = np.isin(one.classes, garments), np.isin(truth, garments)
        assert (seen & labelled).sum() > 0.75 * seen.sum() > 0, "but for the edges of a bag and of arms"


def test_no_photo_at_all_says_where_they_were_looked_for(look: Look, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"expected photos 0001\.jpg to 0002\.jpg .* found none"):
        examine(look, tmp_path, range(1, 3), BITS)
