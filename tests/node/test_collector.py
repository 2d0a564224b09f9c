"""Counts survive restarts and kills; a node sends them in batches of one epoch."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.limits import BATCH
from edge.node.collector import COLLECTED, SNAPSHOT, Collector
from edge.score import baseline_file
from tests.messages import NOW
from tests.outfits import RECIPE, ordinary
from tests.sites import learnt

SOMEBODY = ordinary(np.random.default_rng(0))


def open_one(folder: Path) -> Collector:
    return Collector(folder, RECIPE, min_sightings=100)


def learn(collector: Collector, times: int) -> None:
    for number in range(times):
        collector.learn(SOMEBODY, "any", NOW + number)


def handed_over(collector: Collector) -> int:
    return 0 if collector.snapshot is None else baseline_file.from_bytes(collector.snapshot, "snapshot").sightings


def test_counts_go_on_in_their_epoch(tmp_path: Path) -> None:
    one = open_one(tmp_path)
    learn(one, 60)
    again = open_one(tmp_path)
    assert (again.baseline.sightings, again.baseline.epoch) == (BATCH, one.baseline.epoch)
    assert again.snapshot == one.snapshot
    assert again.baseline.period == (NOW // 900 * 900, NOW // 900 * 900)


@given(runs=st.lists(st.tuples(st.integers(0, 70), st.sampled_from(["killed", "begun"])), max_size=6))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_snapshots_of_one_epoch_are_a_batch_apart(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, str]]
) -> None:
    """The sum is right however often the node is killed, or told to start again, in between."""
    folder = tmp_path_factory.mktemp("state")
    seen: dict[str, list[int]] = {}
    for times, end in runs:
        collector = open_one(folder)
        for _ in range(times):
            learn(collector, 1)
            last = collector.snapshot and baseline_file.from_bytes(collector.snapshot, "snapshot")
            if last and last.sightings not in seen.setdefault(last.epoch, [0]):
                seen[last.epoch].append(last.sightings)
        if end == "begun":
            before = collector.baseline.epoch
            collector.begin()
            assert (collector.baseline.sightings, collector.baseline.epoch == before) == (0, False)
    for counts in seen.values():
        assert all(more - less >= BATCH for less, more in pairwise(counts)), seen


def test_no_two_copies_that_were_ever_on_the_card_are_less_than_a_batch_apart(tmp_path: Path) -> None:
    """Free blocks keep what was written before, so whatever was once a file counts, and the two side by side."""
    one, seen = open_one(tmp_path), {0}
    for _ in range(3 * BATCH + 7):
        learn(one, 1)
        here = {baseline_file.load(path).sightings for path in tmp_path.iterdir()}
        assert len(here) <= 1
        seen |= here
    assert sorted(seen) == [0, BATCH, 2 * BATCH, 3 * BATCH]


def test_what_an_older_release_left_beside_its_snapshot_is_replaced(tmp_path: Path) -> None:
    """Counts of 73 people beside those of 50 describe 23 people; of 51, a single one."""
    baseline_file.save(learnt(51, epoch="0123456789abcdef"), tmp_path / COLLECTED)
    baseline_file.save(learnt(50, epoch="0123456789abcdef"), tmp_path / SNAPSHOT)
    again = open_one(tmp_path)
    assert (again.baseline.sightings, handed_over(again)) == (51, 50)
    assert (tmp_path / COLLECTED).read_bytes() == (tmp_path / SNAPSHOT).read_bytes()


@pytest.mark.parametrize("other", ["damaged", "recipe"])
def test_what_cannot_go_on_is_put_aside_and_a_new_epoch_begins(
    tmp_path: Path, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its earlier counts are with the booth under their own epoch, and the new ones are added."""
    recipe = msgspec.structs.replace(RECIPE, model="ba9876543210")
    old = b"torn" if other == "damaged" else baseline_file.to_bytes(learnt(60, recipe=recipe))
    for name in (COLLECTED, SNAPSHOT):
        (tmp_path / name).write_bytes(old)
    collector = open_one(tmp_path)
    assert (collector.baseline.sightings, collector.snapshot) == (0, None)
    assert collector.baseline.epoch not in ("", "0123456789abcdef")
    assert (tmp_path / "collected.baseline.old").read_bytes() == old
    assert "the file was renamed" in caplog.text


def test_a_file_made_by_hand_gets_an_epoch(tmp_path: Path) -> None:
    baseline_file.save(learnt(60, epoch=""), tmp_path / COLLECTED)
    baseline_file.save(learnt(60, epoch=""), tmp_path / SNAPSHOT)
    collector = open_one(tmp_path)
    assert (collector.baseline.sightings, len(collector.baseline.epoch)) == (60, 16)
    assert collector.snapshot is None, "what has no epoch is not for the booth"


def test_on_a_full_disk_counts_go_on_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    collector = open_one(tmp_path / "nowhere")
    learn(collector, BATCH)
    assert (collector.baseline.sightings, collector.snapshot) == (BATCH, None)
    assert "free space" in caplog.text
    (tmp_path / "nowhere").mkdir()
    learn(collector, 1)
    assert handed_over(collector) == BATCH + 1
