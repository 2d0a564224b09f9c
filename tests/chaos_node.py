"""A node's sending half, to be killed: OUTBOX PORT COUNT RATE. Ends with 0 once everything is acknowledged."""

import sys
import threading
import time

from edge import wire
from edge.config import BrokerSection
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from tests.messages import make_score


def main(path: str, port: str, count: str, rate: str) -> int:
    outbox = Outbox(path, node="camera-1", max_rows=50_000)
    broker = MqttBroker(BrokerSection(port=int(port)), "camera-1")
    sender = Sender(outbox, broker, site="booth", node="camera-1")
    broker.connect(will=None, births=tuple, subscriptions=sender.subscriptions, on_message=sender.receive)

    def make() -> None:
        while outbox.issued < int(count):
            one_in = 500.0 if outbox.issued % 100 == 0 else 3.0
            outbox.put(make_score(at=wire.to_time(time.time()), one_in=one_in))
            sender.wake()
            time.sleep(1 / float(rate))

    maker = threading.Thread(target=make)
    maker.start()
    while maker.is_alive() or outbox.depth:
        sender.wait(sender.step(time.monotonic()))
    broker.close()
    outbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
