from dataclasses import replace

import numpy as np
import pytest

from edge.limits import FIRST_SCORES
from edge.records import Appearance, ScoreState
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.camera_baseline import PAST, RECENT, CameraBaseline, adopted
from tests.outfits import ordinary, outfit


def elsewhere(rng: np.random.Generator) -> Appearance:
    """An ordinary person in a camera that sees everything lighter and finer."""
    one = ordinary(rng)
    return replace(one, colour=one.colour + 12, texture=one.texture + 2)


@pytest.fixture(scope="module")
def own(learnt: Baseline) -> CameraBaseline:
    """The baseline at that camera, after 160 people; tests must not change it."""
    found, rng = CameraBaseline(learnt), np.random.default_rng(3)
    for _ in range(160):
        found.learn(elsewhere(rng))
    return found


def test_scores_begin_with_enough_people_of_this_camera_and_say_so(learnt: Baseline) -> None:
    found, rng = CameraBaseline(learnt, min_sightings=60), np.random.default_rng(4)
    states = []
    for _ in range(FIRST_SCORES + 30):
        score = found.score(one := elsewhere(rng))
        states.append((score.state, score.has_figures))
        found.learn(one)
    recalibrating, scored = ScoreState.RECALIBRATING, ScoreState.SCORED
    assert states[:FIRST_SCORES] == [(recalibrating, False)] * FIRST_SCORES
    assert states[FIRST_SCORES:] == [(recalibrating, True)] * 20 + [(scored, True)] * 10


def test_p_values_fit_this_camera_where_the_baselines_own_do_not(learnt: Baseline, own: CameraBaseline) -> None:
    rng = np.random.default_rng(5)
    people = [elsewhere(rng) for _ in range(300)]
    shares = [np.mean([one.score(person).p_value <= 0.05 for person in people]) for one in (learnt, own)]
    assert shares[0] > 0.3
    assert shares[1] == pytest.approx(0.05, abs=0.04)


def test_what_is_rare_elsewhere_is_still_found(own: CameraBaseline) -> None:
    rng = np.random.default_rng(6)
    rare = [outfit("yellow", "pink", rng, pattern="checked") for _ in range(20)]
    seen = [replace(one, colour=one.colour + 12, texture=one.texture + 2) for one in rare]
    assert np.mean([own.score(one).p_value <= 0.05 for one in seen]) >= 0.8


def test_the_shared_baseline_never_changes(learnt: Baseline, own: CameraBaseline) -> None:
    before = baseline_file.to_bytes(learnt)
    own.score(ordinary(np.random.default_rng(0)))
    assert baseline_file.to_bytes(learnt) == before
    assert own.shared is learnt


def test_only_recent_people_count(learnt: Baseline) -> None:
    found, one = CameraBaseline(learnt), ordinary(np.random.default_rng(0))
    sizes = []
    for _ in range(2 * RECENT + 10):
        found.learn(one)
        sizes.append(found.sightings)
    assert found._usual is not None
    assert found._usual.built_at <= found.sightings, "what is usual follows the newest ones too"
    assert max(sizes) < 2 * RECENT
    assert sizes[-1] >= RECENT
    assert all(array.min() >= 0 for name, array in found.counts._asdict().items() if name in PAST)


def test_its_counts_go_on_from_a_file(own: CameraBaseline, learnt: Baseline) -> None:
    saved = baseline_file.to_bytes(Baseline(own.recipe, counts=own.counts))
    again = CameraBaseline(learnt, counts=baseline_file.from_bytes(saved, "here").counts)
    one = elsewhere(np.random.default_rng(7))
    assert again.score(one) == own.score(one)


def test_an_adopted_baseline_is_a_file_that_serves_this_camera_at_once(learnt: Baseline) -> None:
    rng = np.random.default_rng(8)
    found = adopted(learnt, [elsewhere(rng) for _ in range(150)], "soho/north")
    again = baseline_file.from_bytes(baseline_file.to_bytes(found), "here")
    assert again.sources.keys() == {"soho/north"}
    assert (again.sightings, again.calibrated_on) == (learnt.sightings, 150)
    share = np.mean([again.score(elsewhere(rng)).p_value <= 0.05 for _ in range(200)])
    assert share == pytest.approx(0.05, abs=0.05)
