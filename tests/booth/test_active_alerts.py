"""An alert from the decision to its end: one per person, within stock and budget, and announced when over."""

from contextlib import closing

from edge import wire
from edge.config import AlertSection, BoothConfig
from tests.booth.benches import Bench, bench
from tests.messages import NOW, make_score

__all__ = ["bench"]


def alert_states(bench: Bench) -> list[str]:
    bench.inbox.step(0.0)
    found = [message.state for leaf, message in bench.heard if leaf == "alert"]
    bench.heard.clear()
    return found


def feedback(name: str, outcome: wire.Outcome | wire.Undoing) -> wire.Feedback:
    return wire.Feedback(id=name, outcome=outcome, at=wire.to_time(NOW), who="laptop-1")


def test_one_person_of_two_cameras_is_alerted_once_with_both_cameras() -> None:
    facings: dict[str, int | None] = {"camera-1": 0, "camera-2": 40}
    bench = Bench(config=BoothConfig(nodes=facings))
    with closing(bench.store):
        bench.say(make_score(one_in=10.0, zone="right", at=wire.to_time(NOW - 3)))
        bench.say(make_score(node="camera-2", zone="right"), make_score(node="camera-2", seq=2, link="00000000"))
        bench.inbox.step(0.0)
        alerts = [message for leaf, message in bench.heard if leaf == "alert"]
        assert [alert.cameras for alert in alerts] == [["camera-1", "camera-2"], ["camera-2"]]


def test_an_alert_nobody_claims_is_said_to_have_lapsed(bench: Bench) -> None:
    bench.say(make_score())
    assert alert_states(bench) == ["open"]
    bench.clock.sleep(59)
    assert alert_states(bench) == []
    bench.clock.sleep(1)
    assert alert_states(bench) == ["lapsed"]
    assert bench.alerts.open_alerts() == 0
    assert alert_states(bench) == []


def test_a_final_look_that_is_clearly_less_rare_withdraws_the_alert(bench: Bench) -> None:
    bench.say(make_score(seq=1, early=True), make_score(seq=2, follows=1, one_in=200.0))
    assert alert_states(bench) == ["open"]
    bench.say(make_score(seq=3, follows=1, one_in=100.0))
    assert alert_states(bench) == ["withdrawn"]


def test_a_claimed_alert_stays_open_until_its_end_and_is_counted_once(bench: Bench) -> None:
    bench.say(make_score())
    bench.inbox.step(0.0)
    (tracked,) = bench.alerts.tracked()
    name = tracked.alert.id
    bench.say(feedback(name, "claimed"), feedback(name, "claimed"), feedback("ffffffff", "greeted"))
    bench.clock.sleep(90)
    bench.heard.clear()
    assert alert_states(bench) == [], "claimed in time: it does not lapse"
    assert bench.alerts.open_alerts() == 1
    bench.say(feedback(name, "greeted"))
    bench.inbox.step(0.0)
    assert bench.alerts.open_alerts() == 0
    assert {cell.words: cell.n for cell in bench.store.cells("outcome")} == {
        "claimed": 1,
        "greeted": 1,
        "greet-seconds": 90,
        "greet-timed": 1,
    }


def test_what_was_chosen_is_taken_back_once(bench: Bench) -> None:
    bench.say(make_score())
    bench.inbox.step(0.0)
    (tracked,) = bench.alerts.tracked()
    name = tracked.alert.id
    bench.say(feedback(name, "unclaimed"), feedback(name, "reopened"))
    bench.inbox.step(0.0)
    assert bench.alerts.tracked()[0].outcome is None, "nothing to take back"
    bench.say(feedback(name, "claimed"))
    bench.clock.sleep(20)
    bench.say(feedback(name, "greeted"))
    bench.inbox.step(0.0)
    bench.clock.sleep(5)
    bench.say(feedback(name, "reopened"), feedback(name, "reopened"))
    bench.inbox.step(0.0)
    (tracked,) = bench.alerts.tracked()
    assert (tracked.outcome, tracked.who) == ("claimed", "laptop-1")
    assert bench.alerts.open_alerts() == 1
    found = {cell.words: cell.n for cell in bench.store.cells("outcome") if cell.n}
    assert found == {"claimed": 1}, "neither the greeting nor its time counts"
    bench.say(feedback(name, "unclaimed"), feedback(name, "unclaimed"))
    bench.inbox.step(0.0)
    (tracked,) = bench.alerts.tracked()
    assert (tracked.outcome, tracked.who) == (None, "")
    assert not [cell for cell in bench.store.cells("outcome") if cell.n]
    bench.heard.clear()
    bench.clock.sleep(60)
    assert alert_states(bench) == ["lapsed"], "it is over as if nobody had claimed it"


def test_nobody_is_alerted_without_a_shoe_to_give() -> None:
    bench = Bench(config=BoothConfig(alert=AlertSection(per_hour=3600, stock=1)))
    with closing(bench.store):
        bench.say(make_score(), make_score(seq=2))
        assert alert_states(bench) == ["open"]
        (tracked,) = bench.alerts.tracked()
        bench.say(feedback(tracked.alert.id, "not_found"), make_score(seq=3))
        assert alert_states(bench) == []
        bench.say(make_score(seq=4))
        assert alert_states(bench) == ["open"], "nobody was found, so the shoe is still there"
        bench.say(feedback(bench.alerts.tracked()[0].alert.id, "greeted"))
        bench.inbox.step(0.0)
        assert bench.alerts.stock_left == 0
        bench.say(make_score(seq=5))
        assert alert_states(bench) == []


def test_a_budget_holds_and_is_taken_up_again_after_a_restart() -> None:
    config = BoothConfig(alert=AlertSection(per_hour=4, one_in=10))
    bench = Bench(config=config)
    with closing(bench.store):
        seqs = iter(range(1, 1000))

        def people(count: int) -> int:
            bench.say(
                *(make_score(seq=next(seqs), one_in=1000.0, at=wire.to_time(bench.clock.now())) for _ in range(count))
            )
            return len(alert_states(bench))

        first = people(50)
        assert 1 <= first <= 8, "an hour's budget and one burst at most"
        bench.broker.close()
        bench.start(config)
        assert first + people(50) <= 8


def test_an_alert_claimed_on_the_page_that_no_laptop_heard_does_not_lapse() -> None:
    bench = Bench(with_laptop=False)
    with closing(bench.store):
        bench.say(make_score())
        bench.inbox.step(0.0)
        (tracked,) = bench.alerts.tracked()
        bench.say(feedback(tracked.alert.id, "claimed"))
        bench.clock.sleep(61)
        bench.inbox.step(0.0)
        bench.inbox.step(0.0)
        assert (bench.alerts.tracked()[0].outcome, bench.alerts.lapsed) == ("claimed", 0)
