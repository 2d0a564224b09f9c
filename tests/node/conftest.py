"""Fixtures: a whole node with a booth, a real broker (`requires_broker`), programs that can be killed."""

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.clock import SystemClock
from edge.config import FrameSection, NodeConfig, ScoreSection
from edge.fakes import InProcessBroker
from edge.message.outbox import Outbox
from edge.node.run import Node
from edge.seams import Broker, Camera
from tests.brokers import make_mosquitto, mosquitto
from tests.fakes import FakeBoard
from tests.node.walks import Booth, RunNode
from tests.people import KnowingInterpreter
from tests.programs import start

__all__ = ["make_mosquitto", "mosquitto", "start"]


@pytest.fixture
def hub() -> InProcessBroker:
    return InProcessBroker()


@pytest.fixture
def booth(hub: InProcessBroker) -> Booth:
    return Booth(hub)


@pytest.fixture
def run_node(hub: InProcessBroker, tmp_path: Path) -> RunNode:
    def run(camera: Camera, model: KnowingInterpreter, **changes: Any) -> Outbox:
        broker: Broker = changes.pop("broker", None) or hub.client()
        score = changes.pop("score", ScoreSection())
        config = NodeConfig(state=str(tmp_path), frame=FrameSection(pace="fast"), health_s=0.05, score=score)
        with closing(Outbox(tmp_path / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
            changes.setdefault("prepare", lambda _: None)(outbox)
            Node(
                config,
                camera=camera,
                interpreter=model,
                outbox=outbox,
                broker=broker,
                clock=changes.get("clock", SystemClock()),
                stop=threading.Event(),
                board=FakeBoard(),
            ).run()
        return outbox

    return run
