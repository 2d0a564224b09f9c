"""The settings in a site's folder: where the booth is, why people are filmed, how nodes reach the network."""

import ipaddress
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge.errors import ProvisionError
from edge.wire import Name

Text = Annotated[str, Meta(min_length=3, max_length=300)]

RESERVED = ("booth", "broker", "check", "page", "update")
"""Common names that the site itself uses."""
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z")


class SiteSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """site.yaml: name of the site, and where its booth is."""

    site: Name
    """Name of the site."""
    booth: Annotated[list[str], Meta(min_length=1, max_length=8)]
    """Addresses and names of the booth's broker; nodes use the first."""
    port: Annotated[int, Meta(ge=1, le=65534)] = 8883
    """TCP port of the broker, with mutual TLS; on the next one the booth offers releases while it updates nodes."""
    installed: bool = False
    """Whether broker and booth run as services from /etc/spotter; else they run from the site's folder."""

    def __post_init__(self) -> None:
        if wrong := [host for host in self.booth if ":" in host]:
            msg = f"booth: expected IPv4 addresses or names, found {', '.join(wrong)}: nodes have no IPv6"
            raise ValueError(msg)


class Purpose(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """purpose.yaml: what the notice promises passers-by, and the booth keeps."""

    who: Text
    """Name and address of those who run the cameras."""
    purpose: Text
    """What the cameras are for, in one sentence."""
    contact: Text
    """Where passers-by can ask or object: mail, telephone or a person at the booth."""
    privacy_page: Annotated[str, Meta(max_length=200, pattern=r"^(https?://[!-~]+)?\Z")] = ""
    """Address of the site's own page about privacy, as a QR code on the notice; empty: none."""
    keep_days: Annotated[int, Meta(ge=1, le=31)]
    """Days until scores and alerts are deleted; becomes the booth's `retention_h`."""


class Network(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """network.yaml: how one node connects to the network."""

    booth: str
    """Address or name of the broker, as in node.yaml; the node also takes its time from there."""
    address: str = ""
    """The node's address with prefix length, such as 192.168.50.11/24; empty: DHCP."""
    gateway: str = ""
    """Gateway; needed only if booth and node are in different subnets."""
    wifi: str = ""
    """SSID of the Wi-Fi; empty: Ethernet."""
    wifi_password: str = ""
    """WPA2 or WPA3 passphrase; empty: open Wi-Fi."""
    wifi_country: str = ""
    """Country code of two letters; without it a Raspberry Pi keeps its radio off."""

    def __post_init__(self) -> None:
        if self.address:
            _check_address(self.address)
        if self.gateway and (":" in self.gateway or not _is_address(self.gateway)):
            msg = f"gateway: expected an address such as 192.168.50.1 (IPv4), found {self.gateway!r}"
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
        """Whether the booth is within reach of the node's address; True if DHCP or a host name leaves it unknown."""
        try:
            booth = ipaddress.ip_address(self.booth)
        except ValueError:
            return True
        return not self.address or bool(self.gateway) or booth in ipaddress.ip_interface(self.address).network


def _check_address(text: str) -> None:
    try:
        interface = ipaddress.ip_interface(text)
        is_hosts = "/" in text and interface.version == 4 and interface.ip != interface.network.network_address
    except ValueError:
        is_hosts = False
    if not is_hosts:
        msg = f"address: expected a host's IPv4 address with prefix length such as 192.168.50.11/24, found {text!r}"
        raise ValueError(msg)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_name(name: str) -> None:
    """Raise ProvisionError unless `name` can be a common name. It becomes part of topics, so wildcards are refused."""
    if not is_name(name):
        raise ProvisionError(f"{name!r}: expected a name of 3 to 32 letters a-z, digits and hyphens")
    if name in RESERVED:
        raise ProvisionError(f"{name}: is reserved for the {name} of every site; choose another name")


def is_name(name: str) -> bool:
    try:
        msgspec.convert(name, Name)
    except msgspec.ValidationError:
        return False
    return True


def check_host(host: str) -> str:
    """Return `host`; raises ProvisionError unless it is an address or a host name."""
    if not _is_address(host) and (not _HOST.match(host) or re.fullmatch(r"[0-9.]+", host)):
        raise ProvisionError(f"--booth {host!r}: expected an address such as 192.168.50.1 or a host name")
    return host
