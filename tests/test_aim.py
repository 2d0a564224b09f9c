"""Aim reports: closed figures in fives, and advice that follows from them."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.aim import Aim, advice, figures, in_fives
from edge.booth.roster import Roster
from edge.errors import WireError
from edge.limits import FLOOR
from tests.fakes import FakeClock
from tests.messages import make_health

HEALTH = wire.node_topic("booth", "camera-1", "health")
fives = st.integers(0, 40).map(lambda n: n * FLOOR)


def make(people: int = 100, **counts: int) -> Aim:
    return Aim(minutes=5, people=people, **counts)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"good": 100}, []),
        ({"bottom": 40}, ["Tilt the camera down"]),
        ({"top": 40}, ["Tilt the camera up"]),
        ({"left": 40, "right": 15}, ["to the left"]),
        ({"left": 15, "right": 40}, ["to the right"]),
        ({"left": 40, "right": 40}, []),
        ({"far": 60}, ["too far"]),
        ({"near": 60, "bottom": 60}, ["too near"]),
        ({"top": 40, "bottom": 40}, ["too near"]),
        ({"unclear": 40, "dark": 40}, ["too dark"]),
        ({"unclear": 40, "blurred": 40}, ["blurred"]),
        ({"unclear": 40, "hidden": 40}, ["hide each other"]),
        ({"unclear": 40}, []),
        ({"far": 60, "bottom": 40, "right": 35}, ["down", "to the right", "too far"]),
    ],
)
def test_advice_follows_from_the_counts(counts: dict[str, int], words: list[str]) -> None:
    said = advice(make(**counts))
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))


@pytest.mark.parametrize(
    "change",
    [
        {"people": 4},
        {"people": 12},
        {"far": 3},
        {"far": 60, "near": 50},
        {"left": 105},
        {"unclear": 10, "dark": 15},
        {"minutes": 0},
        {"minutes": 61},
        {"text": "x"},
        {"good": "many"},
    ],
)
def test_what_could_tell_of_one_person_or_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    aim = msgspec.to_builtins(make()) | change
    fields = msgspec.to_builtins(make_health()) | {"aim": aim}
    with pytest.raises(WireError, match="schema"):
        wire.decode(HEALTH, json.dumps(fields).encode())


@given(st.integers(1, 60), fives.filter(bool), st.data())
def test_every_report_survives_the_wire_and_is_said(minutes: int, people: int, data: st.DataObject) -> None:
    far = data.draw(fives.filter(lambda n: n <= people))
    left, unclear = (data.draw(fives.filter(lambda n: n <= people)) for _ in range(2))
    aim = Aim(minutes=minutes, people=people, far=far, left=left, unclear=unclear, dark=unclear)
    address, beat = wire.decode(HEALTH, wire.encode(HEALTH, msgspec.structs.replace(make_health(), aim=aim)))
    assert isinstance(beat, wire.Health)
    assert beat.aim == aim
    roster = Roster(FakeClock())
    roster.note(address, beat, is_retained=False)
    (row,) = roster.node_health()
    assert (row.aim, row.advice) == (figures(aim), advice(aim))
    assert row.aim.startswith(f"{people} people in {minutes} min")


@given(st.integers(0, 20_000))
def test_counts_are_rounded_down_to_fives(count: int) -> None:
    assert in_fives(count) % FLOOR == 0
    assert 0 <= count - in_fives(count) < FLOOR
