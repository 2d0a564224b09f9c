"""What a thief reads on a node's card: no score, no link, no key for links; and yet no score is lost in a kill."""

from contextlib import closing
from pathlib import Path

import pytest

from edge import wire
from edge.booth.link_keys import LEAD_S, LinkKeys
from edge.booth.roster import Roster
from edge.booth.run import Booth
from edge.config import BoothConfig
from edge.errors import WireError
from edge.fakes import InProcessBroker
from edge.message import link as node_side
from edge.message.link import link
from edge.message.outbox import KEPT, Outbox
from edge.message.sender import Sender
from edge.sealing import Sealer, make_pair
from edge.seams import Publish, Received
from edge.store.store import SqlStore
from tests.booth.benches import Bench
from tests.fakes import FakeClock
from tests.messages import NOW, make_score, make_status

SECRETS = (b'"seq"', b'"link"', b"89abcdef", b"orange", b"2025-06-15", b"warming_up", b"one_in")
"""What the rows of an older release showed, in the file and in its journal."""


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Sealer]:
    private, public = make_pair()
    (tmp_path / "outbox.key").write_bytes(private)
    return tmp_path / "outbox.key", Sealer(public)


def open_one(folder: Path, sealer: Sealer | None) -> Outbox:
    return Outbox(folder / "outbox.sqlite", node="camera-1", max_rows=1000, sealer=sealer)


def test_neither_rows_nor_journal_nor_what_was_deleted_can_be_read(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    with closing(open_one(tmp_path, keys[1])) as box:
        for number in range(40):
            box.put(make_score(one_in=1000.0 if number % 2 else 2.0, at=wire.to_time(NOW + number)))
        box.acknowledge(box.epoch, 30)
        here = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("outbox.sqlite")}
        assert "outbox.sqlite-wal" in here
        assert [(name, word) for name, content in here.items() for word in SECRETS if word in content] == []
        assert [row.is_sealed for row in box.pending(0, 100)] == [False] * 10, "what it put itself it sends as it is"


def bench_of(tmp_path: Path, key: Path) -> Bench:
    return Bench(f"sqlite:///{tmp_path}/booth.sqlite", BoothConfig(outbox_key=str(key)))


def send_all(box: Outbox, bench: Bench) -> None:
    """Let the node's sender and the booth work until nothing waits."""
    broker, clock = bench.hub.client(), bench.clock
    sender = Sender(box, broker, site="booth", node="camera-1")
    broker.connect(will=None, births=tuple, subscriptions=sender.subscriptions, on_message=sender.receive)
    sender.receive(Received(wire.booth_topic("booth", "status"), wire.pack(make_status()), is_retained=True))
    for _ in range(40):
        sender.step(clock.monotonic())
        while bench.inbox.queued:
            bench.inbox.step(0.0)
        clock.sleep(1.0)
    broker.close()


def test_after_a_kill_the_booth_opens_what_the_node_cannot_read(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    """0 lost, 0 doubled, and alerted like any other."""
    with closing(open_one(tmp_path, keys[1])) as box:
        for number in range(20):
            box.put(make_score(at=wire.to_time(NOW), one_in=1000.0 if number == 7 else 2.0))
    bench = bench_of(tmp_path, keys[0])
    with closing(bench.store), closing(open_one(tmp_path, keys[1])) as box:
        assert (box.set_aside, box.depth) == (None, 20)
        assert all(row.is_sealed for row in box.pending(0, 100))
        for _ in range(5):
            box.put(make_score(one_in=2.0))
        send_all(box, bench)
        assert box.depth == 0
        assert vars(bench.inbox.counters) | {"late": 0, "repeats": 0} == {
            "scores": 25, "repeats": 0, "late": 0, "overflow": 0,
        }  # fmt: skip
        assert bench.alerts.sent == 1
        assert bench.inbox.refused == {}


def test_a_booth_with_another_key_refuses_and_says_so(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    with closing(open_one(tmp_path, Sealer(make_pair()[1]))) as box:
        box.put(make_score())
    bench = bench_of(tmp_path, keys[0])
    with closing(bench.store), closing(open_one(tmp_path, None)) as box:
        send_all(box, bench)
        assert (box.depth, bench.inbox.counters.scores) == (1, 0)
        assert bench.inbox.refused["sealed"] >= 1


def test_a_box_moved_to_another_number_or_node_is_refused(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    """A thief cannot make one score of another, nor a node speak for its neighbour."""
    with closing(open_one(tmp_path, keys[1])) as box:
        box.put(make_score())
        epoch = box.epoch
    with closing(open_one(tmp_path, keys[1])) as box:
        (row,) = box.pending(0, 1)
    _, sealed = wire.decode(wire.node_topic("booth", "camera-1", "sealed"), row.payload)
    assert isinstance(sealed, wire.Sealed)
    bench = bench_of(tmp_path, keys[0])
    with closing(bench.store):
        for node, seq in (("camera-1", 2), ("camera-2", 1)):
            bench.say(wire.Sealed(node=node, epoch=epoch, seq=seq, content=sealed.content))
        bench.inbox.step(0.0)
        bench.inbox.step(0.0)
        assert (bench.inbox.refused["sealed"], bench.inbox.counters.scores) == (2, 0)


def test_a_damaged_row_is_found_although_nobody_here_can_read_it(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    with closing(open_one(tmp_path, keys[1])) as box:
        box.put(make_score())
        box.put(make_score())
        box._db.execute("UPDATE scores SET payload = (SELECT payload FROM scores WHERE seq = 1) WHERE seq = 2")
    with closing(open_one(tmp_path, keys[1])) as box:
        assert box.set_aside is not None


def test_memory_for_what_waits_is_bounded(tmp_path: Path, keys: tuple[Path, Sealer]) -> None:
    with closing(Outbox(tmp_path / "outbox.sqlite", node="camera-1", max_rows=KEPT + 200, sealer=keys[1])) as box:
        box._db.execute("PRAGMA synchronous = OFF")
        for _ in range(KEPT + 100):
            box.put(make_score(one_in=2.0))
        assert len(box._recent) == KEPT
        assert [row.is_sealed for row in box.pending(98, 4)] == [True, True, False, False]
        box.acknowledge(box.epoch, KEPT)
        assert len(box._recent) == 100


class Keyring:
    """A booth that hands out link keys, and a node that takes them."""

    def __init__(self) -> None:
        self.hub, self.clock = InProcessBroker(), FakeClock(1_750_000_200.0)
        self.broker = self.hub.client()
        self.broker.connect(will=None, births=tuple, subscriptions=(), on_message=lambda _: None)
        self.booth, self.roster = LinkKeys("booth", self.broker, self.clock), Roster(self.clock)
        self.heard: list[Received] = []
        self.node = self.start("north", "aaaaaaaa")

    def start(self, name: str, boot: str) -> node_side.LinkKeys:
        node, client = node_side.LinkKeys("booth", name), self.hub.client()
        topics = [node.topic]

        def hear(message: Received) -> None:
            self.heard.append(message)
            node.receive(message)

        client.connect(will=None, births=tuple, subscriptions=topics, on_message=hear)
        address = wire.Address("booth", name, "status")
        self.roster.note(address, make_status(boot=boot), is_retained=False)
        self.step()
        return node

    def step(self, seconds: float = 0.0) -> None:
        self.clock.sleep(seconds)
        self.booth.step(self.roster.nodes.values())


def test_a_real_booth_hands_them_out_once_it_hears_a_node() -> None:
    hub, clock, node = InProcessBroker(), FakeClock(NOW), node_side.LinkKeys("booth", "north")
    status = wire.node_topic("booth", "north", "status")
    birth = Publish(status, wire.pack(make_status()), 1, is_retained=True)
    with closing(SqlStore("sqlite://")) as store:
        booth = Booth(BoothConfig(), hub.client(), store, clock)
        booth.connect()
        client = hub.client()
        client.connect(will=None, births=lambda: [birth], subscriptions=[node.topic], on_message=node.receive)
        booth.step(0.0)
        booth.step(0.0)
    assert len(node.at(NOW)) == 32


def test_every_node_gets_the_key_of_this_rotation_once_and_the_next_ones_in_time() -> None:
    ring = Keyring()
    south = ring.start("south", "bbbbbbbb")
    now = ring.clock.now()
    assert len(ring.node.at(now)) == 32
    assert ring.node.at(now) == south.at(now)
    for _ in range(10):
        ring.step()
    assert len(ring.heard) == 2, "once each"
    assert not ring.hub.retained([ring.node.topic]), "the broker writes what it retains to its disk"
    end = (now // wire.LINK_ROTATION_S + 1) * wire.LINK_ROTATION_S
    ring.step(end - LEAD_S - now + 1)
    first, second = ring.node.at(now), ring.node.at(end)
    assert len(second) == 32
    assert first != second
    ring.step(5 * wire.LINK_ROTATION_S)
    ring.step(wire.LINK_ROTATION_S)
    assert ring.node.at(now) == b"", "forgotten with its rotation"


def test_a_node_that_starts_again_gets_it_again_and_one_that_is_gone_gets_none() -> None:
    ring = Keyring()
    again = ring.start("north", "cccccccc")
    assert again.at(ring.clock.now()) == ring.node.at(ring.clock.now()) != b""
    ring.roster.note(wire.Address("booth", "north", "status"), make_status("offline", "cccccccc"), is_retained=False)
    count = len(ring.heard)
    ring.step(2 * wire.LINK_ROTATION_S)
    assert len(ring.heard) == count


def test_without_a_key_there_is_no_link_and_with_another_rotations_it_has_nothing_in_common() -> None:
    words = ("orange", "white", "black", "black", "brown", "brown", "covered-legs", "plain")
    assert link(node_side.LinkKeys("booth", "north").at(NOW), NOW, words) == ""
    ring = Keyring()
    now = ring.clock.now()
    with pytest.raises(WireError, match="schema"):
        wire.decode(ring.node.topic, b'{"v":1,"rotation":1,"key":"0123"}')
    links = {link(ring.node.at(now), now, words)}
    for _ in range(6):
        ring.step(wire.LINK_ROTATION_S)
        links.add(link(ring.node.at(ring.clock.now()), ring.clock.now(), words))
    assert len(links) == 7
