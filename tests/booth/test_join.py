"""One person at several cameras is one, two people are two, and no one is remembered for long."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.booth.alert import alert_id
from edge.booth.join import LAGS, LAGS_KNOWN, LONGEST_S, MOST, MOST_OF_ONE, REMEMBER_S, ROTATIONS, Joiner
from edge.config import JoinSection
from tests.messages import EPOCH, make_score

START = 1_749_999_600.0
"""Start of a rotation of link codes (ten minutes), in seconds."""
RING = {"north": 0, "east": 90, "south": 180, "west": 270}
ORANGE, GREY, GREY_TOO = "11223311", "44556611", "44656611"
"""Link codes; in the last two, one colour of the upper garment is swapped for another digit."""


def sighting(node: str, at_s: float, *, heading: str = "right", link: str = ORANGE, **changes: Any) -> wire.Score:
    """Return the score of a person who left the picture on the side they were heading for."""
    zone = heading if heading in ("left", "right") else "centre"
    numbers = {"seq": 1 + int(at_s * 10) + 10_000 * list(RING).index(node), "epoch": EPOCH, "zone": zone}
    return make_score(node=node, at=wire.to_time(START + at_s), heading=heading, link=link, **(numbers | changes))


def joined(
    scores: Sequence[wire.Score], facings: dict[str, int | None] | None = None, *, joiner: Joiner | None = None
) -> list[str]:
    """Return the person of each score, received a second after it was made."""
    joiner = joiner or Joiner(RING if facings is None else facings, JoinSection())
    return [joiner.person(score, wire.from_time(score.at) + 1) for score in scores]


@pytest.mark.parametrize(
    ("heading", "way"), [("right", ["north", "east", "south"]), ("left", ["north", "west", "south"])]
)
def test_who_walks_around_the_booth_is_one_person(heading: str, way: list[str]) -> None:
    joiner = Joiner(RING, JoinSection())
    scores = [sighting(node, 10 + 4 * i, heading=heading) for i, node in enumerate(way)]
    people = joined(scores, joiner=joiner)
    assert set(people) == {alert_id(scores[0])}
    assert joiner.cameras(people[0]) == way


def test_against_the_way_they_walk_it_is_somebody_else() -> None:
    scores = [sighting("north", 10), sighting("west", 15)]
    assert len(set(joined(scores))) == 2
    assert len(set(joined([sighting("north", 10, heading="left"), sighting("west", 15, heading="left")]))) == 1


def test_the_camera_behind_may_report_last() -> None:
    """With overlapping views, a wrong clock or a slow network the order of arrival says little."""
    scores = [sighting("east", 12), sighting("north", 10), sighting("south", 11)]
    assert len(set(joined(scores))) == 1


def test_clothes_tell_people_apart() -> None:
    scores = [
        sighting("north", 10),
        sighting("north", 11, link=GREY),
        sighting("east", 14),
        sighting("east", 15, link=GREY),
    ]
    one, other, *later = joined(scores)
    assert later == [one, other]
    assert one != other


def test_cameras_may_disagree_about_a_word() -> None:
    assert len(set(joined([sighting("north", 10, link=GREY), sighting("east", 13, link=GREY_TOO)]))) == 1


def test_two_who_wear_what_all_wear_need_more_than_that() -> None:
    """Where everyone wears grey, the next person in grey 12 s later need not be the same; the next in orange is."""
    joiner = Joiner(RING, JoinSection())
    crowd = [sighting(node, 20 * i + 4 * j, link=GREY) for i in range(20) for j, node in enumerate(("north", "east"))]
    joined(crowd, joiner=joiner)
    grey, orange = (
        joined(
            [sighting("north", at, link=link), sighting("west", at + 12, link=link, heading="toward")], joiner=joiner
        )
        for at, link in ((440, GREY), (500, ORANGE))
    )
    assert len(set(grey)) == 2
    assert len(set(orange)) == 1


def test_what_was_worn_is_forgotten_with_the_rotation() -> None:
    joiner = Joiner(RING, JoinSection())
    for i in range(40):
        joined([sighting("north", 600.0 * i)], joiner=joiner)
    assert len(joiner._evidence) == ROTATIONS


def test_lost_and_found_again_by_one_camera() -> None:
    lost = sighting("north", 10, zone="centre")
    assert len(set(joined([lost, sighting("north", 13)]))) == 1


def test_who_left_the_picture_does_not_leave_it_again() -> None:
    assert len(set(joined([sighting("north", 10), sighting("north", 13)]))) == 2


def test_two_alike_in_one_picture_are_two() -> None:
    scores = [sighting("north", 10, zone="centre", seq=1), sighting("north", 10, zone="left", seq=2)]
    assert len(set(joined(scores))) == 2


def test_two_alike_side_by_side_are_two_everywhere() -> None:
    scores = [sighting(node, at, seq=seq) for node, at in (("north", 10), ("east", 14)) for seq in (1, 2)]
    one, other, *later = joined(scores)
    assert later == [one, other]
    assert one != other


@pytest.mark.parametrize("facings", [{}, dict.fromkeys(RING)])
def test_without_facings_time_and_clothes_decide(facings: dict[str, int | None]) -> None:
    assert len(set(joined([sighting("north", 10), sighting("west", 13)], facings))) == 1
    assert len(set(joined([sighting("north", 10), sighting("west", 13, link=GREY)], facings))) == 2
    assert len(set(joined([sighting("north", 10), sighting("west", 27)], facings))) == 2


@pytest.mark.parametrize("lag_s", [0, 1, 4])
def test_without_a_site_key_nobody_is_joined(lag_s: int) -> None:
    nodes = list(enumerate(("north", "east")))
    scores = [sighting(node, 60 * i + lag_s * j, link="") for i in range(20) for j, node in nodes]
    assert len(set(joined(scores))) == len(scores)


@pytest.mark.parametrize("ahead_s", [-5, -3, 0, 3, 5])
def test_clocks_a_few_seconds_apart(ahead_s: int) -> None:
    """This holds even where, by these clocks, people leave the next picture before the one behind."""
    joiner, walkers = Joiner(RING, JoinSection()), 12
    people = []
    for i in range(walkers):
        scores = [sighting("north", 20 * i + 10), sighting("east", 20 * i + 14 + ahead_s, seq=5_000 + i)]
        people.append([joiner.person(score, START + 20 * i + 15 + 2 * j) for j, score in enumerate(scores)])
    assert all(one == other for one, other in people)
    assert len({one for one, _ in people}) == walkers


def walk_past(joiner: Joiner, walkers: int) -> float:
    """Let `walkers` people take 4 seconds from north to east within one rotation; returns when the last has passed."""
    for i in range(walkers):
        joined([sighting("north", 30 * i), sighting("east", 30 * i + 4)], joiner=joiner)
    return 30.0 * walkers


def test_usual_lags_tell_the_like_apart() -> None:
    """With equal clothes, four seconds apart, only the one who arrives after the usual time is the same person."""
    joiner = Joiner(RING, JoinSection())
    at = walk_past(joiner, LAGS_KNOWN)
    late, soon = sighting("east", at + 14), sighting("east", at + 8)
    person, *others = joined([sighting("north", at + 4), soon, late], joiner=joiner)
    assert others[0] == person
    assert others[1] != person


def test_usual_lags_bridge_the_rotation() -> None:
    """Links of different rotations cannot be compared; a person who arrives after the usual time counts as the same."""
    before, after = sighting("north", 598), sighting("east", 602, link=GREY)
    joiner = Joiner(RING, JoinSection())
    walk_past(joiner, LAGS_KNOWN)
    assert len(set(joined([before, after], joiner=joiner))) == 1
    assert len(set(joined([before, after]))) == 2, "where nothing is usual yet, nobody is guessed"


def test_who_turns_round_is_rarely_the_one() -> None:
    """Equal clothes suffice for a person who walks on, but not for one who came back."""
    first, alike = sighting("north", 10), "12243311"
    assert len(set(joined([first, sighting("east", 14, link=alike)]))) == 1
    assert len(set(joined([first, sighting("east", 14, link=alike, heading="left")]))) == 2


def test_redelivery_and_a_final_score_change_nothing() -> None:
    joiner = Joiner(RING, JoinSection())
    early = sighting("north", 8, early=True, zone="left", seq=7)
    final = sighting("north", 10, seq=9, follows=7)
    nearby = sighting("east", 14)
    assert len(set(joined([early, final, early, final, nearby, nearby, early], joiner=joiner))) == 1
    assert joiner.cameras(alert_id(early)) == ["north", "east"]


def test_a_final_score_says_where_they_went() -> None:
    """From then on its time and place count: a person who left cannot leave again."""
    early = sighting("north", 8, early=True, zone="left", seq=7)
    final = sighting("north", 10, seq=9, follows=7)
    again = sighting("north", 12)
    assert len(set(joined([early, again]))) == 1
    assert len(set(joined([early, final, again]))) == 2


def test_right_after_a_restart_a_first_sighting_keeps_its_id() -> None:
    score = sighting("north", 10)
    assert joined([score]) == joined([score]) == [alert_id(score)]


def test_what_comes_in_late_is_not_joined() -> None:
    joiner = Joiner(RING, JoinSection())
    scores = [sighting("north", 10), sighting("east", 14)]
    people = [joiner.person(score, START + 14 + REMEMBER_S + 1) for score in scores]
    assert people == [alert_id(score) for score in scores]
    assert not joiner.cameras(people[0])


def test_a_minute_later_nobody_is_known() -> None:
    joiner = Joiner(RING, JoinSection())
    first = sighting("north", 10)
    person = joiner.person(first, START + 11)
    joiner.person(sighting("east", 100, link=GREY), START + 11 + REMEMBER_S + 1)
    assert joiner.cameras(person) == []


def test_who_stays_is_somebody_new_after_ten_minutes() -> None:
    joiner = Joiner(RING, JoinSection())
    people = [joined([sighting("north", at, heading="away")], joiner=joiner)[0] for at in range(0, 1200, 10)]
    changes = [i for i in range(1, len(people)) if people[i] != people[i - 1]]
    assert changes
    assert max(b - a for a, b in zip([0, *changes], changes, strict=False)) * 10 <= LONGEST_S + 10


scores = st.builds(
    sighting,
    st.sampled_from(sorted(RING)),
    st.integers(0, 300),
    heading=st.sampled_from(["left", "right", "toward", "away"]),
    link=st.sampled_from([ORANGE, GREY, GREY_TOO, ""]),
    zone=st.sampled_from(["left", "centre", "right"]),
    seq=st.integers(1, 40),
    early=st.booleans(),
    follows=st.none() | st.integers(1, 40),
)


@given(st.lists(scores, max_size=30))
def test_the_same_order_gives_the_same_people(some: list[wire.Score]) -> None:
    assert joined(some) == joined(some)


@given(st.lists(scores, max_size=30), st.randoms(use_true_random=False))
def test_redelivery_gives_the_same_person(some: list[wire.Score], random: Any) -> None:
    joiner, now = Joiner(RING, JoinSection()), START + 30
    some = [score for score in some if wire.from_time(score.at) <= now + REMEMBER_S]  # others are not remembered
    first = [joiner.person(score, now) for score in some]
    order = random.sample(range(len(some)), len(some))
    assert [joiner.person(some[i], now + 1) for i in order] == [first[i] for i in order]


@given(st.sampled_from(sorted(RING)), st.sampled_from(sorted(RING)), st.integers(16, 5_000))
def test_far_apart_in_time_and_clothes_is_never_one(one: str, other: str, away_s: int) -> None:
    people = joined([sighting(one, 0, link=ORANGE), sighting(other, away_s, link=GREY, seq=9_000)])
    assert people[0] != people[1]


@pytest.mark.parametrize(("scores", "each_s"), [(MOST + 100, 0.0), (100_000, 3.0)])
def test_memory_is_bounded(scores: int, each_s: float) -> None:
    """Memory is bounded even if all scores arrive at once."""
    joiner = Joiner(RING, JoinSection())
    links = [f"{a:x}{a:x}{b:x}{b:x}1111" for a in range(1, 16) for b in range(1, 16)]
    for i in range(scores):
        score = sighting(list(RING)[i % 4], each_s * i, seq=i + 1, link=links[i % len(links)])
        joiner.person(score, START + each_s * i)
    assert len(joiner._sightings) <= (REMEMBER_S / each_s + 1 if each_s else MOST)
    assert sum(len(seen) for seen in joiner._people.values()) == len(joiner._sightings)
    assert all(len(lags) <= LAGS for lags in joiner._lags.values())


def test_a_flood_of_one_node_does_not_part_a_person_seen_by_two() -> None:
    def person(joiner: Joiner, node: str, seq: int, link: str, at: float) -> str:
        score = make_score(node=node, seq=seq, link=link, at=wire.to_time(at), heading="right", zone="right")
        return joiner.person(score, at)

    for flood in (0, 150, 2000):
        joiner = Joiner({"north": 0, "south": 90}, JoinSection())
        for i in range(40):
            person(joiner, "north", i + 10, f"{0x11111111 + i * 99991:08x}", START - 20 + i * 0.05)
        first = person(joiner, "north", 1, "2468ace1", START)
        for i in range(flood):
            person(joiner, "evil", i + 1, f"{0x22222222 + i * 104729:08x}", START + 1)
        assert person(joiner, "south", 1, "2468ace1", START + 2) == first
        assert len(joiner._sightings) <= MOST


def test_sightings_dated_ahead_do_not_displace_the_evidence() -> None:
    joiner = Joiner({}, JoinSection())
    for i in range(20):
        joiner.person(make_score(seq=i + 1, link="23456789", at=wire.to_time(START + i)), START + i)
    known = dict(joiner._evidence)
    for seq in (1, 2):
        ahead = make_score(node="evil", seq=seq, link="23456789", at=wire.to_time(START + seq * 1e6))
        joiner.person(ahead, START + 30)
    assert dict(joiner._evidence) == known


def test_equal_links_do_not_grow_one_person_without_end() -> None:
    joiner = Joiner({}, JoinSection())
    for i in range(400):
        score = make_score(node=f"n{i % 200:03d}", seq=i + 1, link="11111111", heading="toward", zone="centre")
        joiner.person(msgspec.structs.replace(score, at=wire.to_time(START + i * 0.01)), START + i * 0.01)
    assert max(len(seen) for seen in joiner._people.values()) == MOST_OF_ONE
