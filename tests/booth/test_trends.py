"""Trends: chance is not reported, a change is, and withheld counts decide nothing."""

import random

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from edge.booth.binomial import binomial
from edge.booth.trends import outcomes, trends
from edge.limits import FLOOR, WINDOW_S
from edge.store.store import DAY_S, SIGHTINGS, Cell

NOW = 20_000 * DAY_S
WORDS = [f"colour:upper:{word}" for word in ("black", "navy", "white", "red", "green")]


def windows(share: dict[str, float], start: int, count: int, rng: random.Random, n: int = 60) -> list[Cell]:
    """Return whole windows as nodes send them, with counts under the floor withheld."""
    found = []
    for i in range(count):
        when = start + i * WINDOW_S
        worn = rng.choices(list(share), list(share.values()), k=n)
        found.append(Cell(when, "camera-1", SIGHTINGS, n))
        found += [Cell(when, "camera-1", word, k) for word in share if (k := worn.count(word)) >= FLOOR]
    return found


USUAL = dict(zip(WORDS, (0.4, 0.2, 0.2, 0.15, 0.05), strict=True))


def verdicts(cells: list[Cell]) -> dict[str, str]:
    return {row.value: row.verdict for row in trends(cells, NOW)}


def test_what_became_common_and_what_went_is_said() -> None:
    rng = random.Random(1)
    changed = dict(zip(WORDS, (0.2, 0.2, 0.2, 0.35, 0.05), strict=True))
    cells = windows(USUAL, NOW - 2 * DAY_S, 96, rng) + windows(changed, NOW, 8, rng)
    found = verdicts(cells)
    assert (found["red"], found["black"], found["navy"]) == ("more than usual", "less than usual", "as usual")
    (red,) = [row for row in trends(cells, NOW) if row.value == "red"]
    assert red.low < 0.35 < red.high
    assert red.share_usual == pytest.approx(0.15, abs=0.02)
    assert (red.n, red.where) == (480, "upper")


def test_chance_is_hardly_ever_news() -> None:
    alarms = 0
    for seed in range(60):
        rng = random.Random(seed)
        cells = windows(USUAL, NOW - DAY_S, 96, rng) + windows(USUAL, NOW, 8, rng)
        alarms += any(verdict.endswith("than usual") for verdict in verdicts(cells).values())
    assert alarms <= 6, "a twentieth of 60 tables, and chance"


def test_a_word_that_is_withheld_at_times_is_not_called_gone() -> None:
    """A usual colour is now just under the floor in most windows: it may have been 4 of 60 in each."""
    rng = random.Random(3)
    rare = {"colour:upper:black": 0.9, "colour:upper:green": 0.1}
    fewer = {"colour:upper:black": 0.93, "colour:upper:green": 0.07}
    cells = windows(rare, NOW - DAY_S, 96, rng) + windows(fewer, NOW, 4, rng)
    assert verdicts(cells)["green"] == "as usual"


def test_evenings_are_compared_with_evenings() -> None:
    """Black is usual in the evening: an evening of black is no news, though the day before had less of it."""
    rng = random.Random(4)
    cells = []
    for day in range(4, 0, -1):
        for hour in range(24):
            share = 0.7 if hour >= 18 else 0.2
            worn = {"colour:upper:black": share, "colour:upper:white": 1 - share}
            cells += windows(worn, NOW - day * DAY_S + hour * 3600, 4, rng)
    evening = {"colour:upper:black": 0.7, "colour:upper:white": 0.3}
    found = {row.value: row for row in trends(cells + windows(evening, NOW + 19 * 3600, 8, rng), NOW)}
    assert found["black"].verdict == "as usual"
    assert found["black"].share_usual == pytest.approx(0.7, abs=0.08)


def test_a_steady_rise_is_expected_to_go_on() -> None:
    rng = random.Random(5)
    cells = []
    for day in range(10):
        share = 0.1 + 0.04 * day
        worn = {"colour:upper:red": share, "colour:upper:black": 1 - share}
        cells += windows(worn, NOW + (day - 10) * DAY_S, 40, rng)
    today = windows({"colour:upper:red": 0.5, "colour:upper:black": 0.5}, NOW, 8, rng)
    assert verdicts(cells + today)["red"] == "as usual"


def test_too_few_say_nothing() -> None:
    rng = random.Random(6)
    few = windows(USUAL, NOW - DAY_S, 1, rng) + windows(USUAL, NOW, 8, rng)
    assert set(verdicts(few).values()) == {"too few to say"}
    assert trends([], NOW) == []


@given(st.integers(1, 60), st.floats(0.01, 0.99), st.data())
def test_the_test_is_a_test(n: int, share: float, data: st.DataObject) -> None:
    """The test gives a probability, and the same one for either outcome."""
    count = data.draw(st.integers(0, n))
    p = binomial(count, n, share)
    assert 0 < p <= 1
    assert binomial(count, n, share) == pytest.approx(binomial(n - count, n, 1 - share), abs=1e-9)


def test_precision_is_of_those_found() -> None:
    ended = {"greeted": 6, "declined": 2, "not_unusual": 2, "not_found": 5}
    cells = [Cell(NOW, "", word, n) for word, n in ended.items()]
    found = outcomes([*cells, Cell(NOW, "", "greet-seconds", 250), Cell(NOW, "", "greet-timed", 5)])
    assert (found.precision, found.greet_s) == (0.8, 50.0)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.8 < found.high
    assert outcomes([]).precision is None


@given(n=st.integers(1, 2000), part=st.floats(0, 1), share=st.floats(0, 1))
def test_tails_are_those_of_the_sum(n: int, part: float, share: float) -> None:
    count = int(part * n)
    lower, upper = scipy.stats.binom.cdf(count, n, share), scipy.stats.binom.sf(count - 1, n, share)
    assert binomial(count, n, share) == pytest.approx(min(2 * min(lower, upper), 1.0), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("n", [10**6, 3 * 10**7, 2**53])
def test_tails_of_any_number_take_few_steps(n: int) -> None:
    """A sum over all counts took hours; this test would run into its time limit."""
    assert binomial(n // 2, n, 0.3) == 0.0
    assert binomial(n // 2, n, 0.5) > 0.9


def test_counts_that_no_camera_can_have_are_left_out() -> None:
    """Such counts were stored by earlier software; they must not disable the trends for good."""
    good = windows(USUAL, NOW - 2 * DAY_S, 96, random.Random(1)) + windows(USUAL, NOW, 8, random.Random(2))
    bad = [
        Cell(NOW, "evil", SIGHTINGS, 5),
        Cell(NOW, "evil", WORDS[0], 50),
        Cell(NOW - DAY_S, "evil", SIGHTINGS, 2**53),
        Cell(NOW - DAY_S, "evil", WORDS[0], 2**52),
        Cell(NOW, "mute", SIGHTINGS, 0),
        Cell(253_402_299_900, "evil", SIGHTINGS, 50),
        Cell(253_402_299_900, "evil", WORDS[0], 50),
    ]
    assert trends([*good, *bad], NOW, NOW + DAY_S) == trends(good, NOW)


def test_a_word_that_vanished_is_said() -> None:
    rng = random.Random(8)
    gone = dict(zip(WORDS, (0.5, 0.25, 0.25, 0.0, 0.0), strict=True))
    found = trends(windows(USUAL, NOW - DAY_S, 96, rng) + windows(gone, NOW, 30, rng), NOW)
    (red,) = [row for row in found if row.value == "red"]
    assert (red.verdict, red.share_now) == ("less than usual", None), "unknown, as each window may have had up to 4"
    assert 0.0 <= red.low < red.high < 0.15


def test_sure_and_large_changes_come_first_and_the_unknown_last() -> None:
    rng = random.Random(9)
    changed = dict(zip(WORDS, (0.1, 0.2, 0.15, 0.45, 0.1), strict=True))
    found = trends(windows(USUAL, NOW - 2 * DAY_S, 96, rng) + windows(changed, NOW, 30, rng), NOW)
    sure = [row for row in found if row.is_sure]
    assert {"red", "black"} <= {row.value for row in sure}
    assert found[: len(sure)] == sure
    assert [abs(row.change) for row in sure] == sorted((abs(row.change) for row in sure), reverse=True)
    few = trends(windows(USUAL, NOW, 8, rng), NOW)
    assert {(row.verdict, row.share_usual) for row in few} == {("too few to say", None)}
    assert {row.change for row in few} == {0.0}


def test_a_combination_that_was_not_sent_decides_nothing() -> None:
    """Older nodes send no combinations, and nodes withhold some: they may be as common as their colours allow."""
    word, colours = "combination:red-over-navy", {"colour:upper:red": 30, "colour:lower:navy": 20}
    before = [
        Cell(NOW - DAY_S + i * WINDOW_S, "a", *one) for i in range(20) for one in (*colours.items(), (SIGHTINGS, 60))
    ]
    now = [
        Cell(NOW + i * WINDOW_S, "a", *one) for i in range(8) for one in ((word, 20), *colours.items(), (SIGHTINGS, 60))
    ]
    (row,) = [row for row in trends([*before, *now], NOW) if row.facet == "combination"]
    assert (row.verdict, row.share_usual) == ("as usual", None)
    assert row.usual_high > 0.3
