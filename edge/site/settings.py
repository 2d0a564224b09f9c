"""What a site's folder knows beside keys: where the booth is, why people are filmed, how nodes get on the network."""

import ipaddress
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge.errors import ProvisionError
from edge.wire import Name

Words = Annotated[str, Meta(min_length=3, max_length=300)]

RESERVED = ("booth", "broker", "check")
"""Common names that are given already."""
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z")


class SiteSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """site.yaml."""

    site: Name
    """The place."""
    booth: Annotated[list[str], Meta(min_length=1, max_length=8)]
    """Addresses and names the booth's broker is reached by; nodes use the first."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    """Of the broker, with mutual TLS."""
    installed: bool = False
    """Broker and booth run as services from /etc/spotter; else from the site's folder itself."""


class Purpose(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """purpose.yaml: what passers-by are told, and what the booth keeps to."""

    who: Words
    """Who runs the cameras: a name and where it can be found."""
    purpose: Words
    """Why, in one sentence."""
    contact: Words
    """Where to ask or object: mail, telephone or a person at the booth."""
    keep_days: Annotated[int, Meta(ge=1, le=31)]
    """Days until scores and alerts are deleted; becomes the booth's `retention_h`."""


class Network(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """network.yaml: how one node gets on the network."""

    booth: str
    """Address or name of the broker, as in its node.yaml; it serves the time too."""
    address: str = ""
    """The node's own with its prefix length, such as 192.168.50.11/24; empty: DHCP."""
    gateway: str = ""
    """Only where booth and node are in different subnets."""
    wifi: str = ""
    """SSID; empty: Ethernet."""
    wifi_password: str = ""
    """WPA2 or WPA3 passphrase; empty: an open network."""
    wifi_country: str = ""
    """Two letters; a Raspberry Pi keeps its radio off without."""

    def __post_init__(self) -> None:
        if self.address:
            _check_address(self.address)
        if self.gateway and not _is_address(self.gateway):
            msg = f"gateway: expected an address such as 192.168.50.1, found {self.gateway!r}"
            raise ValueError(msg)
        if self.wifi and not re.fullmatch(r"[A-Z]{2}", self.wifi_country):
            msg = f"wifi_country: expected two letters such as DE, found {self.wifi_country!r}"
            raise ValueError(msg)
        if not 0 <= len(self.wifi.encode()) <= 32:
            msg = "wifi: expected at most 32 bytes"
            raise ValueError(msg)
        if self.wifi_password and not 8 <= len(self.wifi_password) <= 63:
            msg = "wifi_password: expected 8 to 63 characters"
            raise ValueError(msg)

    @property
    def sees_booth(self) -> bool:
        """Whether the booth can be reached from the node's own address; only knowable without DHCP and names."""
        try:
            booth = ipaddress.ip_address(self.booth)
        except ValueError:
            return True
        return not self.address or bool(self.gateway) or booth in ipaddress.ip_interface(self.address).network


def _check_address(text: str) -> None:
    try:
        interface = ipaddress.ip_interface(text)
        is_hosts = "/" in text and interface.ip != interface.network.network_address
    except ValueError:
        is_hosts = False
    if not is_hosts:
        msg = f"address: expected a host's address with prefix length such as 192.168.50.11/24, found {text!r}"
        raise ValueError(msg)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_name(name: str) -> None:
    """Raises ProvisionError for what can be no common name: it becomes part of topics, and must never be a wildcard."""
    if not is_name(name):
        raise ProvisionError(f"{name!r}: expected a name of 3 to 32 of a-z, 0-9 and -")
    if name in RESERVED:
        raise ProvisionError(f"{name}: is the {name}'s own name; take another")


def is_name(name: str) -> bool:
    try:
        msgspec.convert(name, Name)
    except msgspec.ValidationError:
        return False
    return True


def check_host(host: str) -> str:
    """The same; raises ProvisionError for what is neither an address nor a host name."""
    if not _is_address(host) and (not _HOST.match(host) or re.fullmatch(r"[0-9.]+", host)):
        raise ProvisionError(f"--booth {host!r}: expected an address such as 192.168.50.1 or a host name")
    return host
