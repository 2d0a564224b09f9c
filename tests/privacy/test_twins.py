"""No picture leaves or stays: two recordings that differ in what must not matter give away the same bytes.

Whole nodes run on both, with one clock and one source of chance, and everything that they give away is captured:
files and their versions, system calls, messages and their times, output and journal. Then leaks are built in, one at a
time; each must be caught, by the assertion that its table names.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.limits import BATCH
from edge.pipeline import Pipeline
from edge.recipe import Recipe
from edge.records import CLASSES, Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import source_name
from tests.conftest import REPOSITORY
from tests.fakes import FakeClock
from tests.people import standing
from tests.privacy import twins
from tests.privacy.leaks import LEAKS

pytestmark = pytest.mark.timeout(900)  # the first test waits for all runs, about a minute on two free cores

STATE = "state/"
COUNTS = ("collected.baseline", "snapshot.baseline")
FINER = (*COUNTS, *(f"{name}.new" for name in COUNTS))
"""Files with counts of 50 and more, in finer steps than what is sent of one person."""


class GivenAway(NamedTuple):
    """Everything that one run gave away."""

    calls: list[str]
    files: dict[str, list[str]]
    messages: list[list[Any]]
    scores: list[str]
    output: str
    journal: str


Run = Callable[..., tuple[GivenAway, GivenAway]]
"""Returns what two runs gave away: of both twins, or of both with a leak, or of twin 0 and another."""


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run every job that the chosen tests need, in one program, since it takes a second to start."""
    work = tmp_path_factory.mktemp("twins")
    recipe, seen = walkers()
    for name, count in (("usual", 200), ("collected", BATCH - 2)):
        baseline = usual(recipe, seen, count)
        baseline.label(source_name(NodeConfig().site, NodeConfig().node))
        baseline_file.save(baseline, work / f"{name}.baseline")
    chosen = [getattr(item, "callspec", None) for item in request.session.items]
    leaks = [spec.params["leak"] for spec in chosen if spec is not None and "leak" in spec.params]
    jobs = ["0", "1", "2", *(f"{twin}:{leak}" for leak in leaks for twin in (0, 1))]
    environment = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    words = [sys.executable, "-m", "tests.privacy.run_twins", str(work), *jobs]
    subprocess.run(words, cwd=REPOSITORY, env=environment, check=True)

    def both(leak: str = "", *, twin: int = 1) -> tuple[GivenAway, GivenAway]:
        one, other = (f"{number}:{leak}" if leak else str(number) for number in (0, twin))
        return read(work, one), read(work, other)

    return both


def walkers() -> tuple[Recipe, list[Appearance]]:
    """Return the recipe, and how each walker of the first recording is described."""
    model = twins.Truth()
    pipeline, camera = Pipeline(model, NodeConfig()), twins.Recording(0, model, FakeClock())
    found = []
    while (frame := camera.read()) is not None:
        found += pipeline.step(frame).sightings
    return pipeline.recipe, [sighting.appearance for sighting in [*found, *pipeline.finish()]]


def usual(recipe: Recipe, seen: list[Appearance], count: int) -> Baseline:
    """Return counts of people dressed like these walkers but the rare one, each a little different."""
    rng, baseline = np.random.default_rng(4), Baseline(recipe, epoch="0123456789abcdef")
    common = [one for number, one in enumerate(seen) if number != twins.RARE]
    for _ in range(count):
        one = common[int(rng.integers(len(common)))]
        changes = {name: getattr(one, name) for name in ("colour", "texture", "composition")}
        noise = {name: value * rng.normal(1, 0.1, value.shape) for name, value in changes.items()}
        baseline.learn(replace(one, **{name: value.astype(np.float32) for name, value in noise.items()}), at=1e9)
    return baseline


def read(work: Path, job: str) -> GivenAway:
    output = (work / f"{job}.out").read_text()
    assert (work / f"{job}.json").exists(), output
    answer = json.loads((work / f"{job}.json").read_text())
    assert answer["frames_left"] == 0, "the model was asked once for every frame"
    journal = (work / f"{job}.journal").read_text()
    return GivenAway(
        answer["calls"], answer["files"], answer["messages"], answer["scores"], output=output, journal=journal
    )


def places(one: GivenAway, _: GivenAway) -> None:
    """Nothing is written outside the state folder; no network, no program, no shared memory."""
    for call in one.calls:
        event, rest = call.split(" ", 1)
        is_file = event == "open" or event.startswith(("os.re", "os.mk", "os.rm", "os.ch", "os.ut", "sqlite3.", "cv2."))
        is_open_already = event == "open" and rest.partition(",")[0].isdigit()
        is_journal = event == "socket.sendto" and rest.endswith("/journal")
        assert is_open_already or is_journal or (is_file and rest.startswith("ROOT/state/")), call
    assert {name for name in one.files if not name.startswith(STATE)} == set()


def calls(one: GivenAway, other: GivenAway) -> None:
    assert one.calls == other.calls
    assert sorted(one.files) == sorted(other.files)


def contents(one: GivenAway, other: GivenAway) -> None:
    """Every file had the same contents and permissions, in the same order."""
    assert one.files == other.files


def messages(one: GivenAway, other: GivenAway) -> None:
    assert [message[1:] for message in one.messages] == [message[1:] for message in other.messages]


def timing(one: GivenAway, other: GivenAway) -> None:
    assert [message[0] for message in one.messages] == [message[0] for message in other.messages]


def output(one: GivenAway, other: GivenAway) -> None:
    assert one.output == other.output


def journal(one: GivenAway, other: GivenAway) -> None:
    assert one.journal == other.journal


ASSERTIONS = (places, messages, timing, output, journal, calls, contents)


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
