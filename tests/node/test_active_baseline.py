"""Whether a node trusts its baseline's calibration, or recalibrates on the people of its own camera."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.config import NodeConfig, ScoreSection
from edge.limits import BATCH, FIRST_SCORES
from edge.node.active_baseline import OWN, ActiveBaseline, open_active_baseline
from edge.records import Appearance, ScoreState
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.outfits import RECIPE, ordinary, outfit


@pytest.fixture(scope="module")
def counted() -> Baseline:
    rng, baseline = np.random.default_rng(0), Baseline(RECIPE)
    for _ in range(400):
        baseline.learn(ordinary(rng))
    return baseline


@pytest.fixture
def config(tmp_path: Path) -> NodeConfig:
    return NodeConfig(
        site="soho",
        node="north",
        state=str(tmp_path),
        score=ScoreSection(baseline=str(tmp_path / "city.baseline")),
    )


def opened(config: NodeConfig, counted: Baseline, source: str) -> ActiveBaseline:
    """Open a baseline that `source` counted, at the node soho/north."""
    baseline = Baseline(RECIPE, counts=counted.counts)
    if source:
        baseline.label(source)
    baseline_file.save(baseline, Path(config.score.baseline))
    found, repair = open_active_baseline(config, None, Baseline(RECIPE))
    assert repair is None
    return found


def elsewhere(rng: np.random.Generator) -> Appearance:
    one = ordinary(rng)
    return replace(one, colour=one.colour + 12, texture=one.texture + 2)


def test_a_camera_that_its_baseline_knows_scores_at_once(config: NodeConfig, counted: Baseline) -> None:
    active = opened(config, counted, "soho/north")
    assert (active.is_trusted, active.recalibrating, active.mode) == (True, None, "spot")
    assert active.score(ordinary(np.random.default_rng(1)), "any").state is ScoreState.SCORED


@pytest.mark.parametrize("source", ["soho/south", "leeds/north", ""])
def test_any_other_recalibrates_and_counts_it(config: NodeConfig, counted: Baseline, source: str) -> None:
    active, rng = opened(config, counted, source), np.random.default_rng(2)
    for number in range(FIRST_SCORES):
        assert active.recalibrating == number
        one = elsewhere(rng)
        assert not active.score(one, "any").has_figures
        active.take(one, "any")
    score = active.score(elsewhere(rng), "any")
    assert (score.state, score.has_figures) == (ScoreState.RECALIBRATING, True)
    assert active.is_unlike


def test_people_like_the_baselines_are_not_unlike(config: NodeConfig, counted: Baseline) -> None:
    active, rng = opened(config, counted, "soho/south"), np.random.default_rng(3)
    for _ in range(FIRST_SCORES):
        active.take(ordinary(rng), "any")
    assert not active.is_unlike


def test_a_known_camera_recalibrates_once_its_people_have_changed(config: NodeConfig, counted: Baseline) -> None:
    active, rng = opened(config, counted, "soho/north"), np.random.default_rng(4)
    taken = 0
    while active.is_trusted and taken < 200:
        active.take(outfit("orange", "pink", rng), "any")
        taken += 1
    assert taken == FIRST_SCORES, "no sooner, so that no alert is missed"
    assert active.drift.shift is not None
    assert active.recalibrating == taken
    assert active.score(outfit("orange", "pink", rng), "any").state is ScoreState.RECALIBRATING


def test_its_own_counts_outlive_a_restart_and_end_with_the_baseline(config: NodeConfig, counted: Baseline) -> None:
    active, rng = opened(config, counted, "soho/south"), np.random.default_rng(5)
    for _ in range(BATCH - 1):
        active.take(elsewhere(rng), "any")
    active.save(Path(config.state))
    assert opened(config, counted, "soho/south").recalibrating == 0, "so few are not saved"
    active.take(elsewhere(rng), "any")
    active.save(Path(config.state))
    assert opened(config, counted, "soho/south").recalibrating == BATCH
    assert opened(config, counted, "soho/west").recalibrating == 0, "another baseline"
    (Path(config.state) / OWN).write_bytes(b"damaged")
    assert opened(config, counted, "soho/south").recalibrating == 0


def test_while_collecting_there_is_nothing_to_recalibrate(config: NodeConfig, counted: Baseline) -> None:
    collecting = msgspec.structs.replace(config, score=ScoreSection())
    active, _ = open_active_baseline(collecting, None, counted)
    active.take(ordinary(np.random.default_rng(6)), "any")
    active.save(Path(config.state))
    assert (active.mode, active.recalibrating, active.is_trusted) == ("collect", None, True)
    assert not (Path(config.state) / OWN).exists()
