"""`spotter watch`: print alerts in a terminal as they arrive."""

import queue
import secrets
import sys
import threading
import time
from collections import deque

import msgspec

from edge import wire
from edge.booth.alert import span, where, why
from edge.command import stop_on_signals
from edge.config import BrokerSection
from edge.errors import WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Received

REMEMBERED = 1000
"""Alerts remembered, so that one is printed once even if a booth that was killed sends it again."""
POLL_S = 0.5


def line(alert: wire.Alert) -> str:
    """`12:04:31  1 in 430 (300-620)  camera-1, left, heading right: orange upper, checked lower`; local time.

    An alert that is over says so: `12:04:31  lapsed: 1 in 430 (300-620)  camera-1 ...`.
    """
    at = time.strftime("%H:%M:%S", time.localtime(wire.from_time(alert.at)))
    over = "" if alert.state == "open" else f"{alert.state}: "
    return f"{at}  {over}{span(alert)}  {where(alert)}: {why(alert)}"


def watch(broker: Broker, site: str, stop: threading.Event, *, as_json: bool) -> int:
    """Print every alert once, and once more when it is over, until `stop`; returns 0."""
    inbox: queue.Queue[Received] = queue.Queue()
    seen: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
    topic = wire.booth_topic(site, "alert")
    broker.connect(will=None, births=tuple, subscriptions=[topic], on_message=inbox.put)
    while not stop.is_set():
        try:
            message = inbox.get(timeout=POLL_S)
            _, alert = wire.decode(message.topic, message.payload)
        except queue.Empty:
            continue
        except WireError as err:
            print(f"ignored a message: {err}", file=sys.stderr)
            continue
        if isinstance(alert, wire.Alert) and (alert.id, alert.state) not in seen:
            seen.append((alert.id, alert.state))
            print(msgspec.json.encode(alert).decode() if as_json else line(alert), flush=True)
    return 0


def run_watch(section: BrokerSection, site: str, *, as_json: bool) -> int:
    """`spotter watch`: 0 once interrupted (Ctrl-C, SIGTERM); a broker that is away is waited for."""
    stop = threading.Event()
    stop_on_signals(stop)
    broker = MqttBroker(section, f"watch-{secrets.token_hex(4)}")
    try:
        return watch(broker, site, stop, as_json=as_json)
    finally:
        broker.close()
