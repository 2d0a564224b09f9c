"""Programs that tests start, kill and start again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.brokers import REPOSITORY


class Program:
    """A process that is killed and started again."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, *arguments]
        self.start()

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
        self.process = subprocess.Popen(self._command, env=environment, cwd=REPOSITORY)

    def kill(self) -> None:
        assert self.process.poll() is None, "it ended before it could be killed"
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def begin(*arguments: str) -> Program:
        started.append(Program(*arguments))
        return started[-1]

    yield begin
    for program in started:
        if program.process.poll() is None:
            program.kill()
