"""Power cuts and failing cards: the node's files as they are at any moment, and damaged afterwards."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge import wire
from edge.errors import BaselineError
from edge.message.outbox import Outbox
from edge.score import baseline_file
from tests.brokers import REPOSITORY
from tests.messages import make_score

CUTS = int(os.environ.get("SPOTTER_CUTS", "25"))
"""Number of power cuts; 200 for the acceptance test."""


class Writer:
    """A program that writes without a pause, and what it has promised so far."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.writing_node", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        self.folder = folder

    def cut(self, lines: int, copy: Path) -> tuple[int, int]:
        """Copy the files in the middle of writing, after `lines` more lines; returns what was safe by then."""
        assert self.process.stdout is not None
        for _ in range(lines):
            seq, saved = map(int, self.process.stdout.readline().split())
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        shutil.copytree(self.folder, copy)
        self.process.send_signal(signal.SIGCONT)
        return seq, saved


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    folder = tmp_path / "state"
    folder.mkdir()
    made = Writer(folder)
    yield made
    made.process.kill()
    made.process.wait()
    assert made.process.stdout is not None
    made.process.stdout.close()


def open_outbox(folder: Path) -> Outbox:
    return Outbox(folder / "outbox.sqlite", node="camera-1", max_rows=100_000)


def waiting(box: Outbox) -> list[int]:
    """Return the `seq` of every waiting row, each of which must be a valid score."""
    rows = box.pending(0, 100_000)
    for row in rows:
        score = msgspec.json.decode(row.payload, type=wire.Score)
        assert (score.epoch, score.seq) == (box.epoch, row.seq)
    return [row.seq for row in rows]


def test_a_power_cut_at_any_moment_loses_nothing(writer: Writer, tmp_path: Path) -> None:
    rng, lost, epochs = random.Random(3), 0, set()
    for number in range(CUTS):
        copy = tmp_path / f"cut-{number}"
        promised, saved = writer.cut(rng.randrange(1, 12), copy)
        with closing(open_outbox(copy)) as box:
            assert box.set_aside is None
            assert waiting(box) == list(range(box.gap().upto + 1, box.issued + 1))
            lost += max(0, promised - box.issued)
            epochs.add(box.epoch)
        if saved:
            assert baseline_file.load(copy / "collected.baseline").sightings >= saved
    print(f"{CUTS} power cuts: {lost} of {promised} scores lost")
    assert lost == 0
    assert len(epochs) == 1


def tear(path: Path, rng: random.Random) -> None:
    """Damage a file as a failing card does: cut, one bit flipped, a sector of zeros or of something else."""
    content = bytearray(path.read_bytes())
    place = rng.randrange(len(content))
    how = rng.choice(["cut", "bit", "nought", "noise"])
    if how == "cut":
        del content[place:]
    elif how == "bit":
        content[place] ^= 1 << rng.randrange(8)
    else:
        sector = bytes(512) if how == "nought" else rng.randbytes(512)
        start = place // 512 * 512
        content[start : start + 512] = sector[: len(content) - start]
    path.write_bytes(content)


def test_torn_files_are_used_whole_or_put_aside(
    writer: Writer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It never crashes, never yields an invalid row; a file that is set aside is reported and begins a new epoch."""
    rng, aside, refused, lost = random.Random(5), 0, 0, 0
    open_one = tmp_path / "open"
    promised, _ = writer.cut(60, open_one)
    closed = Path(shutil.copytree(open_one, tmp_path / "closed"))
    with closing(open_outbox(closed)) as box:
        epoch = box.epoch
    for number in range(2 * CUTS):
        kind, name = rng.choice([(open_one, "outbox.sqlite-wal"), (closed, "outbox.sqlite")])
        copy = Path(shutil.copytree(kind, tmp_path / f"torn-{number}"))
        tear(copy / name, rng)
        tear(copy / "collected.baseline", rng)
        caplog.clear()
        with closing(open_outbox(copy)) as box:
            assert waiting(box) == list(range(box.gap().upto + 1, box.issued + 1))
            if box.set_aside is None:
                lost += promised - box.issued
            else:
                aside += 1
                assert box.set_aside.exists()
                assert box.epoch != epoch
                assert "set aside as" in caplog.text
            assert box.put(make_score()) == box.issued
        refused += is_refused(copy / "collected.baseline")
    print(f"{2 * CUTS} torn outboxes: {aside} put aside, the others lost {lost} of their newest; {refused} baselines")
    assert 0 < aside < 2 * CUTS
    assert refused >= 2 * CUTS - 2, "but for a sector of nought that was nought before"


def is_refused(path: Path) -> bool:
    """Return True if the baseline is refused by its checksum."""
    try:
        baseline_file.load(path)
    except BaselineError as err:
        return "collected.baseline: is" in str(err)
    return False
