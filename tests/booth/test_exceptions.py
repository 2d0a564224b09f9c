"""What people alerted wore: chance is not reported, groups under the floor never appear, unknown stays unknown."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from edge.booth.exceptions import WEEK_S, by_week, week_of
from edge.booth.trend_windows import Window
from edge.limits import FLOOR
from edge.store.store import ALERTS, DAY_S, Cell

MONDAY = week_of(20_000 * DAY_S)


def everybody(share: float, start: int = MONDAY) -> list[Window]:
    """Return a week of windows in which a share of 100 people wears red."""
    red = {"colour:upper:red": round(100 * share)} if share * 100 >= FLOOR else {}
    return [Window(start + i * 900, "a", 100, red, {}) for i in range(600)]


def day(number: int, alerted: int, **words: int) -> list[Cell]:
    at = MONDAY + number * DAY_S
    return [Cell(at, "", ALERTS, alerted), *(Cell(at, "", f"colour:upper:{word}", n) for word, n in words.items())]


def test_what_is_as_common_among_all_is_by_chance() -> None:
    false_alarms = 0
    for seed in range(80):
        rng = random.Random(seed)
        flagged = [
            cell for number in range(7) for cell in day(number, 40, red=sum(rng.random() < 0.2 for _ in range(40)))
        ]
        (week,) = by_week(flagged, everybody(0.2), MONDAY, MONDAY)
        false_alarms += any(row.is_sure for row in week.rows)
    assert false_alarms <= 6, "a twentieth of 80, and chance"


def test_what_is_rarer_among_all_is_more_than_chance() -> None:
    flagged = [cell for number in range(7) for cell in day(number, 40, red=12)]
    (week,) = by_week(flagged, everybody(0.08), MONDAY, MONDAY)
    (red,) = week.rows
    assert (red.verdict, red.share_now, red.n) == ("more than chance", 0.3, 280)
    assert red.low < 0.3 < red.high
    assert red.change > 0


def test_a_small_day_and_small_counts_say_nothing() -> None:
    flagged = [*day(0, FLOOR - 1, red=4), *day(1, 30, red=FLOOR - 1), *day(2, 30, red=6)]
    (week,) = by_week(flagged, everybody(0.08), MONDAY, MONDAY)
    assert week.alerted == 60
    (red,) = week.rows
    assert red.low < 6 / 60 < red.high
    assert red.high > (6 + FLOOR - 1) / 60, "the day that was withheld may have had 4"


def test_days_of_older_software_have_no_number_and_are_left_out() -> None:
    (week,) = by_week([Cell(MONDAY, "", "colour:upper:red", 20)], everybody(0.1), MONDAY, MONDAY)
    assert (week.alerted, week.rows) == (0, [])


def test_what_nobody_counts_cannot_be_more_than_chance() -> None:
    at = [
        Cell(MONDAY, "", ALERTS, 30),
        Cell(MONDAY, "", "garment:large-bag", 20),
        Cell(MONDAY, "", "colour:carried:red", 9),
    ]
    (week,) = by_week(at, everybody(0.1), MONDAY, MONDAY)
    assert {(row.verdict, row.share_usual) for row in week.rows} == {("too few to say", None)}


def test_weeks_are_separate_and_empty_ones_are_there() -> None:
    flagged = [*day(6, 30, red=20), *day(7, 30, red=10), *day(22, 30, red=15)]
    found = by_week(flagged, everybody(0.1), MONDAY, MONDAY + 3 * WEEK_S)
    assert [week.alerted for week in found] == [30, 30, 0, 30]
    assert [week.sightings for week in found] == [60_000, 0, 0, 0]
    assert found[1].rows[0].verdict == "too few to say", "nobody was counted that week"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_no_group_under_the_floor_is_ever_told(days: list[tuple[int, int, int]]) -> None:
    flagged = Counter[tuple[int, str]]()
    for number, alerted, red in days:
        flagged[number, ALERTS] += alerted
        flagged[number, "colour:upper:red"] += min(red, alerted)
    cells = [Cell(MONDAY + number * DAY_S, "", word, n) for (number, word), n in flagged.items()]
    for week in by_week(cells, everybody(0.1), MONDAY, MONDAY):
        assert week.alerted == 0 or week.alerted >= FLOOR
        for row in week.rows:
            assert row.share_now is not None
            assert row.share_now * row.n >= FLOOR
            assert 0 <= row.low <= row.share_now <= row.high <= 1
