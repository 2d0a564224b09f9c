"""The in-process broker behaves like the real one wherever the product can tell."""

import pytest

from edge.errors import WireError
from edge.fakes import FakeBroker, InProcessBroker
from edge.seams import Publish, Received
from tests.fakes import FakeClock


def join(
    hub: InProcessBroker, *subscriptions: str, will: Publish | None = None, births: tuple[Publish, ...] = ()
) -> tuple[FakeBroker, list[Received]]:
    got: list[Received] = []
    client = hub.client()
    client.connect(will=will, births=lambda: births, subscriptions=subscriptions, on_message=got.append)
    return client, got


def message(topic: str, *, is_retained: bool = False, qos: int = 1) -> Publish:
    return Publish(topic, b"x", qos, is_retained)


def test_delivery_says_whether_anybody_listened() -> None:
    hub = InProcessBroker()
    sender, _ = join(hub)
    assert not sender.publish(message("a/b"))
    assert sender.publish(message("a/b"), timeout_s=0)
    assert sender.publish(message("a/b", qos=0))
    assert sender.publish(message("kept", is_retained=True))
    _, got = join(hub, "a/+")
    assert sender.publish(message("a/b"))
    assert got == [Received("a/b", b"x", is_retained=False)]


def test_retained_messages_come_on_subscribing_and_can_be_cleared() -> None:
    hub = InProcessBroker()
    sender, _ = join(hub)
    sender.publish(message("a/b", is_retained=True))
    assert join(hub, "a/#")[1] == [Received("a/b", b"x", is_retained=True)]
    sender.publish(Publish("a/b", b"", 1, is_retained=True))
    assert join(hub, "a/#")[1] == []


def test_will_on_vanishing_only() -> None:
    hub = InProcessBroker()
    _, got = join(hub, "status")
    will = message("status", is_retained=True)
    join(hub, will=will)[0].close()
    assert got == []
    killed, _ = join(hub, will=will)
    killed.vanish()
    killed.vanish()
    assert len(got) == 1


def test_outage() -> None:
    hub = InProcessBroker()
    birth = message("born", is_retained=True)
    client, got = join(hub, "born", births=(birth,))
    hub.stop()
    assert not client.is_connected
    assert not client.publish(message("a"), timeout_s=0)
    late, _ = join(hub)
    assert not late.is_connected
    hub.start()
    assert (client.connections, late.connections) == (2, 1)
    assert got == [
        Received("born", b"x", is_retained=False),
        Received("born", b"x", is_retained=True),
        Received("born", b"x", is_retained=False),
    ]


def test_oversized() -> None:
    client: FakeBroker = join(InProcessBroker())[0]
    with pytest.raises(WireError, match="too_large"):
        client.publish(Publish("a", b"x" * 2049, 1, is_retained=False))


def test_clock_moves_when_told() -> None:
    clock = FakeClock(100.0)
    clock.sleep(2.5)
    assert (clock.now(), clock.monotonic()) == (102.5, 2.5)
