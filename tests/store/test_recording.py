"""Batches of many sites at once: each score once, cursors over what is complete, counts that agree."""

from collections import Counter
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from edge import wire
from edge.store.store import SIGHTINGS, SiteBatch, Source, SqlStore
from tests.messages import EPOCH, NOW, make_ordinary, make_score
from tests.store.stores import nobody

SENT = st.tuples(st.sampled_from(["soho", "mitte"]), st.sampled_from(["camera-1", "camera-2"]), st.integers(1, 8))


def batches_of(sent: list[tuple[str, str, int]]) -> dict[str, SiteBatch]:
    found: dict[str, list[wire.Score]] = {}
    for site, node, seq in sent:
        found.setdefault(site, []).append(make_ordinary(node=node, seq=seq))
    return {site: SiteBatch(some, [], None) for site, some in found.items()}


@given(sent=st.lists(st.lists(SENT, max_size=10), max_size=6))
@settings(max_examples=40, deadline=None)
def test_in_any_order_and_however_often_each_score_counts_once(sent: list[list[tuple[str, str, int]]]) -> None:
    stored: set[tuple[str, str, int]] = set()
    with closing(SqlStore("sqlite://")) as store:
        for batch in sent:
            done = store.record_sites(batches_of(batch), {}, now=NOW)
            new = {(site, key.node, key.seq) for site, one in done.items() for key in one.new}
            assert new == set(batch) - stored
            stored |= new
            for site, one in done.items():
                for source, upto in one.upto.items():
                    theirs = {seq for at, node, seq in stored if (at, node) == (site, source.node)}
                    assert upto == next(n for n in range(10) if n + 1 not in theirs)
        seen = {site: Counter[str]() for site in ("soho", "mitte")}
        for site, counts in seen.items():
            for cell in store.at(site).cells("traffic"):
                counts[cell.node] += cell.n * (cell.words == SIGHTINGS)
    assert seen == {site: Counter(node for at, node, _ in stored if at == site) for site in seen}


def test_both_databases_keep_candidates_and_ordinary_people_of_many_sites(store: SqlStore) -> None:
    sites = [f"site-{number}" for number in range(30)]
    batch = {site: SiteBatch([make_score(), make_ordinary(seq=2)], [], None) for site in sites}
    done = store.record_sites(batch, {"schema": 2}, now=NOW)
    assert {one.upto[Source("camera-1", EPOCH)] for one in done.values()} == {2}
    assert (store.sites(), store.refusals()) == (sites and sorted(sites), {"schema": 2})
    again = store.record_sites(batch, {}, now=NOW)
    assert {len(one.new) for one in again.values()} == {0}


def test_counts_of_a_window_that_are_sent_twice_are_kept_once(store: SqlStore) -> None:
    at = wire.to_time(NOW // 900 * 900)
    trends = [
        wire.Trend(node="camera-1", window=at, sightings=n, counts={"colour:upper:red": n - 1}, withheld=0)
        for n in (9, 7, 9)
    ]
    store.record_sites({"soho": SiteBatch([], [], None, trends), "mitte": SiteBatch([], [], nobody)}, {}, now=NOW)
    assert {(cell.words, cell.n) for cell in store.at("soho").cells("worn")} == {
        ("colour:upper:red", 8),
        (SIGHTINGS, 9),
    }
    assert store.at("mitte").cells("worn") == []
