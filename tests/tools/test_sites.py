"""tools/simulate-sites: a small centre that really runs, with kills; and what is said about it."""

from pathlib import Path

import pytest

from tools.postgresql import find_programs, server
from tools.sites.__main__ import lines, main
from tools.sites.run import Capacity, Lag, Plan, Simulation, Truth, simulate
from tools.sites.traffic import make_score


def test_one_score_in_ten_is_a_candidates() -> None:
    found = [make_score("camera-1", "0123456789abcdef", seq).is_candidate for seq in range(1, 101)]
    assert sum(found) == 10


def test_a_core_is_that_of_workers_database_and_broker() -> None:
    one = Capacity(2, 100.0, {"workers": 0.25, "database": 0.15, "broker": 0.1, "generator": 9.0})
    assert one.stored_per_core_s == 2000
    truth = Truth(issued=9, stored=8, lost=1, doubled=0, sent_again=3, recovered_s=1.5)
    said = "\n".join(lines(Simulation(5, 1, 4, [one], Lag(50.0, 10.0, 20.0), truth)))
    assert "2 workers store 100 scores/s" in said
    assert "9 scores made, 8 stored, 1 lost, 0 doubled; 3 sent again" in said


def test_no_sites_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--sites", "0"])
    assert "expected 1 or more" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.requires_broker
@pytest.mark.timeout(900)
def test_nothing_is_lost_or_doubled_by_a_small_centre(tmp_path: Path) -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL: apt install postgresql")
    with server(programs) as database:
        found = simulate(Plan(6, 1, 2, [1, 2], 4.0), tmp_path, database, print)
    assert found.truth.issued > 0
    assert found.truth.stored == found.truth.issued
    assert (found.truth.lost, found.truth.doubled) == (0, 0)
    assert [one.workers for one in found.capacities] == [1, 2]
