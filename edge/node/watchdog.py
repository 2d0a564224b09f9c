"""Messages to systemd: the node has started, and frames still go through it (Type=notify, WatchdogSec)."""

import os
import socket


def notify(state: str) -> None:
    """Send one sd_notify(3) datagram, such as `READY=1` or `WATCHDOG=1`; does nothing outside systemd."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
        to_systemd.sendto(state.encode(), name)
