"""The roster turns nodes' messages into problems, also those that a node cannot report itself."""

from contextlib import closing
from typing import Any

import pytest

from edge import wire
from edge.booth.roster import FORGOTTEN_S, STALE_S, NodeHealth, Roster
from edge.booth.run import MOST_NOTICES, Booth
from edge.config import BoothConfig
from edge.fakes import InProcessBroker
from edge.seams import Publish, Received
from edge.store.store import SqlStore
from tests.fakes import FakeClock
from tests.messages import NOW, make_health, make_status

DAY_S = 86_400.0


class Watched:
    """A roster, its clock, and nodes that send to it."""

    def __init__(self, *expected: str) -> None:
        self.clock = FakeClock(NOW)
        self.roster = Roster(self.clock, expected)

    def say(self, message: wire.Message, name: str = "camera-1", *, is_retained: bool = False) -> None:
        address = wire.Address("booth", name, type(message).__name__.lower())
        self.roster.note(address, message, is_retained=is_retained)

    def beat(self, name: str = "camera-1", *, ahead_s: float = 0.0, **changes: Any) -> None:
        self.say(make_health(node=name, at=wire.to_time(self.clock.now() + ahead_s), **changes), name)

    def row(self) -> NodeHealth:
        (row,) = self.roster.node_health()
        return row

    def problems(self) -> dict[str, str]:
        return {row.node: " | ".join(row.problems) for row in self.roster.node_health()}


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_its_own_words(watched: Watched) -> None:
    watched.say(make_status())
    watched.say(make_health(state="degraded", problems=[wire.problem("dark")]))
    watched.clock.sleep(5)
    row = watched.row()
    assert (row.state, row.problems, row.fps) == ("degraded", [wire.problem("dark").sentence], 12.5)


def test_offline(watched: Watched) -> None:
    watched.beat()
    watched.say(make_status("offline"))
    assert watched.row().state == "failing"
    assert "is offline: check power" in watched.problems()["camera-1"]


def test_no_heartbeat(watched: Watched) -> None:
    watched.say(make_status())
    assert watched.row().state == "failing"
    assert "has sent no heartbeat" in watched.problems()["camera-1"]


@pytest.mark.parametrize("jump_s", [0.0, DAY_S, -DAY_S])
def test_silence_is_by_receive_time_whatever_the_clock_and_the_will_say(watched: Watched, jump_s: float) -> None:
    watched.say(make_status("online"))
    watched.beat()
    watched.clock.time += jump_s
    watched.clock.sleep(STALE_S - 1)
    assert watched.row().state == "ok"
    watched.clock.sleep(16)
    assert watched.row().state == "failing"
    assert "45 s ago: is it running" in watched.problems()["camera-1"]


def test_a_will_is_not_believed_of_a_node_that_speaks(watched: Watched) -> None:
    watched.say(make_status("offline"))
    watched.beat()
    assert watched.row().state == "ok"


def test_the_will_of_an_earlier_start_says_nothing(watched: Watched) -> None:
    watched.beat()
    watched.say(make_status(boot="aaaaaaaa"))
    watched.say(make_status(boot="bbbbbbbb"))
    watched.say(make_status("offline", boot="aaaaaaaa"))
    assert watched.row().state == "ok"
    watched.say(make_status("offline", boot="bbbbbbbb"))
    assert watched.row().state == "failing"


@pytest.mark.parametrize("ahead_s", [-300.0, 0.0, DAY_S])
def test_a_retained_heartbeat_ages_from_when_it_came(watched: Watched, ahead_s: float) -> None:
    """This includes one whose sender's clock was ahead, which would look fresh for a day."""
    beat = make_health(at=wire.to_time(NOW + ahead_s))
    watched.say(make_status(), is_retained=True)
    watched.say(beat, is_retained=True)
    assert ("5 min ago by its own clock" in watched.problems()["camera-1"]) == (ahead_s < 0)
    watched.clock.sleep(STALE_S + 1)
    assert watched.row().state == "failing"
    assert "31 s ago: is it running" in watched.problems()["camera-1"]


def test_a_retained_heartbeat_is_no_news_of_a_node_that_was_heard(watched: Watched) -> None:
    watched.beat(fps=9.0)
    watched.clock.sleep(20)
    watched.say(make_health(fps=3.0), is_retained=True)
    assert watched.row().fps == 9.0
    watched.clock.sleep(20)
    assert watched.row().state == "failing"


def test_nobody_is_silent_to_who_cannot_hear(watched: Watched) -> None:
    watched.beat()
    watched.roster.look(is_connected=False)
    watched.clock.sleep(500)
    assert watched.row().state == "ok"
    watched.roster.look(is_connected=True)
    watched.clock.sleep(STALE_S)
    assert watched.row().state == "ok"
    watched.clock.sleep(1)
    assert watched.row().state == "failing"


def test_who_is_expected_is_missed_and_never_forgotten() -> None:
    watched = Watched("camera-1")
    watched.beat("camera-2")
    assert list(watched.problems()) == ["camera-2"], "it may still come"
    watched.clock.sleep(STALE_S + 1)
    assert "has never been heard: is it switched on" in watched.problems()["camera-1"]
    watched.clock.sleep(FORGOTTEN_S)
    watched.roster.look(is_connected=True)
    assert list(watched.problems()) == ["camera-1"]


@pytest.mark.parametrize(
    ("ahead_s", "words"),
    [
        (-3 * 3600.0, "its clock is 3 h behind the booth's"),
        (2 * DAY_S, "its clock is 2 days ahead of the booth's"),
        (20.0, ""),
    ],
)
def test_a_clock_that_is_off_is_said(watched: Watched, ahead_s: float, words: str) -> None:
    watched.beat(ahead_s=ahead_s)
    assert words in watched.problems()["camera-1"]
    assert watched.row().state == ("degraded" if words else "ok")
    watched.beat()
    assert watched.row().problems == []


def test_one_clock_against_all_others(watched: Watched) -> None:
    watched.beat("camera-1", ahead_s=DAY_S)
    assert watched.roster.off_s() == 0, "of two nobody knows which is right"
    watched.beat("camera-2", ahead_s=DAY_S + 3)
    assert watched.roster.off_s() == pytest.approx(DAY_S + 1.5)
    watched.beat("camera-3")
    assert watched.roster.off_s() == 0


def test_what_all_should_have_in_common(watched: Watched) -> None:
    for name in ("camera-1", "camera-2", "camera-3"):
        watched.beat(name)
    assert set(watched.problems().values()) == {""}
    watched.beat("camera-2", baseline="ffffffffffff", software="0.0.9")
    problems = watched.problems()
    assert "software 0.0.9 (camera-1 and camera-3: 0.1.0): update" in problems["camera-2"]
    assert "baseline ffffffffffff (camera-1 and camera-3: 0123456789ab): freeze again" in problems["camera-2"]
    assert problems["camera-1"] == problems["camera-3"] == ""
    watched.beat("camera-2", baseline="", mode="collect", model="aaaaaaaaaaaa")
    assert "uses model aaaaaaaaaaaa" in watched.problems()["camera-2"]
    assert "baseline" not in watched.problems()["camera-2"], "what is collected differs"


def test_two_machines_under_one_name(watched: Watched) -> None:
    watched.beat()
    for boot in ("aaaaaaaa", "bbbbbbbb", "cccccccc", "cccccccc"):
        watched.say(make_status(boot=boot))
    assert watched.problems()["camera-1"] == "", "it started three times, and reconnected"
    watched.say(make_status(boot="bbbbbbbb"))
    assert "two machines use this name" in watched.problems()["camera-1"]
    assert watched.row().odd == {"twins": 1}


def test_more_notices_than_fit_are_cut_short() -> None:
    """The booth sends what fits into one message, and goes on."""
    hub, clock, heard = InProcessBroker(), FakeClock(NOW), list[Received]()
    topic = wire.booth_topic("booth", "notice")
    hub.client().connect(will=None, births=tuple, subscriptions=[topic], on_message=heard.append)
    node = hub.client()
    node.connect(will=None, births=tuple, subscriptions=(), on_message=print)
    with closing(SqlStore("sqlite://")) as store:
        booth = Booth(BoothConfig(), hub.client(), store, clock)
        booth.connect()
        for number in range(30):
            health = make_health(node=f"camera-{number}", at=wire.to_time(NOW - 7200))
            health_topic = wire.node_topic("booth", health.node, "health")
            node.publish(Publish(health_topic, wire.pack(health), 0, is_retained=True))
        booth.step(0.0)
        booth.step(0.0)
    (message,) = [message for message in heard if len(message.payload) > 200]
    _, notice = wire.decode(topic, message.payload)
    assert isinstance(notice, wire.Notice)
    assert 3 < len(notice.nodes) <= MOST_NOTICES
    assert "clock-behind" in str(notice)
