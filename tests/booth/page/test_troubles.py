"""The booth's troubles: true, in plain words, worst first."""

from edge.booth.facts import Fact
from edge.booth.page.text import Text
from edge.booth.page.troubles import STALE_S, troubles
from tests.booth.page.pages import make_snapshot

ENGLISH = Text("en")


def test_troubles_worst_first() -> None:
    clock = "The clock of this machine was set"
    snapshot = make_snapshot(is_connected=False, trouble="the disk is full", clock=clock, refusals=2)
    sentences = troubles(snapshot, ENGLISH, silent_s=31)
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
    assert troubles(make_snapshot(lost={}, refused={"schema": 0}), ENGLISH, silent_s=STALE_S) == []


def test_the_clock_in_another_language() -> None:
    fact = Fact("clock-is-behind", (7200,))
    snapshot = make_snapshot(lost={}, refused={}, clock=fact.sentence, clock_facts=[fact])
    assert "2 h" in fact.sentence
    (sentence,) = troubles(snapshot, Text("de"))
    assert "geht nach, mit einem Abstand von 2 h" in sentence


def test_every_reason_to_refuse_has_words() -> None:
    """Every reason for which wire.py or the booth refuses a message has a sentence that says what to do."""
    reasons = {"topic", "too_large", "not_json", "version", "schema", "sender", "baseline"}
    reasons |= {"retained", "sealed", "too_many_nodes", "epochs", "window", "revoked"}
    assert all(ENGLISH.has(f"refused-{reason}") for reason in reasons)
    (sentence,) = troubles(make_snapshot(lost={}, refused={"unheard-of": 1}), ENGLISH)
    assert sentence == "Refused 1 message (unheard-of): see the log."
