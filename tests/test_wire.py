"""Every message survives a round trip; anything outside the schema is refused with a reason."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.errors import WireError
from edge.limits import RARITIES
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS
from tests.messages import make_counted, make_health, make_score, make_status

SCORE_TOPIC = wire.node_topic("booth", "camera-1", "score")
GAP = wire.Gap(node="camera-1", epoch="01234567", upto=3, dropped=2)
ACK = wire.Ack(epoch="01234567", upto=3)
ALERT = wire.Alert(
    id="01234567",
    at="2025-06-15T15:06:40Z",
    node="camera-1",
    zone="left",
    heading="away",
    one_in=500.0,
    low=200.0,
    reasons=[wire.Reason("colour:upper:orange", 5)],
    hint="orange upper, checked lower",
    cameras=["camera-1"],
    expires_at="2025-06-15T15:07:40Z",
)
FEEDBACK = wire.Feedback(id="01234567", outcome="claimed", at="2025-06-15T15:06:50Z", who="laptop-1")
TREND = wire.Trend(
    node="camera-1",
    window="2025-06-15T15:15:00Z",
    sightings=41,
    counts={"colour:upper:black": 12, "garment:long-upper": 5},
    withheld=3,
)
FROZEN = wire.Frozen(
    site="booth",
    at="2025-06-15T15:06:40Z",
    mode="spot",
    id="0123456789ab",
    recipe="ba9876543210",
    nodes=["camera-1"],
    sightings=6120,
    since="2025-06-01T08:00:00Z",
    baseline=bytes(range(256)),
    signature=b"s" * 64,
)

node_messages = pytest.mark.parametrize(
    ("topic", "message"),
    [
        (SCORE_TOPIC, make_score()),
        (SCORE_TOPIC, make_score(one_in=2.0)),
        (SCORE_TOPIC, make_score(one_in=None)),
        (wire.node_topic("booth", "camera-1", "gap"), GAP),
        (wire.node_topic("booth", "camera-1", "ack"), ACK),
        (wire.node_topic("booth", "camera-1", "status"), make_status()),
        (wire.node_topic("booth", "camera-1", "health"), make_health(problems=[wire.problem("hot", 84.2)])),
        (wire.booth_topic("booth", "alert"), ALERT),
        (wire.booth_topic("booth", "status"), make_status("offline")),
        (wire.booth_topic("booth", "feedback"), FEEDBACK),
        (wire.booth_topic("booth", "notice"), wire.Notice(at=FEEDBACK.at, nodes={"camera-1": [wire.problem("twins")]})),
        (wire.node_topic("booth", "camera-1", "trend"), TREND),
        (wire.booth_topic("booth", "baseline"), FROZEN),
        (wire.booth_topic("booth", "baseline"), wire.Frozen(site="booth", at=FROZEN.at, mode="collect")),
    ],
)


@node_messages
def test_round_trip(topic: str, message: wire.Message) -> None:
    _, found = wire.decode(topic, wire.encode(topic, message))
    assert found == message
    assert wire.pack(message) == wire.encode(topic, message)


@given(
    seq=st.integers(1, 2**53),
    one_in=st.none() | st.sampled_from(RARITIES),
    seconds=st.integers(0, 253_402_300_799),
)
def test_any_score_survives(seq: int, one_in: float | None, seconds: int) -> None:
    score = make_score(seq=seq, one_in=one_in, at=wire.to_time(seconds))
    assert wire.decode(SCORE_TOPIC, wire.encode(SCORE_TOPIC, score))[1] == score
    assert wire.from_time(score.at) == (seconds if score.is_candidate else seconds // 60 * 60)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 3}, "version"),
        ({"v": None}, "schema"),
        ({"embedding": [0.1, 0.2]}, "schema"),
        ({"track_id": 7}, "schema"),
        ({"note": "red jacket"}, "schema"),
        ({"at": "2025-06-15T15:06:40.123Z"}, "schema"),
        ({"at": "2025-02-31T15:06:40Z"}, "schema"),
        ({"one_in": None}, "schema"),
        ({"p": 0}, "schema"),
        ({"p": 1e400}, "not_json"),
        ({"p": 0.00233, "one_in": 430, "bits": 9}, "schema"),
        ({"p": 0.002000001}, "schema"),
        ({"bits": [1, 2, 3]}, "schema"),
        ({"bits": 9.01}, "schema"),
        ({"bits": 8}, "schema"),
        ({"one_in": 500.001}, "schema"),
        ({"low": 201}, "schema"),
        ({"high": 999.999}, "schema"),
        ({"facets": {"colour": 5.1}}, "schema"),
        ({"quality": 0.8}, "schema"),
        ({"zone": None}, "schema"),
        ({"reasons": [{"words": "colour:upper:orange", "bits": 1.01}]}, "schema"),
        ({"reasons": [{"words": "face:round", "bits": 1}]}, "schema"),
        ({"reasons": [{"words": "colour:upper:orange", "bits": 1}] * 5}, "schema"),
        ({"baseline": "a person I know"}, "schema"),
        ({"link": "not hex!"}, "schema"),
        ({"node": "camera-2"}, "sender"),
        ({"node": "Camera 1"}, "schema"),
        ({"node": "camera-1\n"}, "schema"),
        ({"seq": 0}, "schema"),
        ({"state": "warming_up"}, "schema"),
        ({"p": None}, "schema"),
        ({"p": 0.5}, "schema"),
    ],
)
def test_refused(change: dict[str, object], reason: str) -> None:
    fields = json.loads(wire.encode(SCORE_TOPIC, make_score())) | change
    with pytest.raises(WireError) as caught:
        wire.decode(SCORE_TOPIC, json.dumps(fields).replace("Infinity", "1e400").encode())
    assert caught.value.reason in (reason, "schema" if reason == "not_json" else reason)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-06-15T15:06:40Z"},
        {"p": 0.45},
        {"bits": 1},
        {"one_in": 2},
        {"low": 1},
        {"high": 5},
        {"early": True},
        {"zone": "left"},
        {"heading": "left"},
        {"link": "89abcdef"},
        {"baseline": "0123456789ab"},
        {"reasons": [{"words": "colour:upper:orange", "bits": 1}]},
    ],
)
@pytest.mark.parametrize("one_in", [2.0, None])
def test_nothing_more_is_said_of_who_is_no_candidate(one_in: float | None, change: dict[str, object]) -> None:
    fields = json.loads(wire.encode(SCORE_TOPIC, make_score(one_in=one_in))) | change
    with pytest.raises(WireError, match="schema"):
        wire.decode(SCORE_TOPIC, json.dumps(fields).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"counts": {"colour:upper:black": 4}},
        {"counts": {"a person I know": 12}},
        {"sightings": 4},
        {"window": "2025-06-15T15:06:40Z"},
        {"window": "2025-02-31T15:00:00Z"},
        {"colours": {"black": 12}},
    ],
)
def test_a_trend_with_too_small_a_cell_or_too_fine_a_time_is_refused(change: dict[str, object]) -> None:
    topic = wire.node_topic("booth", "camera-1", "trend")
    fields = json.loads(wire.encode(topic, TREND)) | change
    with pytest.raises(WireError, match="schema"):
        wire.decode(topic, json.dumps(fields).encode())


def test_the_fullest_trend_fits() -> None:
    words = [f"{facet}:{region}:{word}" for facet, of in (("colour", COLOURS), ("pattern", PATTERNS))
             for region in ("upper", "lower", "shoes") for word in of]  # fmt: skip
    trend = msgspec.structs.replace(TREND, counts=dict.fromkeys([*words, *(f"garment:{g}" for g in GARMENTS)], 9999))
    assert len(wire.pack(trend)) <= wire.MAX_BYTES


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b'{"v":1', b'{"v":1,"x":' + b"[" * 2000])
def test_not_json(payload: bytes) -> None:
    with pytest.raises(WireError, match="not_json"):
        wire.decode(SCORE_TOPIC, payload)


def test_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(WireError, match=r"too_large: expected at most 2048 bytes, found 2049"):
        wire.decode(SCORE_TOPIC, b"[" * 2049)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "spotter/v1",
        "spotter/v1/booth/node/camera-1/frame",
        "spotter/v2/booth/node/camera-1/score",
        "a" * 300,
        "spotter/v1/booth/node/+/score",
        "spotter/v1/booth/booth/score",
        "spotter/v1/booth/node/camera-1/score\n",
    ],
)
def test_unknown_topics(topic: str) -> None:
    with pytest.raises(WireError) as caught:
        wire.decode(topic, b"{}")
    assert caught.value.reason == "topic"


def test_status_and_health_ignore_what_they_do_not_know() -> None:
    topic = wire.node_topic("booth", "camera-1", "status")
    fields = json.loads(wire.encode(topic, make_status())) | {"colour_of_case": "grey"}
    assert wire.decode(topic, json.dumps(fields).encode())[1] == make_status()


@pytest.mark.parametrize("hint", ["a tall man", "orange", "orange upper,", ", ".join(["orange upper"] * 5)])
def test_a_hint_is_made_of_the_vocabulary(hint: str) -> None:
    topic = wire.booth_topic("booth", "alert")
    fields = json.loads(wire.encode(topic, ALERT)) | {"hint": hint}
    with pytest.raises(WireError, match="schema"):
        wire.decode(topic, json.dumps(fields).encode())


def test_sending_is_checked_too() -> None:
    with pytest.raises(WireError, match="schema"):
        wire.encode(SCORE_TOPIC, make_score(zone="behind"))
    with pytest.raises(WireError, match="sender"):
        wire.encode(SCORE_TOPIC, make_score(node="camera-2"))
    with pytest.raises(WireError, match="schema"):
        wire.pack(make_health(fps=float("nan")))


def test_a_baseline_may_be_larger_than_the_rest() -> None:
    topic = wire.booth_topic("booth", "baseline")
    large = msgspec.structs.replace(FROZEN, baseline=b"x" * 190_000)
    assert wire.decode(topic, wire.encode(topic, large))[1] == large
    with pytest.raises(WireError, match="too_large"):
        wire.encode(topic, msgspec.structs.replace(FROZEN, baseline=b"x" * 200_000))


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "collect"},
        {"id": ""},
        {"nodes": []},
        {"until": "2025-02-31T15:00:00Z"},
        {"signature": b"s" * 65},
        {"note": 1},
        {"site": "+"},
    ],
)
def test_a_frozen_baseline_says_all_or_nothing(change: dict[str, object]) -> None:
    topic = wire.booth_topic("booth", "baseline")
    fields = msgspec.to_builtins(FROZEN) | change
    with pytest.raises(WireError, match="schema"):
        wire.decode(topic, msgspec.json.encode(fields))


def test_the_signature_is_over_everything_else() -> None:
    assert msgspec.structs.replace(FROZEN, signature=b"").signed_part == FROZEN.signed_part
    for field, value in (("at", "2025-06-15T15:06:41Z"), ("nodes", ["camera-2"]), ("baseline", b"x"), ("site", "soho")):
        assert msgspec.structs.replace(FROZEN, **{field: value}).signed_part != FROZEN.signed_part


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epoch": ""}, "epoch"),
        ({"noise": ("a person I know",)}, "noise"),
        ({"arrays": {"sightings": (49).to_bytes(8, "little")}}, "at least 50"),
    ],
)
def test_a_nodes_counts_are_whole_batches_of_an_epoch(change: dict[str, object], words: str) -> None:
    topic = wire.node_topic("booth", "camera-1", "baseline")
    assert wire.decode(topic, wire.encode(topic, make_counted()))[1] == make_counted()
    with pytest.raises(WireError, match=f"baseline: .*{words}"):
        wire.encode(topic, msgspec.structs.replace(make_counted(), **change))


@given(payload=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    for topic in (wire.node_topic("booth", "camera-1", "baseline"), wire.booth_topic("booth", "baseline")):
        with pytest.raises(WireError):
            wire.decode(topic, payload)
