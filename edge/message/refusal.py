"""Why a broker takes no connection of ours, and what to do, from what it answered or did; pure."""

import ssl

from edge.config import BrokerSection

NO_MQTT5, BAD_NAME, BAD_PASSWORD, NOT_ALLOWED, BANNED = 0x84, 0x85, 0x86, 0x87, 0x8A
BUSY = (0x88, 0x89, 0x97, 0x9F)
"""CONNACK reason codes (MQTT 5.0, 3.2.2.2): unsupported version, client id, password, authorization, banned; and server
unavailable, busy, quota, connection rate."""


def answered(section: BrokerSection, code: int, reason: str) -> str:
    """Return the sentence about a CONNACK with the failure `code`, whose name is `reason`."""
    return f"{where(section)} refused the connection ({reason}): {_why(section, code)}"


def silent(section: BrokerSection, reason: str) -> str:
    """Return the sentence about a connection that ended before the broker answered in MQTT 5; `reason` is paho's."""
    if reason == "Protocol error":
        return f"{where(section)} refused the connection: {_OLD}, or another program listens at this port"
    if section.tls:
        why = (
            "it does not take this certificate (revoked, expired, or of another site), or it is no MQTT broker: on the "
            "booth, run spotter provision check SITE, and read the broker's log"
        )
    else:
        why = "it expects TLS, so that broker.tls is needed, or it is no MQTT broker: check broker.port"
    return f"{where(section)} ended the connection before it answered: {why}"


def unsecured(section: BrokerSection, err: BaseException | None) -> str:
    """Return the sentence about a failed TLS handshake; empty if `err` says that the broker is simply away."""
    if section.tls is None or not isinstance(err, ssl.SSLError | ConnectionResetError | BrokenPipeError):
        return ""
    if isinstance(err, ssl.SSLCertVerificationError):
        why = f"its certificate is not right ({err.verify_message}): check broker.host, broker.tls.ca and the clock"
    else:
        why = "it speaks no TLS at this port, or does not take ours: check broker.port; 8883 is usual with TLS"
    return f"{where(section)} refused the connection: {why}"


def where(section: BrokerSection) -> str:
    """Return the broker's name in sentences.

    >>> where(BrokerSection(host="::1"))
    'broker [::1]:1883'
    """
    host = f"[{section.host}]" if ":" in section.host else section.host
    return f"broker {host}:{section.port}"


_OLD = "it does not speak MQTT 5 (only 3.1.1, perhaps): use mosquitto 1.6 or newer"


def _why(section: BrokerSection, code: int) -> str:
    if code == NO_MQTT5:
        return _OLD
    if code in (BAD_PASSWORD, NOT_ALLOWED, BANNED):
        if section.tls is None:
            return "it wants a password or a certificate; spotter has certificates only, so set broker.tls"
        return (
            "it does not know this certificate's name: check its access rules, and that the certificate is not revoked"
        )
    if code == BAD_NAME:
        return "it does not take this program's client id: check its settings for client ids"
    if code in BUSY:
        return "it is busy or full: wait, or raise its limits"
    return "check certificate and access rules"
