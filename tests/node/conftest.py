"""Fixtures: a real broker for tests marked requires_broker, and programs that can be killed."""

from tests.brokers import make_mosquitto, mosquitto
from tests.programs import start

__all__ = ["make_mosquitto", "mosquitto", "start"]
