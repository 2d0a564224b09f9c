"""Baselines in the store: the counts of each node, and what the booth signed."""

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import StoreError
from edge.store.store import MOST_EPOCHS, SqlStore
from edge.store.tables import baselines
from tests.messages import EPOCH, NOW, make_counted


def test_one_word_a_site_and_a_newer_one_is_not_taken_for_published(store: SqlStore) -> None:
    soho, mitte = store.at("soho"), store.at("mitte")
    assert (soho.signed_baseline(), soho.published_at()) == (None, None)
    soho.save_signed_baseline(b"older")
    soho.save_signed_baseline(b"newer")
    soho.note_published(b"older", NOW)
    assert (soho.signed_baseline(is_unpublished=True), soho.published_at()) == (b"newer", None)
    soho.note_published(b"newer", NOW)
    assert (soho.signed_baseline(is_unpublished=True), soho.signed_baseline(), soho.published_at()) == (
        None,
        b"newer",
        int(NOW),
    )
    soho.save_signed_baseline(b"newer")
    assert soho.published_at() is None, "frozen again is published again"
    assert mitte.signed_baseline() is None


@given(told=st.lists(st.tuples(st.sampled_from(["aaaaaaaa", "bbbbbbbb"]), st.integers(50, 60)), max_size=6))
@settings(max_examples=30)
def test_of_each_epoch_the_largest_counts_are_kept_however_often_they_are_told(told: list[tuple[str, int]]) -> None:
    largest: dict[str, int] = {}
    with closing(SqlStore("sqlite://")) as store:
        for epoch, sightings in told:
            store.keep_baseline("camera-1", make_counted(sightings, epoch))
            largest[epoch] = max(largest.get(epoch, 0), sightings)
        found = store.baselines()
    assert found == [("camera-1", make_counted(sightings, epoch)) for epoch, sightings in sorted(largest.items())]


def test_counts_are_kept_by_site_node_and_epoch(url: str, store: SqlStore) -> None:
    for site, node, epoch in (("booth", "camera-2", EPOCH), ("booth", "camera-1", EPOCH), ("soho", "camera-1", EPOCH)):
        store.at(site).keep_baseline(node, make_counted(50, epoch))
        store.at(site).keep_baseline(node, make_counted(101, epoch))
        store.at(site).keep_baseline(node, make_counted(51, epoch))
    store.purge(NOW + 1e9)
    with closing(SqlStore(url)) as again:
        assert [node for node, _ in again.at("booth").baselines()] == ["camera-1", "camera-2"]
        assert again.at("soho").baselines() == [("camera-1", make_counted(101, EPOCH))]


def test_damaged_counts_are_said(store: SqlStore) -> None:
    store.keep_baseline("camera-1", make_counted())
    with store.database.transaction() as db:
        db.execute(baselines.update().values(content=b"torn"))
    with pytest.raises(StoreError, match="counts of camera-1 in the store: is not a baseline"):
        store.baselines()


def test_of_too_many_epochs_the_smallest_are_dropped(store: SqlStore) -> None:
    for number in range(MOST_EPOCHS + 3):
        store.keep_baseline("evil", make_counted(50 + number, f"{number:08x}"))
    store.keep_baseline("camera-1", make_counted(50))
    kept = [one.counted.sightings for one in store.baselines() if one.node == "evil"]
    assert sorted(kept) == list(range(53, 53 + MOST_EPOCHS))
    assert len(store.baselines()) == MOST_EPOCHS + 1
