"""A whole node whose disk is full or whose files are damaged; what is lost is counted."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from edge import wire
from edge.clock import SystemClock
from edge.config import FrameSection, NodeConfig, ScoreSection
from edge.errors import BaselineError, StoreError
from edge.fakes import InProcessBroker
from edge.message.outbox import Outbox
from edge.node import scoring
from edge.node.collector import SNAPSHOT
from edge.node.run import Node
from edge.pipeline import Pipeline
from edge.records import Frame
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.fakes import FakeBoard
from tests.node.walks import STEPS, Booth, PictureModel, Playing, RunNode, walk
from tests.outfits import ordinary
from tests.people import KnowingInterpreter, draw


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 384 KiB, if this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=384k", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("no disk can be mounted here: not root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_real_disk_that_is_full_loses_no_score_and_is_said(hub: InProcessBroker, booth: Booth, small: Path) -> None:
    """The disk is full while two walkers pass, then has room again: all scores arrive, the counts are saved."""
    model, ballast = PictureModel(), small / "ballast"

    def fill_and_free() -> Iterator[Frame]:
        for frame in walk(model, 5):
            if frame.number == STEPS + 5:
                fill(ballast)
            if frame.number == 4 * STEPS:
                ballast.unlink()
            yield frame

    config = NodeConfig(state=str(small), frame=FrameSection(pace="fast"), health_s=0.05)
    with closing(Outbox(small / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
        Node(
            config,
            camera=Playing(fill_and_free()),
            interpreter=model,
            outbox=outbox,
            broker=hub.client(),
            clock=SystemClock(),
            stop=threading.Event(),
            board=FakeBoard(),
        ).run()
        assert outbox.depth == 0
    assert [score.seq for score in booth.scores] == [1, 2, 3, 4, 5]
    assert "scores are only in memory" in booth.said


def fill(path: Path) -> None:
    """Write until not a byte more fits."""
    with path.open("wb", buffering=0) as ballast:
        for size in (4096, 1):
            while True:
                try:
                    ballast.write(bytes(size))
                except OSError:
                    break


def test_more_than_memory_holds_while_the_disk_is_full_is_counted(
    run_node: RunNode, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "UNSTORED", 2)
    model = PictureModel()

    def refuse(outbox: Outbox) -> None:
        def put(_score: wire.Score) -> int:
            raise StoreError("outbox.sqlite: the outbox cannot be used (full); the disk is full: free some space")

        monkeypatch.setattr(outbox, "put", put)

    def until_it_is_said() -> Iterator[Frame]:
        yield from walk(model, 4)
        for number in range(4 * STEPS, 4 * STEPS + 500):
            if any(beat.outbox_lost == 50 for beat in booth.beats):
                return
            time.sleep(0.02)
            yield draw([], number)

    run_node(Playing(until_it_is_said()), model, prepare=refuse)
    assert booth.scores == []
    assert "Up to 50 scores are only in memory" in booth.said
    assert booth.beats[-1].outbox_lost == 50


def learnt(count: int) -> Baseline:
    rng, baseline = np.random.default_rng(0), Baseline(Pipeline(KnowingInterpreter(), NodeConfig()).recipe)
    for _ in range(count):
        baseline.learn(ordinary(rng))
    return baseline


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize(("has_snapshot", "sightings"), [(True, 53), (False, 3)])
def test_damaged_counts_go_on_from_the_last_snapshot(
    run_node: RunNode, booth: Booth, tmp_path: Path, *, has_snapshot: bool, sightings: int
) -> None:
    model, collected = PictureModel(), tmp_path / "collected.baseline"
    baseline_file.save(learnt(70), collected)
    if has_snapshot:
        baseline_file.save(learnt(50), tmp_path / SNAPSHOT)
    damage(collected)
    run_node(Playing(walk(model)), model)
    assert has_snapshot == (tmp_path / SNAPSHOT).exists()
    assert (tmp_path / "collected.baseline.old").exists()
    assert f"damaged: counting continues from {sightings - 3} people" in booth.said


def test_a_damaged_frozen_baseline_gives_way_to_its_copy(run_node: RunNode, booth: Booth, tmp_path: Path) -> None:
    frozen, model = tmp_path / "site.baseline", PictureModel()
    baseline_file.save(learnt(200), frozen)
    score = ScoreSection(baseline=str(frozen))
    run_node(Playing(walk(model, 1)), model, score=score)
    assert "cannot be used" not in booth.said
    damage(frozen)
    run_node(Playing(walk(model, 1)), model, score=score)
    assert "The baseline's file cannot be used; its last good copy is" in booth.said
    assert {score.state for score in booth.scores} == {"scored"}
    assert len({score.baseline for score in booth.scores}) == 1
    damage(tmp_path / "last-good" / "site.baseline")
    with pytest.raises(BaselineError, match="damaged"):
        run_node(Playing(walk(model, 1)), model, score=score)


def test_starts_are_counted(run_node: RunNode, booth: Booth, tmp_path: Path) -> None:
    for _ in range(2):
        model = PictureModel()
        run_node(Playing(walk(model, 1)), model)
    (tmp_path / "boots").write_bytes(b"\xff\xfe")
    run_node(Playing(iter([])), PictureModel())
    assert {beat.boots for beat in booth.beats} == {1, 2}
