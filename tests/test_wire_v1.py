"""Messages of version 1 are taken for one release, and say no more than those of today."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.errors import WireError
from edge.limits import CANDIDATE_P, rarity_at_most
from tests.messages import EPOCH, make_ordinary, make_score

SCORE = wire.node_topic("booth", "camera-1", "score")
OLD: dict[str, Any] = {
    "v": 1,
    "node": "camera-1",
    "epoch": EPOCH,
    "seq": 7,
    "at": "2025-06-15T15:06:41Z",
    "state": "scored",
    "bits": 8.75,
    "p": 0.00233,
    "one_in": 430.0,
    "low": 300.0,
    "high": 620.0,
    "facets": {"colour": 5.1, "pattern": 3.2, "garment": 0.0, "combination": 0.0},
    "reasons": [{"words": "colour:upper:orange", "bits": 5.1}],
    "zone": "left",
    "heading": "right",
    "quality": 0.81,
    "early": False,
    "follows": None,
    "baseline": "0123456789ab",
    "link": "89abcdef",
}
WARMING = dict.fromkeys(("bits", "p", "one_in", "low", "high", "facets")) | {"state": "warming_up", "reasons": []}


def read(**changes: Any) -> wire.Message:
    return wire.decode(SCORE, json.dumps(OLD | changes).encode())[1]


def test_a_candidate_is_put_on_the_grid() -> None:
    expected = make_score(
        seq=7, at=OLD["at"], one_in=200.0, low=200.0, high=1000.0, reasons=[wire.Reason("colour:upper:orange", 5)]
    )
    assert read() == expected


@pytest.mark.parametrize("p", [0.11, 0.5, 0.87, 1, None])
def test_who_is_no_candidate_loses_the_rest(p: float | None) -> None:
    change = WARMING if p is None else {"p": p, "one_in": 1 / p, "low": 1.0, "high": 9.0, "bits": 1.0}
    one_in = None if p is None else rarity_at_most(1 / p)
    assert read(**change) == make_ordinary(seq=7, at=OLD["at"], one_in=one_in)


@given(st.floats(1e-9, 1))
def test_whatever_it_says_of_p_becomes_a_valid_score(p: float) -> None:
    found = read(p=p, one_in=1 / p, low=min(300.0, 1 / p), high=None)
    assert isinstance(found, wire.Score)
    assert found.is_candidate == (p <= CANDIDATE_P)
    assert found.p is not None
    assert found.p >= p * (1 - 1e-6), "nobody becomes rarer"


anything = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from([*OLD, "face"]), anything, max_size=4))
def test_nonsense_is_refused_and_never_raises_anything_else(changes: dict[str, Any]) -> None:
    try:
        read(**changes)
    except WireError as err:
        assert err.reason in ("schema", "sender", "version", "not_json")  # noqa: PT017 - some are valid
