"""Which scores become alerts, and how alerts read."""

import pytest

from edge import wire
from edge.booth.alert import alert_id, expires_at, is_rare, make_alert, span, where, why
from edge.config import BoothConfig, PrivacySection
from tests.messages import NOW, make_score

COARSE = BoothConfig(nodes={"camera-1": 120}, privacy=PrivacySection(hint="coarse"))


def test_threshold_is_inclusive_and_warming_up_never_reaches_it() -> None:
    assert is_rare(make_score(one_in=100.0), 100.0)
    assert not is_rare(make_score(one_in=50.0), 100.0)
    assert not is_rare(make_score(one_in=None), 1.0)


def test_a_sighting_has_one_alert() -> None:
    early, final = make_score(seq=7, early=True), make_score(seq=9, follows=7)
    assert alert_id(early) == alert_id(final)
    others = {alert_id(make_score(seq=9)), alert_id(make_score(seq=7, node="camera-2")), alert_id(early)}
    assert len(others) == 3


def test_a_clock_ahead_gains_no_time() -> None:
    assert expires_at(make_score(at=wire.to_time(NOW - 10)), NOW, 60) == NOW + 50
    assert expires_at(make_score(at=wire.to_time(NOW + 20)), NOW, 60) == NOW + 60
    assert expires_at(make_score(at="2999-01-01T00:00:00Z"), NOW, 60) < NOW, "nobody knows how long ago that was"


def test_contents() -> None:
    alert = make_alert(make_score(), COARSE, NOW)
    assert wire.decode(wire.booth_topic("booth", "alert"), wire.encode(wire.booth_topic("booth", "alert"), alert))
    assert (alert.facing, alert.cameras, alert.one_in) == (120, ["camera-1"], 500.0)
    assert alert.hint == "orange upper, checked lower"
    assert alert.expires_at == wire.to_time(NOW + 60)
    assert make_alert(make_score(), BoothConfig(), NOW).hint is None
    assert make_alert(make_score(reasons=[]), COARSE, NOW).hint is None


@pytest.mark.parametrize("words", ["garment:one-colour-covered", "combination:orange-over-black", "pattern:whole:busy"])
def test_every_hint_passes_the_wire(words: str) -> None:
    alert = make_alert(make_score(reasons=[wire.Reason(words, 2)] * 4), COARSE, NOW)
    wire.pack(alert)


def test_words() -> None:
    alert = make_alert(make_score(), COARSE, NOW)
    assert span(alert) == "1 in 500 (200-1,000)"
    assert where(alert) == "camera-1 (faces 120°), left, heading right"
    assert why(alert) == "orange upper, checked lower"
    bare = make_alert(
        make_score(high=None, one_in=5000.0, low=1000.0, reasons=[], heading="toward"), BoothConfig(), NOW
    )
    assert (span(bare), where(bare)) == ("rarer than 1 in 5,000", "camera-1, left, coming closer")
    assert why(bare) == "the whole outfit"
