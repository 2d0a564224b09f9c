"""The outbox loses nothing it promised, uses no number twice, and reports what it had to drop."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge import wire
from edge.errors import StoreError, WireError
from edge.message import outbox as module
from edge.message.outbox import Outbox
from tests.brokers import REPOSITORY
from tests.messages import make_score


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def open_outbox(path: Path) -> Iterator[Callable[..., Outbox]]:
    opened: list[Outbox] = []

    def open_it(max_rows: int = 100) -> Outbox:
        opened.append(Outbox(path, node="camera-1", max_rows=max_rows))
        return opened[-1]

    yield open_it
    for box in opened:
        box.close()


def seqs(box: Outbox) -> list[int]:
    return [row.seq for row in box.pending(0, 1000)]


def test_numbers_and_keeps_in_order(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    assert [box.put(make_score()) for _ in range(3)] == [1, 2, 3]
    rows = box.pending(1, 1)
    score = msgspec.json.decode(rows[0].payload, type=wire.Score)
    assert (rows[0].seq, score.seq, score.epoch) == (2, 2, box.epoch)
    assert score == make_score(seq=2, epoch=box.epoch)


def test_a_number_is_never_given_twice(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    for _ in range(5):
        box.put(make_score())
    assert box.acknowledge(box.epoch, 5) == 5
    box.close()
    again = open_outbox()
    assert (again.epoch, again.depth, again.put(make_score())) == (box.epoch, 0, 6)


def test_acknowledgements_of_others_and_of_the_future_change_nothing(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    box.put(make_score())
    assert box.acknowledge("ffffffff", 1) == 0
    assert (box.acknowledge(box.epoch, 2), box.refused_acks) == (0, 1)
    assert (box.acknowledge(box.epoch, 0), box.depth) == (0, 1)
    assert (box.acknowledge(box.epoch, 1), box.acknowledge(box.epoch, 1)) == (1, 0)


def test_the_oldest_are_dropped_counted_and_announced(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox(max_rows=3)
    for _ in range(5):
        box.put(make_score())
    assert (seqs(box), box.dropped, box.depth) == ([3, 4, 5], 2, 3)
    assert box.gap() == wire.Gap(node="camera-1", epoch=box.epoch, upto=2, dropped=2)
    box.close()
    assert open_outbox(max_rows=3).gap() == box.gap()


def test_a_smaller_limit_drops_at_the_next_score(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    for _ in range(5):
        box.put(make_score())
    box.close()
    smaller = open_outbox(max_rows=2)
    smaller.put(make_score())
    assert (seqs(smaller), smaller.dropped) == ([5, 6], 4)


def test_what_may_not_leave_is_not_even_kept(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    with pytest.raises(WireError):
        box.put(make_score(zone="behind you"))
    with pytest.raises(StoreError, match="camera-2"):
        box.put(make_score(node="camera-2"))
    assert (box.issued, box.put(make_score())) == (0, 1)


def test_nobody_else_may_read_it(open_outbox: Callable[..., Outbox], path: Path) -> None:
    open_outbox().put(make_score())
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("damage", ["header", "pages", "nonsense"])
def test_a_damaged_file_is_set_aside(open_outbox: Callable[..., Outbox], path: Path, damage: str) -> None:
    box = open_outbox()
    for _ in range(50):
        box.put(make_score())
    box.close()
    content = bytearray(path.read_bytes())
    if damage == "nonsense":
        content = bytearray(b"not a database at all" * 100)
    else:
        start = 0 if damage == "header" else 4096
        content[start : start + 6000] = b"\x5a" * 6000
    path.write_bytes(content)
    fresh = open_outbox()
    assert fresh.set_aside == path.with_name("outbox.sqlite.damaged")
    assert fresh.set_aside.read_bytes() == bytes(content)
    assert fresh.epoch != box.epoch
    assert fresh.put(make_score()) == 1


def fill(box: Outbox) -> None:
    for _ in range(20):
        box.put(make_score())


def test_a_full_disk_is_said_and_survived(open_outbox: Callable[..., Outbox]) -> None:
    box = open_outbox()
    box.put(make_score())
    box._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="disk is full: free some space"):
        fill(box)
    before = box.issued
    assert seqs(box) == list(range(1, before + 1))
    box._db.execute("PRAGMA max_page_count = 100000")
    assert box.put(make_score()) == before + 1


def test_a_held_file_is_said(open_outbox: Callable[..., Outbox], path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_S", 0.05)
    box = open_outbox()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="second node running here"):
        box.put(make_score())
    holder.execute("ROLLBACK")
    holder.close()
    assert box.put(make_score()) == 1


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="check folder and permissions"):
        Outbox(tmp_path / "nowhere" / "outbox.sqlite", node="camera-1", max_rows=10)


WRITER = """
import sys
from edge.message.outbox import Outbox
from tests.messages import make_score
box = Outbox(sys.argv[1], node="camera-1", max_rows=100000)
while True:
    seq = box.put(make_score())
    print(seq, flush=True)
    if seq % 7 == 0:
        box.acknowledge(box.epoch, seq - 3)
"""


def test_sigkill_in_the_middle_of_writing(open_outbox: Callable[..., Outbox], path: Path) -> None:
    promised, epochs = 0, set()
    for kill in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        ) as writer:
            assert writer.stdout is not None
            for _ in range(20 + 13 * kill):
                promised = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            promised = max([promised, *(int(line) for line in writer.stdout.read().split() if line)])
        box = open_outbox()
        epochs.add(box.epoch)
        assert box.issued >= promised
        assert seqs(box) == list(range(box.gap().upto + 1, box.issued + 1))
        assert box.set_aside is None
        box.close()
    assert len(epochs) == 1


class AnyUse(RuleBasedStateMachine):
    """After any operations in any order, the file equals a simple list."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = __import__("tempfile").TemporaryDirectory()
        self.path = Path(self.folder.name) / "outbox.sqlite"
        self.box = Outbox(self.path, node="camera-1", max_rows=4)
        self.expected: list[int] = []
        self.issued = self.dropped = 0

    @rule()
    def put(self) -> None:
        self.issued += 1
        assert self.box.put(make_score()) == self.issued
        self.expected.append(self.issued)
        self.dropped += len(self.expected[:-4])
        self.expected = self.expected[-4:]

    @rule(upto=st.integers(0, 12))
    def acknowledge(self, upto: int) -> None:
        count = self.box.acknowledge(self.box.epoch, upto)
        kept = self.expected if upto > self.issued else [seq for seq in self.expected if seq > upto]
        assert count == len(self.expected) - len(kept)
        self.expected = kept

    @rule()
    def restart(self) -> None:
        self.box.close()
        self.box = Outbox(self.path, node="camera-1", max_rows=4)

    @invariant()
    def agrees(self) -> None:
        assert seqs(self.box) == self.expected
        assert (self.box.depth, self.box.issued, self.box.dropped) == (len(self.expected), self.issued, self.dropped)
        assert self.box.gap().upto == (self.expected[0] - 1 if self.expected else self.issued)

    def teardown(self) -> None:
        self.box.close()
        self.folder.cleanup()


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = settings(max_examples=15, stateful_step_count=20)


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (b"CREATE TABLE scores", b"CREATE \xffABLE scores"),
        (b"floor INTEGER", b"flour INTEGER"),
        (b", payload BLOB NOT NULL", b""),
    ],
)
def test_damaged_tables_are_set_aside(
    open_outbox: Callable[..., Outbox], path: Path, was: bytes, is_now: bytes
) -> None:
    """SQLite accepts these values, or quotes invalid UTF-8 in an error."""
    open_outbox().close()
    content = path.read_bytes()
    assert was in content
    path.write_bytes(content.replace(was, is_now.ljust(len(was))))
    assert open_outbox().set_aside is not None


@pytest.mark.parametrize("value", ["7", "1.5", "'text'", "x'01'", "x''"])
def test_a_row_that_is_no_message_is_set_aside(open_outbox: Callable[..., Outbox], path: Path, value: str) -> None:
    """SQLite keeps any type in any column, so a damaged file may hold a number there."""
    box = open_outbox()
    box.put(make_score())
    box.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE scores SET payload = {value}")
        db.commit()
    assert open_outbox().set_aside is not None
