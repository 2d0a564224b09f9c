"""Figures and trends of the page."""

from edge.booth.page import counts
from edge.booth.page.text import Text
from tests.booth.page.pages import BUDGET, OUTCOMES, TRENDS, make_snapshot

ENGLISH = Text("en")


def test_figures() -> None:
    found = dict(counts.figures(make_snapshot(budget=BUDGET, outcomes=OUTCOMES), ENGLISH))
    assert found["Sightings an hour"] == "1,180"
    assert found["Alerts an hour"] == "5.4 of 6 that can be greeted"
    assert found["Alerts from"] == "1 in 210"
    assert found["Left to give away"] == "14"
    assert found["Outcomes of alerts"] == "9 greeted, 4 not found, 2 not unusual, 1 declined"
    assert found["Unusual, of those found"] == "82 % (52\N{EN DASH}95)"
    assert found["From sighting to greeting"] == "24 s on average"
    assert set(dict(counts.figures(make_snapshot(), ENGLISH))) < set(found)


def test_trends_with_their_error_bars() -> None:
    first, second = counts.trends(make_snapshot(trends=TRENDS), ENGLISH)
    assert (first.what, first.now, first.usual, first.sightings) == (
        "orange top or coat",
        "13 % (8\N{EN DASH}17)",
        "3.1 %",
        "222",
    )
    assert (second.what, second.verdict) == ("bare legs", "less than usual")
