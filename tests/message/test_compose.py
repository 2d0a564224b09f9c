"""The privacy gate: whatever goes in, only the closed schema comes out."""

import json
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import wire
from edge.errors import WireError
from edge.limits import FLOOR
from edge.message.compose import compose, compose_trend
from edge.records import Appearance, Departure, Heading, Reason, Score, ScoreState, Sighting, Zone
from edge.vocabulary import COLOURS, FACETS, REGIONS

TOPIC = wire.node_topic("booth", "camera-1", "score")
KEYS = set(wire.Score.__struct_fields__)
ALWAYS = {"v", "node", "epoch", "seq", "at", "state", "p", "follows"}
"""Fields that everybody's score may have."""


def make_sighting(**changes: Any) -> Sighting:
    fields: dict[str, Any] = {
        "track_id": 987_654_321,
        "first_seen_at": 1_750_000_000.25,
        "last_seen_at": 1_750_000_003.75,
        "zone": Zone.LEFT,
        "heading": Heading.AWAY,
        "is_confirmed": True,
        "has_moved": True,
    }
    quality = changes.pop("quality", 0.6789)
    array = np.full((4, 486), 0.123456, np.float32)
    return Sighting(
        Departure(**(fields | changes)),
        Appearance(array, array, array, array[0], array[0], array[0], array[0], quality),
    )


def make_record(**changes: Any) -> Score:
    fields: dict[str, Any] = {
        "state": ScoreState.SCORED,
        "sightings": 6120,
        "surprisal_bits": 8.7501,
        "p_value": 0.0023255,
        "one_in": 430.77,
        "low": 300.4,
        "high": 620.9,
        "facets": {"colour": 5.123, "pattern": 3.0},
        "reasons": (Reason("colour:upper:orange", 5.123),) * 6,
    }
    return Score(**(fields | changes))


def composed(score: Score, sighting: Sighting) -> wire.Score:
    return compose(score, sighting, node="camera-1", baseline_id="0123456789ab", link="89abcdef")


def test_figures_are_coarse_and_reasons_few() -> None:
    found = composed(make_record(), make_sighting())
    assert (found.bits, found.p, found.one_in, found.low, found.high) == (8, 0.005, 200.0, 200.0, 1000.0)
    assert (found.at, found.zone, found.heading) == ("2025-06-15T15:06:43Z", "left", "away")
    assert found.reasons == [wire.Reason("colour:upper:orange", 5)] * 4
    assert (found.epoch, found.seq) == (wire.UNNUMBERED_EPOCH, 1)


def test_warming_up_has_no_figures() -> None:
    found = composed(make_record(state=ScoreState.WARMING_UP), make_sighting())
    assert found.state == "warming_up"
    assert (found.bits, found.p, found.one_in, found.low, found.high) == (None,) * 5


@pytest.mark.parametrize(("p", "sent"), [(0.1001, 0.2), (0.31, 0.5), (0.7, 1.0), (1.0, 1.0)])
def test_of_who_could_never_be_alerted_only_a_coarse_p_and_the_minute_leave(p: float, sent: float) -> None:
    found = composed(make_record(p_value=p, one_in=1 / p), make_sighting())
    expected = wire.Score(
        node="camera-1", epoch=wire.UNNUMBERED_EPOCH, seq=1, at="2025-06-15T15:06:00Z", state="scored", p=sent
    )
    assert found == expected
    assert composed(make_record(p_value=0.1), make_sighting()).is_candidate


def test_out_of_range_is_clamped() -> None:
    wild = make_record(surprisal_bits=float("inf"), p_value=0.0, one_in=float("inf"), low=-3.0, high=None)
    found = composed(wild, make_sighting(last_seen_at=-5.0))
    assert (found.bits, found.p, found.one_in, found.low, found.high) == (30, 1e-9, 1e9, 1.0, None)
    assert found.at == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "changes",
    [
        {"p_value": float("nan")},
        {"low": float("nan")},
        {"reasons": (Reason("colour:upper:orange", float("nan")),)},
        {"reasons": (Reason("tall man with a limp", 3.0),)},
        {"reasons": (Reason("colour:upper:orange ", 3.0),)},
    ],
)
def test_what_has_no_place_on_the_wire_is_refused_aloud(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError, match="schema"):
        composed(make_record(**changes), make_sighting())


figures = st.floats() | st.integers(-(10**12), 10**12) | st.floats(width=32).map(np.float32)
words = st.text(max_size=300) | st.builds("colour:{}:{}".format, st.sampled_from(REGIONS), st.sampled_from(COLOURS))
records = st.builds(
    Score,
    state=st.sampled_from(ScoreState),
    sightings=st.integers(0, 10**9),
    surprisal_bits=figures,
    p_value=figures,
    one_in=figures,
    low=figures,
    high=st.none() | figures,
    facets=st.dictionaries(st.sampled_from(FACETS) | st.text(max_size=50), figures, max_size=8),
    reasons=st.lists(st.builds(Reason, words, figures), max_size=12).map(tuple),
)
sightings = st.builds(
    make_sighting,
    track_id=st.integers(10**12, 10**15),
    first_seen_at=figures,
    last_seen_at=figures,
    zone=st.sampled_from(Zone),
    heading=st.sampled_from(Heading),
    quality=figures,
)


@settings(max_examples=200)
@given(records, sightings, st.sampled_from(["", "0123456789ab"]) | st.text(max_size=40))
def test_nothing_else_passes(score: Score, sighting: Sighting, baseline: str) -> None:
    try:
        message = compose(score, sighting, node="camera-1", baseline_id=baseline, link="")
    except WireError:
        return
    payload = wire.pack(message)
    assert wire.decode(TOPIC, payload)[1] == message
    assert len(payload) <= wire.MAX_BYTES
    fields = json.loads(payload)
    assert set(fields) == KEYS
    assert str(sighting.departure.track_id).encode() not in payload
    assert fields["at"] == wire.to_time(wire.from_time(fields["at"]))
    assert _kinds(fields) <= {str, int, float, bool, type(None)}
    assert message.is_candidate or set(fields) - {name for name, value in fields.items() if not value} <= ALWAYS
    assert all(set(reason) == {"words", "bits"} for reason in fields["reasons"])


def _kinds(fields: dict[str, Any]) -> set[type]:
    """Return the types of every value; only `reasons` may be a list."""
    return {type(value) for name, value in fields.items() if name != "reasons"}


def test_every_good_score_passes() -> None:
    message = composed(make_record(), make_sighting())
    assert msgspec.structs.replace(message, seq=7).seq == 7


@given(
    st.dictionaries(
        st.sampled_from(["colour:upper:black", "pattern:lower:striped", "garment:bare-legs"]), st.integers(0, 50)
    )
)
def test_no_count_below_the_floor_leaves_the_node(counts: dict[str, int]) -> None:
    trend = compose_trend("camera-1", 900, 60, counts)
    assert trend is not None
    assert all(count >= FLOOR for count in trend.counts.values())
    assert len(trend.counts) + trend.withheld == len(counts)
    assert compose_trend("camera-1", 900, FLOOR - 1, {}) is None


def test_a_trend_of_other_words_never_leaves() -> None:
    with pytest.raises(WireError, match="schema"):
        compose_trend("camera-1", 900, 60, {"a person I know": 12})
