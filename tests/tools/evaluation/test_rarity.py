"""The figures of `tools/evaluate rarity` and `fairness`, on made-up people whose answers are known."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edge.records import Appearance
from tests.outfits import RECIPE, ordinary, outfit
from tools.evaluation import fairness, rarity
from tools.evaluation.__main__ import main
from tools.evaluation.exam import Exam, Guises
from tools.evaluation.fairness import Traits
from tools.evaluation.rarity import ByEye
from tools.evaluation.splits import CONTROLS, EXCEPTIONS


def exam(rng: np.random.Generator, people: int = 60) -> Exam:
    """Return people of whom rare ones wear orange and controls wear what many do."""
    usual = [ordinary(rng) for _ in range(people)]
    rare: Guises = {name: [outfit("orange", "pink", rng) for _ in usual] for name in (*EXCEPTIONS, "subtle pattern")}
    common: Guises = {name: [ordinary(rng) for _ in usual] for name in CONTROLS}
    same: Guises = {"as before": list(usual)}
    return Exam(usual, [], {**rare, **common}, same, {"skin -15 L*": list(usual)}, rng.normal(size=people))


@pytest.fixture(scope="module")
def usual() -> list[Appearance]:
    rng = np.random.default_rng(0)
    return [ordinary(rng) for _ in range(300)]


def test_what_is_rare_is_found_and_controls_are_not(usual: list[Appearance]) -> None:
    score = rarity.scorer(rarity.learnt(usual, RECIPE, 0))
    found = rarity.judge(score, exam(np.random.default_rng(1)))
    assert found["AUROC rare hue"] > 0.97
    assert 0.3 < found["worst AUROC of common hue, common swap"] < 0.7
    assert found["share of edited people above their original"] > 0.97
    assert found["precision in the top 5 %, 5 % being exceptions"] > 0.5
    assert found["jitters: mean rho"] == pytest.approx(1)
    assert found["jitters: worst mean rank shift"] == found["skin alone changed: worst mean rank shift"] == 0


def test_a_score_that_knows_nothing_gets_a_half() -> None:
    rng = np.random.default_rng(2)

    def chance(people: Sequence[Appearance | None]) -> np.ndarray:
        return np.array([np.nan if one is None else rng.random() for one in people])

    found = rarity.judge(chance, exam(np.random.default_rng(3), people=400))
    assert found["AUROC rare hue"] == pytest.approx(0.5, abs=0.07)
    assert found["share of edited people above their original"] == pytest.approx(0.5, abs=0.07)
    assert found["precision in the top 5 %, 5 % being exceptions"] < 0.15


def test_who_could_not_be_edited_is_left_out(usual: list[Appearance]) -> None:
    one = exam(np.random.default_rng(1))
    half = {name: [None if i % 2 else guise for i, guise in enumerate(guises)] for name, guises in one.edited.items()}
    score = rarity.scorer(rarity.learnt(usual, RECIPE, 0))
    assert rarity.judge(score, one._replace(edited=half))["AUROC rare hue"] > 0.97


def test_intervals_hold_the_figure(usual: list[Appearance]) -> None:
    people, score = exam(np.random.default_rng(1)), rarity.scorer(rarity.learnt(usual, RECIPE, 0))
    labelled = ByEye({"made up": (people.people, np.arange(60) % 3)}, np.arange(60) % 3 < 2)
    found = rarity.bootstrap(score, people, labelled)
    figures = rarity.judge(score, people) | rarity.agree(score, people, labelled)
    for name in ("AUROC common hue", "among labels 0 and 1: AUROC common hue", "made up: AUROC of 1 and 2 against 0"):
        low, high = found[f"95 % of {name}"]
        assert low < figures[name] < high


def test_the_eye_decides_who_is_a_false_alarm(usual: list[Appearance]) -> None:
    """Some of the people are dressed as rarely as the edited ones; without them the edits are found again."""
    rng = np.random.default_rng(1)
    one, odd = exam(rng), [outfit("orange", "pink", rng) for _ in range(20)]
    one = one._replace(people=[*odd, *one.people[20:]])
    labels = np.repeat([2, 0], [20, 40])
    labelled = ByEye({"made up": (one.people, labels)}, labels < 2)
    score = rarity.scorer(rarity.learnt(usual, RECIPE, 0))
    found = rarity.agree(score, one, labelled)
    assert found["made up: AUROC of 2 against the rest"] > 0.97
    assert rarity.judge(score, one)["AUROC rare hue"] < 0.9
    assert found["among labels 0 and 1: AUROC rare hue"] > 0.97


def test_nobody_with_a_low_label_gives_no_figure(usual: list[Appearance]) -> None:
    one = exam(np.random.default_rng(1))
    assert rarity.agree(rarity.scorer(rarity.learnt(usual, RECIPE, 0)), one, ByEye({}, np.zeros(60, bool))) == {}


def test_calibration_and_curve_of_people_alike(usual: list[Appearance]) -> None:
    found = rarity.calibration(usual, RECIPE)
    assert abs(found["share of people with p <= 0.05"] - 0.05) < 4 * found["standard error of the share with p <= 0.05"]
    curve = rarity.learning_curve(usual, exam(np.random.default_rng(1)), RECIPE)
    assert list(curve) == ["rank correlation of two baselines of 100"]
    assert all(rho > 0.5 for rho in curve.values())


def test_the_rivals_see_the_same_people(usual: list[Appearance]) -> None:
    pytest.importorskip("pyod", reason="PyOD is an extra: tools/evaluate rarity installs it")
    from tools.evaluation import rivals  # noqa: PLC0415

    people = exam(np.random.default_rng(1))
    for name, score in rivals.fitted(usual).items():
        assert np.isfinite(score(people.people)).all(), name
        assert np.isnan(score([None, usual[0]])).tolist() == [True, False]
    assert rarity.judge(rivals.fitted(usual)["kNN"], people)["AUROC rare hue"] > 0.9


def test_a_missing_package_is_named_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyod", None)  # as if it were not installed
    assert main(["rarity", "--ccp", str(tmp_path / "none"), "--model", "none"]) == 2
    said = capsys.readouterr().err
    assert "not installed: pyod" in said
    assert "tools/evaluate rarity" in said


def test_a_bias_is_seen_with_its_direction() -> None:
    """Everyone with a hat is rarer here; skin and height are random."""
    rng = np.random.default_rng(4)
    traits = [
        Traits(rng.normal(60, 10), rng.normal(500, 50), bool(hat), bool(rng.random() < 0.5), has_bare_arms=False)
        for hat in rng.random(600) < 0.3
    ]
    p = np.array([rng.random() * (0.2 if one.has_headwear else 1) for one in traits])
    found = fairness._figures(p, traits)
    ratio, low, high = found["flag-rate ratio, headwear"]
    assert low < ratio < high
    assert low > 1.5
    ratio, low, high = found["flag-rate ratio, bare legs"]
    assert low < 1 < high
    assert abs(found["rank correlation of rarity and skin lightness"]) < 0.15
    assert found["flag-rate ratio, bare arms"] is None, "nobody has them"
