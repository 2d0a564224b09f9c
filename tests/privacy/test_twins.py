"""No picture leaves or stays: two recordings that differ in what must not matter give away the same bytes.

Whole nodes run on both, with one clock and one source of chance, and everything that they give away is captured:
files and their versions, system calls, messages and their times, output and journal. Then leaks are built in, one at a
time; each must be caught, by the assertion that its table names.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from edge.records import CLASSES
from tests.conftest import REPOSITORY
from tests.people import standing
from tests.privacy import twins
from tests.privacy.compare import (
    ASSERTIONS,
    STATE,
    GivenAway,
    calls,
    journal,
    output,
    places,
    read,
    run_jobs,
    timing,
)
from tests.privacy.leaks import LEAKS
from tools.emulation.site import twin_runs

pytestmark = pytest.mark.timeout(900)  # the first test waits for all runs, about a minute on two free cores

COUNTS = ("collected.baseline", "snapshot.baseline")
FINER = (*COUNTS, *(f"{name}.new" for name in COUNTS))
"""Files with counts of 50 and more, in finer steps than what is sent of one person."""

Run = Callable[..., tuple[GivenAway, GivenAway]]
"""Returns what two runs gave away: of both twins, or of both with a leak, or of twin 0 and another."""


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run every job that the chosen tests need."""
    work = tmp_path_factory.mktemp("twins")
    chosen = [getattr(item, "callspec", None) for item in request.session.items]
    leaks = [spec.params["leak"] for spec in chosen if spec is not None and "leak" in spec.params]
    run_jobs(work, ["0", "1", "2", *(f"{twin}:{leak}" for leak in leaks for twin in (0, 1))])

    def both(leak: str = "", *, twin: int = 1) -> tuple[GivenAway, GivenAway]:
        one, other = (f"{number}:{leak}" if leak else str(number) for number in (0, twin))
        return read(work, one), read(work, other)

    return both


def caught_by(one: GivenAway, other: GivenAway) -> Sequence[str]:
    """Return the names of the assertions that fail."""
    failed = []
    for check in ASSERTIONS:
        try:
            check(one, other)
        except AssertionError:
            failed.append(check.__name__)
    return failed


def test_the_recordings_differ() -> None:
    """Faces, hair, hands and street differ in most pixels; garments, and where they are, do not."""
    person = standing(200, 60, twins.TALL_PX)
    (one, classes), (other, same) = (twins.draw(twin, [person], 0) for twin in (0, 1))
    is_other = (one != other).any(axis=-1)
    assert (classes == same).all()
    assert is_other.mean() > 0.7
    for name in ("skin", "hair"):
        assert is_other[classes == CLASSES.index(name)].mean() > 0.3, name
    for name in ("upper", "lower", "shoes"):
        assert not is_other[classes == CLASSES.index(name)].any(), name


def test_twins_give_away_the_same(run: Run) -> None:
    one, other = run()
    for check in ASSERTIONS:
        check(one, other)
    topics = {message[1].rpartition("/")[2] for message in one.messages}
    assert topics == {"status", "health", "gap", "score", "trend", "baseline"}, "all that a node sends was compared"
    assert one.scores.count("scored") >= len(twins.CLOTHES)
    assert any(name.endswith("-wal") for name in one.files)
    assert "READY=1" in one.journal


def without_counts(message: list[Any]) -> list[Any]:
    """Return a message, but of counts of many people only that there were some."""
    _, topic, payload, how = message
    return [topic, "counts of 50 and more" if topic.endswith("/baseline") else payload, how]


def test_clothes_that_are_alike_on_the_grid_give_away_the_same_on_it(run: Run) -> None:
    """A little more grain in the same clothes: every score is the same."""
    one, other = run(twin=2)
    assert list(map(without_counts, one.messages)) == list(map(without_counts, other.messages))
    for check in (places, timing, output, journal, calls):
        check(one, other)
    differ = {name for name, versions in one.files.items() if versions != other.files[name]}
    assert differ, "the grain does not reach any figure"
    assert differ <= {f"{STATE}{name}" for name in FINER}


@pytest.mark.parametrize("leak", LEAKS)
def test_every_leak_is_caught(run: Run, leak: str) -> None:
    found = caught_by(*run(leak))
    assert LEAKS[leak].caught_by in found, f"caught by {found}"


def test_there_are_at_least_ten_leaks() -> None:
    assert len(LEAKS) >= 10
    assert {leak.caught_by for leak in LEAKS.values()} == {check.__name__ for check in ASSERTIONS}


def test_an_emulated_board_can_run_them_too(tmp_path: Path) -> None:
    """As tools/boot-test does: from a zip file on a stick, with nothing but a release's environment."""
    place = twin_runs(tmp_path / "twins")
    tests_alone = {"PYTHONPATH": f"{place / 'tests.zip'}:{REPOSITORY}", "PATH": "/usr/bin:/bin"}
    words = [sys.executable, "-m", "tests.privacy.compare", str(tmp_path / "work")]
    done = subprocess.run(words, cwd=tmp_path, env=tests_alone, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("the twins are equal"), done.stdout + done.stderr
