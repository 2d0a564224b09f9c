"""A node that floods waits for itself."""

import threading
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from edge.booth.fair_queue import FairQueue

SENDERS = st.lists(st.sampled_from("abc"), max_size=60)


@given(sent=SENDERS, most=st.integers(1, 20))
def test_each_sender_keeps_its_share_and_its_order(sent: list[str], most: int) -> None:
    queue = FairQueue[tuple[str, int]](most)
    dropped = sum(not queue.put(sender, (sender, number)) for number, sender in enumerate(sent))
    assert queue.qsize() == min(len(sent), most)
    assert dropped == max(0, len(sent) - most)
    taken = queue.take(1000, 0.0)
    for sender in set(sent):
        mine = [number for name, number in taken if name == sender]
        assert mine == [number for number, name in enumerate(sent) if name == sender][: len(mine)], (
            "the oldest, in order"
        )
        share = min(most // len(set(sent)), sent.count(sender))
        assert len(mine) >= share
    assert queue.qsize() == 0


def test_they_take_turns() -> None:
    queue = FairQueue[int](100)
    for number in range(50):
        queue.put("evil", number)
    queue.put("north", 50)
    assert queue.take(2, 0.0) == [0, 50]
    assert queue.take(3, 0.0) == [1, 2, 3]


def test_a_flood_drops_its_own_messages() -> None:
    queue = FairQueue[str](10)
    for _ in range(1000):
        queue.put("evil", "evil")
    assert not queue.put("north", "north"), "one of the other's was dropped"
    assert Counter(queue.take(10, 0.0)) == {"evil": 9, "north": 1}


def test_it_waits_for_the_first() -> None:
    queue = FairQueue[int](10)
    assert queue.take(1, 0.0) == []
    threading.Timer(0.1, queue.put, ("a", 7)).start()
    assert queue.take(1, 20.0) == [7]


def test_after_the_first_it_gathers_more() -> None:
    queue = FairQueue[int](10)
    queue.put("a", 1)
    threading.Timer(0.1, queue.put, ("a", 2)).start()
    assert queue.take(2, 20.0, 20.0) == [1, 2], "as soon as there are as many as it may take"
