"""tools/bench: what counts as slower, and a node that really runs."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.benchmark.__main__ import BASELINE, _faults, main, slower
from tools.benchmark.figures import PARTS, Figure
from tools.benchmark.growth import Growth, plot
from tools.benchmark.node_run import NodeRun, run, soak

POSITIVE = st.floats(0.01, 1e3)


@given(value=POSITIVE, tolerance=st.floats(0, 0.5), is_lower_better=st.booleans(), factor=st.floats(0.1, 10))
def test_only_what_is_worse_beyond_the_tolerance_is_slower(
    value: float, tolerance: float, is_lower_better: bool, factor: float
) -> None:
    known = {"it": Figure(value, tolerance, is_lower_better)}
    found = {"it": Figure(value * factor, tolerance, is_lower_better)}
    loss = factor - 1 if is_lower_better else 1 - factor
    if abs(loss - tolerance) > 1e-6:
        assert bool(slower(found, known)) == (loss > tolerance)
    assert slower(found, {}) == slower({}, known) == []


def test_the_committed_baseline_can_be_read_and_has_every_part() -> None:
    known = msgspec.json.decode(BASELINE.read_bytes(), type=dict[str, Figure])
    assert {"description / model", "inbox / bare subscriber", "scores that the booth lacks"} <= set(known)
    assert any("1920x1080" in name for name in known)
    assert slower(known, known) == []


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["overheads"])
    said = capsys.readouterr().err
    assert all(name in said for name in PARTS)


def test_growth_is_the_slope() -> None:
    assert Growth("it", [0.0, 1.0, 3.0], [10.0, 12.0, 16.0]).ms_a_person == pytest.approx(2)


def test_the_plot_names_each_way_and_is_the_same_each_time(tmp_path: Path) -> None:
    ways = [Growth("one by one", [0.0, 5.0], [10.0, 40.0]), Growth("all at once", [0.0, 5.0], [10.0, 12.0])]
    for name in ("one.svg", "other.svg"):
        plot(ways, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_text()
    assert "one by one: 6.0 ms a person" in drawn
    assert drawn == (tmp_path / "other.svg").read_text()


def run_of(**changes: Any) -> NodeRun:
    flat = NodeRun(1.0, 0.5, 100, [99.0] * 10 + [100.0] * 90, [1.0] * 100, 7, 7)
    return flat._replace(**changes)


def test_a_long_run_that_grows_or_loses_is_told() -> None:
    assert _faults(run_of()) == []
    assert "memory grew" in _faults(run_of(rss_mb=[100.0 + i for i in range(100)]))[0]
    assert "files grew" in _faults(run_of(files_mb=[1.0] * 50 + [3.0] * 50))[0]
    assert "stored" in _faults(run_of(stored=6))[0]


@pytest.mark.requires_broker
@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed")
def test_a_node_that_runs_says_when_its_first_frame_came_and_loses_no_score() -> None:
    seen = run(10, "street:7?fps=5", pace="fast", every_s=0.5)
    assert seen.first_frame_s > 0
    assert seen.first_cpu_s > 0
    assert seen.frames > 1
    assert len(seen.rss_mb) == len(seen.files_mb) > 5
    assert seen.issued == seen.stored


@pytest.mark.requires_broker
@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed")
def test_a_long_run_ends_with_its_street() -> None:
    seen = soak(20 / 3600, fps=4, every_s=0.5)
    assert seen.frames == 80
    assert seen.issued == seen.stored
