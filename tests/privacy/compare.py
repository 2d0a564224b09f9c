"""Run a whole node on both twin recordings, and compare all that it gave away: `python -m tests.privacy.compare WORK`.

Needs nothing but a release's environment, so that an emulated board can do it too (tools/boot-test).
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from edge.config import NodeConfig
from edge.limits import BATCH
from edge.pipeline import Pipeline
from edge.recipe import Recipe
from edge.records import Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import source_name
from tests.fakes import FakeClock
from tests.privacy import twins

HERE = Path(__file__).parents[2]
"""The checkout, or the zip file that holds `tests`."""
STATE = "state/"


class GivenAway(NamedTuple):
    """Everything that one run gave away."""

    calls: list[str]
    files: dict[str, list[str]]
    messages: list[list[Any]]
    scores: list[str]
    output: str
    journal: str


def run_jobs(work: Path, jobs: Sequence[str]) -> None:
    """Run each job (run_twins.py) in one program, since it takes a second to start."""
    recipe, seen = walkers()
    for name, count in (("usual", 200), ("collected", BATCH - 2)):
        baseline = usual(recipe, seen, count)
        baseline.label(source_name(NodeConfig().site, NodeConfig().node))
        baseline_file.save(baseline, work / f"{name}.baseline")
    environment = {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    words = [sys.executable, "-m", "tests.privacy.run_twins", str(work), *jobs]
    subprocess.run(words, cwd=work, env=environment, check=True)


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


def main(work: Path) -> int:
    """Run both twins in the new folder `work`; returns 0 if they gave away the same."""
    work.mkdir(parents=True)
    run_jobs(work, ["0", "1"])
    one, other = read(work, "0"), read(work, "1")
    for check in ASSERTIONS:
        try:
            check(one, other)
        except AssertionError as err:
            print(f"the twins differ ({check.__name__}): {err}")
            return 1
    scores = one.scores.count("scored")
    print(f"the twins are equal: {len(one.files)} files, {len(one.messages)} messages, {scores} scores")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
