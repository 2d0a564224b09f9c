"""Whom nobody could find by their clothes gets no alert, and takes no budget from the others."""

import pytest

from edge import wire
from edge.booth.selection import resumed
from edge.config import AlertSection, BoothConfig
from tests.fakes import WatchedStore
from tests.messages import NOW, make_score

WEAK = [wire.Reason("combination:orange-over-black", 2.5), wire.Reason("garment:no-bag", 6.0)]
BUDGET = BoothConfig(alert=AlertSection(one_in=10.0, per_hour=4.0))


def rare(seq: int, *, is_weak: bool = False) -> wire.Score:
    changes = {"reasons": WEAK, "facets": wire.Facets(combination=2.5, garment=6.0)} if is_weak else {}
    return make_score(seq=seq, link="", **changes)


@pytest.mark.parametrize("config", [BoothConfig(alert=AlertSection(one_in=100.0)), BUDGET])
def test_a_weak_reason_is_held_back_and_counted(config: BoothConfig) -> None:
    selection = resumed(config, WatchedStore("sqlite://", "booth"), NOW)
    batch = [rare(1, is_weak=True), rare(2)]
    chosen = selection.choose(batch, NOW, 0, None).alerts
    assert [key.seq for key in chosen] == [2]
    assert selection.choose(batch, NOW, 0, None).alerts == chosen
    assert selection.held_back == 1, "asked twice, counted once"


def test_an_ordinary_person_is_not_counted() -> None:
    selection = resumed(BUDGET, WatchedStore("sqlite://", "booth"), NOW)
    ordinary = make_score(one_in=2.0, reasons=WEAK, link="")
    assert not selection.choose([ordinary], NOW, 0, None).alerts
    assert selection.held_back == 0


def test_those_held_back_take_no_budget() -> None:
    """Four alerts may be saved up at most; twenty weak ones before do not use any."""
    selection = resumed(BUDGET, WatchedStore("sqlite://", "booth"), NOW)
    before = [rare(seq, is_weak=True) for seq in range(1, 21)]
    assert not selection.choose(before, NOW, 0, None).alerts
    selection.stored()
    assert selection.choose([rare(30)], NOW, 0, None).alerts
