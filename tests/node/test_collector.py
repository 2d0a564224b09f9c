"""Counts survive restarts and kills; a node sends them in batches of one epoch."""

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.baseline_shapes import HISTOGRAMS, SHARE_UNIT, SHARES
from edge.limits import BATCH, FLOOR
from edge.node.collector import COLLECTED, SNAPSHOT, Collector
from edge.score import baseline_file
from edge.score.counts import MOMENTS, empty
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


def test_no_snapshot_and_no_difference_of_two_tells_of_few_people(tmp_path: Path) -> None:
    """Neither the cells nor what they gained hold anybody alone; the file on the card is the one that is sent."""
    collector, rng, seen = open_one(tmp_path), np.random.default_rng(4), [empty(RECIPE)]
    for number in range(6 * BATCH):
        if collector.learn(ordinary(rng), "any", NOW + number):
            assert collector.snapshot == (tmp_path / SNAPSHOT).read_bytes()
            seen.append(baseline_file.from_bytes(collector.snapshot, "snapshot").counts)
    assert len(seen) == 7
    for less, more in combinations(seen, 2):
        for name in (*SHARES, "withheld", *HISTOGRAMS):
            people = (getattr(more, name) - getattr(less, name)) / (SHARE_UNIT if name not in HISTOGRAMS else 1)
            assert not (people % FLOOR).any(), name
        for name in MOMENTS:
            assert more.moments(name)[0] - less.moments(name)[0] >= BATCH


def test_sums_wait_for_a_batch_of_vectors(tmp_path: Path) -> None:
    """Legs show on one person in five: the sums about legs stay as they left, not those of the ten who are new."""
    collector, rng = open_one(tmp_path), np.random.default_rng(4)
    left = []
    for number in range(5 * BATCH):
        person = ordinary(rng)
        if number % 5:
            person = replace(person, composition=np.full_like(person.composition, np.nan))
        if collector.learn(person, "any", NOW + number):
            assert collector.snapshot is not None
            left.append(int(baseline_file.from_bytes(collector.snapshot, "snapshot").counts.composition_n[0]))
    assert left == [0, 0, 0, 0, BATCH]
    assert open_one(tmp_path).snapshot == collector.snapshot


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
