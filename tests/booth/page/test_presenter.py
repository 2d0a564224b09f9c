"""Sentences and figures of the page: true, in plain words, worst first."""

import msgspec

from edge.booth.page import presenter
from edge.booth.roster import NodeHealth
from tests.booth.page.pages import BUDGET, OUTCOMES, TRENDS, make_snapshot, make_view


def test_the_cameras_with_problems_come_first() -> None:
    rows = [
        NodeHealth("a", "ok", [], "spot", 12.5, 1, 2),
        NodeHealth("b", "degraded", ["is odd"]),
        NodeHealth("c", "failing", ["is offline"]),
    ]
    found = presenter.cameras(make_snapshot(nodes=rows))
    assert [(one.name, one.figures) for one in found] == [
        ("c", ""),
        ("b", ""),
        ("a", "12.5 frames a second, 1 sighting, 2 scores waiting"),
    ]


def test_a_broker_that_refuses_is_named() -> None:
    why = "broker x:1 refused the connection (Not authorized): set broker.tls"
    sentence, *_ = presenter.troubles(make_snapshot(is_connected=False, broker=why))
    assert sentence == f"B{why[1:]}. Cameras keep their scores until it is back."


def test_troubles_worst_first() -> None:
    clock = "The clock of this machine was set"
    snapshot = make_snapshot(is_connected=False, trouble="the disk is full", clock=clock, refusals=2)
    sentences = presenter.troubles(snapshot, silent_s=31)
    expected = (
        "not been updated for 31 s",
        "broker cannot be reached",
        "cannot be stored; cameras keep them until they can: the disk is full",
        clock,
        "refused 2 requests",
    )
    for sentence, start in zip(sentences, (*expected, "camera-1 lost 3 sightings", "Refused 11 messages"), strict=True):
        assert start in sentence


def test_no_trouble_is_not_mentioned() -> None:
    assert presenter.troubles(make_snapshot(lost={}, refused={"schema": 0}), silent_s=presenter.STALE_S) == []


def test_every_reason_to_refuse_has_words() -> None:
    """Every reason for which wire.py or the booth refuses a message has a sentence that says what to do."""
    reasons = {"topic", "too_large", "not_json", "version", "schema", "sender", "baseline"}
    reasons |= {"retained", "sealed", "too_many_nodes", "epochs", "window", "revoked"}
    assert set(presenter.REFUSALS) == reasons
    (sentence,) = presenter.troubles(make_snapshot(lost={}, refused={"unheard-of": 1}))
    assert sentence == "Refused 1 message (unheard-of): see the log."


def test_an_alert_is_said_in_words() -> None:
    (card,) = presenter.cards(make_snapshot())
    assert (card.rare, card.look) == ("1 in 500 (200-1,000)", "Look north-west")
    assert card.where == "camera-1 (faces 315°), left, heading right"
    assert (card.why, card.left, card.actions) == ("orange top, dark grey checked trousers", "47 s left", ("claimed",))


def test_a_camera_of_unknown_facing() -> None:
    (card,) = presenter.cards(make_snapshot(alerts=[make_view(node="camera-9")]))
    assert card.look == "Look at the left"
    assert presenter.unplaced(make_snapshot(facings={"camera-9": None})) == ["camera-1", "camera-9"]


def test_what_is_claimed_outlives_its_expiry_and_what_is_open_does_not() -> None:
    views = [make_view(1, left_s=0), make_view(2, "claimed", "north", left_s=0)]
    snapshot = make_snapshot(alerts=views)
    (card,) = presenter.cards(snapshot)
    assert card.status == "claimed by north"
    assert card.actions == ("greeted", "not_found", "not_unusual", "declined")
    (over,) = presenter.cards(make_snapshot(alerts=[make_view(1, "declined", "north")]))
    assert (over.status, over.actions) == ("declined by north", ())


def test_why_nobody_is_alerted() -> None:
    assert presenter.nobody(make_snapshot()) == "Nobody exceptional in the last minute."
    silenced = msgspec.structs.replace(BUDGET, silence="The stock is used up.")
    assert presenter.nobody(make_snapshot(budget=silenced)) == "The stock is used up."


def test_figures() -> None:
    found = dict(presenter.figures(make_snapshot(budget=BUDGET, outcomes=OUTCOMES)))
    assert found["Sightings an hour"] == "1,180"
    assert found["Alerts an hour"] == "5.4 of 6 that can be greeted"
    assert found["Alerts from"] == "1 in 210"
    assert found["Left to give away"] == "14"
    assert found["Outcomes of alerts"] == "9 greeted, 4 not found, 2 not unusual, 1 declined"
    assert found["Unusual, of those found"] == "82 % (52-95)"
    assert found["From sighting to greeting"] == "24 s on average"
    assert set(dict(presenter.figures(make_snapshot()))) < set(found)


def test_trends_with_their_error_bars() -> None:
    first, second = presenter.trends(make_snapshot(trends=TRENDS))
    assert (first.what, first.now, first.usual, first.sightings) == (
        "orange top or coat",
        "13 % (8-17)",
        "3.1 %",
        "222",
    )
    assert (second.what, second.verdict) == ("bare legs", "less than usual")
