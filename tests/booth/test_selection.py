"""Nobody takes the whole budget, and invented people do not raise its price."""

from typing import Any

from edge.booth.selection import Selection, resumed
from edge.config import AlertSection, BoothConfig
from edge.store.store import SqlStore
from tests.messages import NOW, make_score

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
    assert selection.people_last_hour(NOW + 800) <= 600 + 2 * 800 + 1
    assert ask(selection, NOW + 800, at="2025-06-15T15:20:00Z", node="north", one_in=5000.0)


def test_a_node_that_claims_too_many_is_held_and_others_are_not() -> None:
    selection = Selection(BoothConfig(), None)
    heard = [ask(selection, node="evil", seq=seq) for seq in range(1, 2001)]
    assert 0 < sum(heard) <= 31
    assert selection.claims.held == {"evil"}
    assert ask(selection, node="north")
