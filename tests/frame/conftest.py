"""Fixtures for the tests of a whole node with a camera."""

from tests.brokers import make_mosquitto, mosquitto
from tests.programs import start

__all__ = ["make_mosquitto", "mosquitto", "start"]
