"""Runs whole nodes on the two recordings, each in a process of its own, and writes what they gave away: WORK JOB...

A job is `TWIN` or `TWIN:LEAK`. WORK holds usual.baseline and collected.baseline; the answers are WORK/JOB.json.
"""

from tests.privacy import turns

if __name__ == "__main__":  # and not where this file is merely imported, as for its doctests
    turns.install(seed=7)

import json
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from edge.config import FrameSection, NodeConfig, ScoreSection
from edge.errors import WireError
from edge.fakes import InProcessBroker
from edge.message.outbox import Outbox
from edge.node import collector
from edge.node.run import Node
from edge.seams import Received
from tests.fakes import FakeBoard
from tests.node.walks import Booth
from tests.privacy.capture import Capture, Tap
from tests.privacy.leaks import LEAKS
from tests.privacy.twins import Recording, Truth

SOON = 2
"""Sightings between two copies of the counts here, instead of 50: the node begins with 48, and two walkers fill one."""


class DeafBooth(Booth):
    """Receives what the schema allows; a leak in low digits is refused by every receiver."""

    def _hear(self, received: Received) -> None:
        with suppress(WireError):
            super()._hear(received)


def run(work: Path, job: str) -> None:
    """Run one job in this process, in a folder that holds all that it may find: state, home, temporary files."""
    twin, _, leak = job.partition(":")
    root = work / "root"
    for name in ("usual.baseline", "collected.baseline"):
        shutil.copy(work / name, root / "state" / name)
    os.chdir(root / "home")
    tempfile.tempdir = str(root / "tmp")
    os.environ |= {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp")}
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", force=True)
    capture, state = Capture(root), root / "state"
    vars(collector)["BATCH"] = SOON
    config = NodeConfig(
        state=str(state),
        frame=FrameSection(pace="fast"),
        health_s=2.0,
        score=ScoreSection(baseline=str(state / "usual.baseline"), early_one_in=50.0),
    )
    hub, model = InProcessBroker(), Truth()
    booth, broker = DeafBooth(hub), Tap(hub)
    broker.capture = capture
    capture.start()
    with closing(Outbox(state / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
        node = Node(
            config,
            camera=Recording(int(twin), model, turns.TURNS, *([3] if leak else [])),
            interpreter=model,
            outbox=outbox,
            broker=broker,
            clock=turns.TURNS,
            stop=threading.Event(),
            board=FakeBoard(),
        )
        if leak:
            LEAKS[leak].patch(node, state)
        node.run()
        capture.look()
    capture.stop()
    answer = {
        "calls": capture.calls,
        "files": capture.versions,
        "messages": capture.messages,
        "scores": [score.state for score in booth.scores],
        "frames_left": len(model.known),
    }
    (work / f"{job}.json").write_text(json.dumps(answer))


def run_apart(work: Path, job: str) -> None:
    """Run one job in a child process, whose standard output and errors go to WORK/JOB.out."""
    for name in ("state", "home", "tmp"):
        (work / "root" / name).mkdir(parents=True)
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind(str(work / "journal"))
    os.environ["NOTIFY_SOCKET"] = str(work / "journal")
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with (work / f"{job}.out").open("wb") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            run(work, job)
            sys.stdout.flush()
            code = 0
        except BaseException:  # noqa: BLE001 - the parent must go on
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    (work / f"{job}.journal").write_text("\n".join(_listen(journal, pid)))
    journal.close()
    (work / "journal").unlink()
    shutil.rmtree(work / "root")


def _listen(journal: socket.socket, pid: int) -> Iterator[str]:
    """Yield what the process tells systemd, until it has ended."""
    journal.settimeout(0.1)
    is_over = False
    while True:
        try:
            yield journal.recv(65536).decode()
        except TimeoutError:
            if is_over:
                return
            is_over = os.waitpid(pid, os.WNOHANG)[0] == pid


def main(work: str, *jobs: str) -> None:
    for job in jobs:
        run_apart(Path(work), job)


if __name__ == "__main__":
    main(*sys.argv[1:])
