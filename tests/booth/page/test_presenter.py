"""Alerts and cameras as the page says them: who, where, what can be done, and who did it."""

import msgspec
import pytest

from edge import wire
from edge.aim import Aim, advice, figures
from edge.booth.facts import Fact
from edge.booth.page.presenter import ACTIONS, KEYS, UNDO_S, UNDO_SLACK_S, Presenter, undoing
from edge.booth.page.snapshot import AlertState
from edge.booth.page.text import Text
from edge.booth.roster import NodeHealth
from edge.config import BoothConfig
from edge.wire_update import Progress
from tests.booth.page.pages import BUDGET, SITE, make_snapshot, make_view

PRESENTER = Presenter(Text("en"), BoothConfig(**SITE), "north")
GERMAN = Presenter(Text("de"), BoothConfig(**SITE), "north")


def test_an_alert_is_said_in_words() -> None:
    (card,) = PRESENTER.cards(make_snapshot(people={"camera-1": 6120}))
    assert (card.who, card.rare, card.people) == (
        "Orange top, dark grey checked trousers",
        "1 in 500",
        "of 6,120 people",
    )
    assert (card.where.place, card.where.side) == (
        "Mercer Street door, by the lamp",
        "ahead and to the left as you step out",
    )
    assert card.where.heading == "walking to your right"
    assert (card.status, card.left_s, card.actions, card.undo_s) == ("", 47, ("claimed",), 0)


def test_an_alert_in_another_language() -> None:
    (card,) = GERMAN.cards(make_snapshot(people={"camera-1": 6120}))
    assert card.who == "Orangefarbenes Oberteil, dunkelgraue karierte Hose"
    assert card.people == "von 6.120 Menschen"


def test_what_nobody_knows_is_not_said() -> None:
    (card,) = PRESENTER.cards(make_snapshot(alerts=[make_view(high=None)]))
    assert (card.rare, card.range, card.people) == ("rarer than 1 in 500", "", "")


def test_what_is_claimed_outlives_its_expiry_and_what_is_open_does_not() -> None:
    views = [make_view(1, left_s=0), make_view(2, "claimed", "south", left_s=580, changed_s=20)]
    (card,) = PRESENTER.cards(make_snapshot(alerts=views))
    assert (card.status, card.left_s, card.actions) == ("claimed by south", 580, ACTIONS["claimed"])
    (over,) = PRESENTER.cards(make_snapshot(alerts=[make_view(1, "declined", "north")]))
    assert (over.status, over.actions, over.is_over) == ("declined by you", (), True)


def test_a_claimed_alert_that_was_withdrawn_says_so() -> None:
    (card,) = PRESENTER.cards(make_snapshot(alerts=[make_view(1, "claimed", "south", ended="withdrawn")]))
    assert card.note == "Seen again for longer, and not unusual after all."


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("open", None),
        ("claimed", "unclaimed"),
        ("greeted", "reopened"),
        ("declined", "reopened"),
        ("lapsed", None),
        ("withdrawn", None),
    ],
)
def test_only_the_laptop_that_chose_takes_it_back_and_only_for_a_while(
    state: AlertState, expected: wire.Undoing | None
) -> None:
    by = "north" if state in KEYS else ""
    assert undoing(make_view(1, state, by), "north") == expected
    assert undoing(make_view(1, state, by), "south") is None
    assert undoing(make_view(1, state, by, changed_s=UNDO_S + UNDO_SLACK_S + 0.1), "north") is None
    (card,) = PRESENTER.cards(make_snapshot(alerts=[make_view(1, state, by, changed_s=3.0)]))
    assert card.undo_s == (7 if expected else 0)


def test_why_nobody_is_alerted() -> None:
    assert PRESENTER.nobody(make_snapshot()) == "Nobody exceptional right now"
    why = Fact("many-open", (3,))
    silenced = msgspec.structs.replace(BUDGET, silence=why.sentence, why_silent=why)
    assert PRESENTER.nobody(make_snapshot(budget=silenced)) == "No new alert while 3 are open."
    assert GERMAN.nobody(make_snapshot(budget=silenced)) == "Kein neuer Alarm, solange 3 offen sind."


def test_cameras_with_problems_come_first_and_say_what_to_do() -> None:
    dark = Fact("dark")
    nodes = [
        NodeHealth("camera-1", "ok", []),
        NodeHealth("camera-2", "degraded", [dark.sentence], facts=[dark]),
        NodeHealth("camera-3", "failing", ["of an older booth"]),
    ]
    lines = GERMAN.cameras(make_snapshot(nodes=nodes))
    assert [line.name for line in lines] == ["camera-3", "camera-2", "Mercer Street door"]
    assert lines[1].problems == ["Es ist zu dunkel, um Kleidung zu unterscheiden: Machen Sie Licht."]
    assert lines[0].problems == ["of an older booth"], "what has no code stays as it is"


def test_aim_and_update_are_said_in_the_language_of_the_page() -> None:
    aim = Aim(minutes=3, people=45, far=15, good=25, bottom=20, unclear=10, dark=5)
    update = Progress(node="camera-2", push="0123abcd", state="refused", why="space")
    row = NodeHealth("camera-2", "ok", [], aimed=aim, updating=update)
    (english,), (german,) = (one.cameras(make_snapshot(nodes=[row])) for one in (PRESENTER, GERMAN))
    assert (english.aim, english.advice, english.update) == (figures(aim), advice(aim), update.sentence)
    assert german.aim.startswith("45 Menschen in 3 min (15 pro Minute): 15 zu fern, 25 gut; 20 unten abgeschnitten")
    assert german.advice == ["Neigen Sie die Kamera nach unten: 20 von 45 Menschen sind unten abgeschnitten."]
    assert german.update == "Die Version wurde abgewiesen: Die Karte ist zu voll."


def test_a_camera_of_unknown_facing() -> None:
    assert PRESENTER.unplaced(make_snapshot(facings={"camera-9": None})) == ["Mercer Street door", "camera-9"]
