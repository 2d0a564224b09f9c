"""Counts outlive restarts and kills; what leaves the node leaves in batches of one epoch."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.node.collection import COLLECTED, SNAPSHOT, Collection
from edge.score import file
from edge.wire import BATCH
from tests.messages import NOW
from tests.outfits import RECIPE, ordinary
from tests.sites import learnt

SOMEBODY = ordinary(np.random.default_rng(0))


def open_one(folder: Path) -> Collection:
    return Collection(folder, RECIPE, min_sightings=100)


def learn(collection: Collection, times: int) -> None:
    for number in range(times):
        collection.learn(SOMEBODY, "any", NOW + number)


def handed_over(collection: Collection) -> int:
    return 0 if collection.snapshot is None else file.from_bytes(collection.snapshot, "snapshot").sightings


def test_counts_go_on_in_their_epoch(tmp_path: Path) -> None:
    one = open_one(tmp_path)
    learn(one, 60)
    one.save()
    again = open_one(tmp_path)
    assert (again.baseline.sightings, again.baseline.epoch) == (60, one.baseline.epoch)
    assert again.snapshot == one.snapshot
    assert again.baseline.period == (NOW // 900 * 900, NOW // 900 * 900)


@given(runs=st.lists(st.tuples(st.integers(0, 70), st.sampled_from(["saved", "killed", "begun"])), max_size=6))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_snapshots_of_one_epoch_are_a_batch_apart(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, str]]
) -> None:
    """However often the node is killed, or told to begin anew, in between."""
    folder = tmp_path_factory.mktemp("state")
    seen: dict[str, list[int]] = {}
    for times, end in runs:
        collection = open_one(folder)
        for _ in range(times):
            learn(collection, 1)
            last = collection.snapshot and file.from_bytes(collection.snapshot, "snapshot")
            if last and last.sightings not in seen.setdefault(last.epoch, [0]):
                seen[last.epoch].append(last.sightings)
        if end == "saved":
            collection.save()
        if end == "begun":
            before = collection.baseline.epoch
            collection.begin()
            assert (collection.baseline.sightings, collection.baseline.epoch == before) == (0, False)
    for counts in seen.values():
        assert all(more - less >= BATCH for less, more in pairwise(counts)), seen


def test_after_a_kill_it_goes_on_from_the_larger_of_the_two_files(tmp_path: Path) -> None:
    one = open_one(tmp_path)
    learn(one, 45)
    one.save()
    learn(one, 6)
    again = open_one(tmp_path)
    assert (again.baseline.sightings, handed_over(again)) == (50, 50)


@pytest.mark.parametrize("other", ["damaged", "recipe"])
def test_what_cannot_go_on_is_put_aside_and_a_new_epoch_begins(
    tmp_path: Path, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it counted before is with the booth under its own epoch, and is added to."""
    recipe = msgspec.structs.replace(RECIPE, model="ba9876543210")
    old = b"torn" if other == "damaged" else file.to_bytes(learnt(60, recipe=recipe))
    for name in (COLLECTED, SNAPSHOT):
        (tmp_path / name).write_bytes(old)
    collection = open_one(tmp_path)
    assert (collection.baseline.sightings, collection.snapshot) == (0, None)
    assert collection.baseline.epoch not in ("", "0123456789abcdef")
    assert (tmp_path / "collected.baseline.old").read_bytes() == old
    assert "put aside" in caplog.text


def test_a_file_made_by_hand_gets_an_epoch(tmp_path: Path) -> None:
    file.save(learnt(60, epoch=""), tmp_path / COLLECTED)
    file.save(learnt(60, epoch=""), tmp_path / SNAPSHOT)
    collection = open_one(tmp_path)
    assert (collection.baseline.sightings, len(collection.baseline.epoch)) == (60, 16)
    assert collection.snapshot is None, "what has no epoch is not for the booth"


def test_on_a_full_disk_counts_go_on_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    collection = open_one(tmp_path / "nowhere")
    learn(collection, BATCH)
    collection.save()
    assert (collection.baseline.sightings, collection.snapshot) == (BATCH, None)
    assert "free space" in caplog.text
    (tmp_path / "nowhere").mkdir()
    learn(collection, 1)
    assert handed_over(collection) == BATCH + 1
