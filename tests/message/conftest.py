"""Fixture: a real broker for tests marked requires_broker."""

from tests.brokers import make_mosquitto, mosquitto

__all__ = ["make_mosquitto", "mosquitto"]
