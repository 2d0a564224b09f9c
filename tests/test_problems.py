"""Problems travel as codes with bounded numbers; text of a node reaches neither page nor terminal."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import problems, wire
from edge.booth.health import _table
from edge.booth.roster import Roster
from edge.errors import WireError, printable
from tests.fakes import FakeClock
from tests.messages import make_health, make_status

HEALTH, STATUS = (wire.node_topic("booth", "camera-1", leaf) for leaf in ("health", "status"))
HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;PWNED\x07\x1b[31mred",
    "[red]x[/red] [link=http://evil]a[/link]",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "\u202eRTL\u2066",
    "a\nb\rc\tnewline",
    "\x9b31m C1 csi",
)


def test_every_code_has_a_sentence_that_says_what_to_do() -> None:
    for code in problems.SENTENCES:
        sentence = wire.problem(code, *[1e9] * problems.numbers_of(code)).sentence
        assert "{" not in sentence
        assert 30 < len(sentence) < 250


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_node_is_refused_in_every_field(text: str) -> None:
    changes: list[tuple[str, wire.Message, dict[str, Any]]] = [
        *((STATUS, make_status(), {name: text}) for name in ("software", "model", "boot")),
        *((HEALTH, make_health(), {name: text}) for name in ("software", "model", "baseline", "mode")),
        (HEALTH, make_health(), {"problems": [text]}),
        (HEALTH, make_health(), {"problems": [{"code": text, "n": []}]}),
        (HEALTH, make_health(), {"problems": [{"code": "dark", "n": [], "text": text}]}),
        (HEALTH, make_health(), {"problems": [{"code": "hot", "n": [text]}]}),
        (HEALTH, make_health(), {"problems": [{"code": "hot", "n": [10**7]}]}),
        (HEALTH, make_health(), {"problems": [{"code": "hot", "n": []}]}),
    ]
    for topic, message, change in changes:
        with pytest.raises(WireError) as caught:
            wire.decode(topic, json.dumps(msgspec.to_builtins(message) | change, ensure_ascii=False).encode())
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_an_older_node_is_counted_and_not_shown(text: str) -> None:
    fields = msgspec.to_builtins(make_health()) | {"v": 1, "problems": [text, text], "last_person_s": 4.2}
    address, beat = wire.decode(HEALTH, json.dumps(fields).encode())
    assert isinstance(beat, wire.Health)
    roster = Roster(FakeClock())
    roster.note(address, beat, is_retained=False)
    (row,) = roster.node_health()
    assert "2 problems that cannot be shown: update its software" in " ".join(row.problems)
    assert text not in str(row)
    cells = [str(cell) for column in _table([row]).columns for cell in column.cells]
    assert not any("\x1b" in cell or text in cell for cell in cells)


def test_an_older_booths_notices_are_counted_too() -> None:
    topic = wire.booth_topic("booth", "notice")
    old = {"v": 1, "at": "2025-06-15T15:06:40Z", "nodes": {"camera-1": ["\x1b[2J"]}}
    _, notice = wire.decode(topic, json.dumps(old).encode())
    assert isinstance(notice, wire.Notice)
    assert notice.nodes == {"camera-1": [wire.problem("old-messages", 1)]}


@pytest.mark.parametrize("name", ["sightings", "held_back", "outbox_depth", "outbox_lost", "second_looks"])
def test_a_count_of_people_between_two_steps_is_refused(name: str) -> None:
    fields = msgspec.to_builtins(make_health()) | {name: 51}
    with pytest.raises(WireError, match="schema"):
        wire.decode(HEALTH, json.dumps(fields).encode())


@given(st.text())
def test_what_is_printed_of_a_refused_message_controls_no_terminal(text: str) -> None:
    assert printable(text).isprintable()
    assert str(WireError("schema", text)).isprintable()
