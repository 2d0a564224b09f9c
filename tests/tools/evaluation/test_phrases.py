"""The sheet shows the rarest people with the phrase of an alert, and never lies in the repository."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.errors import SourceError
from edge.records import Appearance
from edge.score.baseline import Baseline
from tests.outfits import RECIPE, ordinary, outfit
from tests.score.test_garments import wearing
from tools.evaluation.phrases import ROOT, draw, phrases, rarest

PEOPLE = 200


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    rng, found = np.random.default_rng(0), Baseline(RECIPE)
    for _ in range(PEOPLE):
        found.learn(ordinary(rng))
    return found


def crowd() -> dict[int, Appearance]:
    rng = np.random.default_rng(1)
    worn = wearing({"upper": (0.6, "orange", "dotted"), "lower": (0.7, "orange", "dotted")}).worn
    rare = replace(outfit("orange", "orange", rng, pattern="dotted"), worn=worn)
    return {1: ordinary(rng), 2: rare, 3: ordinary(rng)}


def test_the_rarest_comes_first_with_its_phrase(baseline: Baseline, tmp_path: Path) -> None:
    first, second = rarest(baseline, crowd(), 2, "en")
    assert (first.number, first.is_alerted) == (2, True)
    assert "orange" in first.said
    assert first.score.one_in > second.score.one_in
    assert "naranja" in rarest(baseline, crowd(), 1, "es")[0].said
    sheet = tmp_path / "sheet.png"
    draw([(first, np.zeros((60, 40, 3), np.uint8)), (second, None)], sheet)
    assert sheet.stat().st_size > 1000


def test_no_sheet_inside_the_repository() -> None:
    with pytest.raises(SourceError, match="real people"):
        phrases(None, ROOT, [], [1], top=1, language="en", sheet=ROOT / "sheet.png")  # type: ignore[arg-type]
