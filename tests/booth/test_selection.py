"""Nobody takes the whole budget, invented people do not raise its price, and whom nobody could find gets no alert."""

from typing import Any

import pytest

from edge import wire
from edge.booth.selection import Selection, resumed
from edge.config import AlertSection, BoothConfig
from edge.store.store import SqlStore
from tests.messages import NOW, make_score
from tests.store.watched import WatchedStore

WEAK = [wire.Reason("combination:orange-over-black", 2), wire.Reason("garment:no-bag", 6)]
FOUR_AN_HOUR = BoothConfig(alert=AlertSection(one_in=10.0, per_hour=4.0))


def rare(seq: int, *, is_weak: bool = False) -> wire.Score:
    changes = {"reasons": WEAK} if is_weak else {}
    return make_score(seq=seq, link="", **changes)


@pytest.mark.parametrize("config", [BoothConfig(alert=AlertSection(one_in=100.0)), FOUR_AN_HOUR])
def test_a_weak_reason_is_held_back_and_counted(config: BoothConfig) -> None:
    selection = resumed(config, WatchedStore("sqlite://", "booth"), NOW)
    batch = [rare(1, is_weak=True), rare(2)]
    chosen = selection.choose(batch, NOW, 0, None).alerts
    assert [key.seq for key in chosen] == [2]
    assert selection.choose(batch, NOW, 0, None).alerts == chosen
    assert selection.held_back == 1, "asked twice, counted once"


def test_an_ordinary_person_is_not_counted() -> None:
    selection = resumed(FOUR_AN_HOUR, WatchedStore("sqlite://", "booth"), NOW)
    ordinary = make_score(one_in=2.0)
    assert not selection.choose([ordinary], NOW, 0, None).alerts
    assert selection.held_back == 0


def test_those_held_back_take_no_budget() -> None:
    """Four alerts may be saved up at most; twenty weak ones before do not use any."""
    selection = resumed(FOUR_AN_HOUR, WatchedStore("sqlite://", "booth"), NOW)
    before = [rare(seq, is_weak=True) for seq in range(1, 21)]
    assert not selection.choose(before, NOW, 0, None).alerts
    selection.stored()
    assert selection.choose([rare(30)], NOW, 0, None).alerts


BUDGET = AlertSection(per_hour=12, one_in=100.0)


def ask(selection: Selection, now: float = NOW, **changes: Any) -> bool:
    score = make_score(link="", **changes)
    chosen = selection.choose([score], now, 0, None).alerts
    selection.stored()
    return bool(chosen)


def test_one_node_leaves_the_others_their_part_of_the_budget() -> None:
    selection = resumed(BoothConfig(alert=BUDGET), SqlStore("sqlite://", "booth"), NOW)
    taken = sum(ask(selection, node="evil", seq=seq, one_in=1e6) for seq in range(1, 13))
    assert taken == 2
    assert ask(selection, node="north", one_in=5000.0), "at once"


def test_invented_people_do_not_raise_the_price_for_all() -> None:
    selection = resumed(BoothConfig(alert=BUDGET), SqlStore("sqlite://", "booth"), NOW)
    for seq in range(1, 20_001):
        ask(selection, NOW + seq / 25, node="evil", seq=seq, one_in=1.0)
    assert selection.sightings_last_hour(NOW + 800) <= 600 + 2 * 800 + 1
    assert ask(selection, NOW + 800, at="2025-06-15T15:20:00Z", node="north", one_in=5000.0)


def test_what_the_page_shows_is_sightings() -> None:
    """Three cameras see one rare person, one of them early, and an ordinary one: six scores of five sightings."""
    selection = Selection(BoothConfig(), None)
    for node, changes in (("camera-1", {"early": True}), ("camera-1", {"seq": 2, "follows": 1}), ("camera-2", {})):
        ask(selection, node=node, **changes)
    for node in ("camera-1", "camera-2", "camera-3"):
        ask(selection, node=node, seq=9, one_in=1.0)
    assert selection.sightings_last_hour(NOW) == 5
    assert selection.sightings_last_hour(NOW + 3601) == 0


def test_a_node_that_claims_too_many_is_held_and_others_are_not() -> None:
    selection = Selection(BoothConfig(), None)
    heard = [ask(selection, node="evil", seq=seq) for seq in range(1, 2001)]
    assert 0 < sum(heard) <= 31
    assert selection.claims.held == {"evil"}
    assert ask(selection, node="north")
