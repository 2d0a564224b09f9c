"""A node's sending half, to be killed: OUTBOX PORT COUNT RATE [SITE NODE]. Exits with 0 once all is acknowledged.

It sends a heartbeat every two seconds. With `outbox.pub` beside the outbox, its scores are sealed on disk.
"""

import sys
import threading
import time
from pathlib import Path

from edge import wire
from edge.config import BrokerSection
from edge.limits import BATCH
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.sealing import read_sealer
from edge.seams import Publish
from tests.messages import make_health, make_score

BEAT_S = 2.0


def main(path: str, port: str, count: str, rate: str, site: str = "booth", node: str = "camera-1") -> int:
    public = Path(path).with_name("outbox.pub")
    sealer = read_sealer(str(public)) if public.exists() else None
    outbox = Outbox(path, node=node, max_rows=50_000, sealer=sealer)
    broker = MqttBroker(BrokerSection(port=int(port)), node)
    sender = Sender(outbox, broker, site=site, node=node)
    broker.connect(will=None, births=tuple, subscriptions=sender.subscriptions, on_message=sender.receive)

    def make() -> None:
        while outbox.issued < int(count):
            one_in = 500.0 if outbox.issued % 100 == 0 else 3.0
            outbox.put(make_score(node=node, at=wire.to_time(time.time()), one_in=one_in, link=""))
            sender.wake()
            time.sleep(1 / float(rate))

    maker = threading.Thread(target=make)
    maker.start()
    topic, next_beat = wire.node_topic(site, node, "health"), 0.0
    while maker.is_alive() or outbox.depth:
        if time.monotonic() >= next_beat:
            next_beat = time.monotonic() + BEAT_S
            beat = make_health(node=node, at=wire.to_time(time.time()), outbox_depth=outbox.depth // BATCH * BATCH)
            broker.publish(Publish(topic, wire.encode(topic, beat), 0, is_retained=True), timeout_s=0)
        sender.wait(sender.step(time.monotonic()))
    broker.close()
    outbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
