"""Build the files of a card's boot partition from a node's identity, its network settings and a release.

    spotter/...                          read by edge/card/first_boot.py on the node
    spotter.txt                          included by config.txt
    user-data, meta-data, network-config for cloud-init (Raspberry Pi OS trixie), which starts spotter/start.sh
    cmdline.txt                          `systemd.run=spotter/start.sh` where there is no cloud-init (bookworm)

Secrets are in spotter/ only, never in cloud-init's files, of which cloud-init keeps copies.
"""

import configparser
import hashlib
import ipaddress
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from edge import config
from edge.card import first_boot
from edge.card.first_boot import BUNDLE, CONNECTION, FOLDER, SETTINGS
from edge.errors import ConfigError, ProvisionError
from edge.release.install import MANIFEST, SIGNATURE, Release, check_files
from edge.site.settings import Network

SECRETS = ("node.key",)
"""Identity files that first boot wipes from the card."""
INCLUDE = "include spotter.txt"
START = (
    f"systemd.run=/boot/firmware/{FOLDER}/start.sh systemd.run_success_action=reboot "
    "systemd.unit=kernel-command-line.target"
)
"""Kernel parameters with which bookworm runs a script once; start.sh removes them again."""
COUNTRY = "cfg80211.ieee80211_regdom="
"""Kernel parameter in cmdline.txt: the country whose radio rules apply."""
ONCE = ("systemd.run", "systemd.unit=kernel-command-line.", COUNTRY)
"""Kernel parameters in cmdline.txt that an earlier bundle, or an imager, may have left."""
SOURCES = {
    "start.sh": "firmware-config/start.sh",
    "spotter-first-boot.service": "systemd/spotter-first-boot.service",
}


class Bundle(NamedTuple):
    """Everything that one node needs on its boot partition."""

    record: first_boot.BundleRecord
    network: Network
    files: Mapping[str, bytes | Path]
    """Contents by path. bundle.json comes last: a card without it was not written completely."""


def make_bundle(node: str, identity: Mapping[str, bytes], network: Network, release: Release) -> Bundle:
    """Return one node's bundle, with the release and its signature by the node's site.

    Raises ProvisionError or ConfigError for settings that cannot work on the node.
    """
    settings = _settings(node, identity, network)
    check_files(release.folder, release.files)
    files: dict[str, bytes | Path] = {name: source(path).read_bytes() for name, path in SOURCES.items()}
    files |= {f"identity/{name}": data for name, data in identity.items()}
    files[CONNECTION] = connection(network).encode()
    files |= {f"release/{name}": release.folder / name for name in (MANIFEST, SIGNATURE, *release.files)}
    pinned = {name: _sha256(data) for name, data in files.items() if name not in _unpinned(release)}
    secrets = [f"identity/{name}" for name in SECRETS] + ([CONNECTION] if network.wifi else [])
    contents = json.dumps([pinned, _sha256(files[SETTINGS])], sort_keys=True).encode()
    broker = settings.broker
    record = first_boot.BundleRecord(_sha256(contents)[:12], node, broker.host, broker.port, pinned, secrets)
    written = {"format": first_boot.FORMAT, **record._asdict()}
    files[BUNDLE] = json.dumps(written, indent=1).encode() + b"\n"
    return Bundle(record, network, {f"{FOLDER}/{name}": data for name, data in files.items()})


def boot_files(bundle: Bundle, config_txt: str, cmdline: str, *, has_cloud_init: bool) -> dict[str, bytes]:
    """Return the boot files outside the bundle's folder, given the card's own config.txt and cmdline.txt."""
    files = {"spotter.txt": source("firmware-config/config.txt").read_bytes()}
    if INCLUDE not in config_txt.splitlines():
        config_txt = f"{config_txt.rstrip()}\n\n[all]\n{INCLUDE}\n"
    words = [word for word in cmdline.split() if not word.startswith(ONCE)]
    words += [word for word in source("firmware-config/cmdline.txt").read_text().split() if word not in words]
    if bundle.network.wifi_country:
        words.append(f"{COUNTRY}{bundle.network.wifi_country}")
    if not has_cloud_init:
        words += START.split()
    else:
        files |= _cloud_init(bundle)
    return files | {"config.txt": config_txt.encode(), "cmdline.txt": (" ".join(words) + "\n").encode()}


def network_config(network: Network) -> dict[str, Any]:
    """Return cloud-init's network-config: Ethernet only. Beside Wi-Fi it is for a technician, who brings DHCP."""
    cable: dict[str, Any] = {"match": {"name": "e*"}, "optional": True}
    if not network.address or network.wifi:
        return {"version": 2, "ethernets": {"cable": cable | {"dhcp4": True}}}
    cable |= {"dhcp4": False, "addresses": [network.address]}
    if network.gateway:
        cable["routes"] = [{"to": "0.0.0.0/0", "via": network.gateway}]
    return {"version": 2, "ethernets": {"cable": cable}}


def connection(network: Network) -> str:
    """Return NetworkManager's connection file: Wi-Fi, or Ethernet on systems without cloud-init."""
    lines = ["[connection]", "id=spotter", f"type={'wifi' if network.wifi else 'ethernet'}", "autoconnect-retries=0"]
    if network.wifi:
        # As bytes, so that no character of an SSID can break the file.
        lines += ["[wifi]", "mode=infrastructure", f"ssid={''.join(f'{byte};' for byte in network.wifi.encode())}"]
    if network.wifi_password:
        escaped = re.sub(r"^ ", r"\\s", network.wifi_password.replace("\\", "\\\\"))
        lines += ["[wifi-security]", "key-mgmt=wpa-psk", f"psk={escaped}"]
    lines += ["[ipv4]", f"method={'manual' if network.address else 'auto'}"]
    if network.address:
        lines.append(f"address1={','.join(filter(None, (network.address, network.gateway)))}")
    return "\n".join([*lines, "[ipv6]", "method=disabled", ""])


def read_connection(text: str, booth: str, *, cmdline: str) -> Network:
    """Return the settings that `connection` wrote, without the password; raises ProvisionError.

    The radio's country is read from the kernel parameters in `cmdline`.
    """
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    country = next((word.removeprefix(COUNTRY) for word in cmdline.split() if word.startswith(COUNTRY)), "")
    try:
        parser.read_string(text)
        address, _, gateway = parser.get("ipv4", "address1", fallback="").partition(",")
        ssid = parser.get("wifi", "ssid", fallback="")
        wifi = bytes(int(byte) for byte in ssid.split(";") if byte).decode()
        return Network(booth=booth, address=address, gateway=gateway, wifi=wifi, wifi_country=country)
    except (configparser.Error, ValueError) as err:
        raise ProvisionError(f"does not describe a network that this node could join ({err})") from err


def source(name: str) -> Path:
    """Return the path of a file of firmware-config/ or systemd/, in this checkout or where the wheel installed it."""
    checkout = Path(__file__).resolve().parents[2] / name
    return checkout if checkout.exists() else Path(sys.prefix) / "share" / "exception-spotter" / name


def _settings(node: str, identity: Mapping[str, bytes], network: Network) -> config.NodeConfig:
    """Return the checked node.yaml. Raises here, not on site, for settings that keep the node from its booth."""
    data, name = identity.get("node.yaml", b""), f"node.yaml of {node}"
    settings = config.parse(data, config.NodeConfig, name, config.NEEDED)
    config.check_ended(data, name)
    if settings.node != node:
        raise ConfigError(
            f"node.yaml of {node}: node: expected {node}, the name in its certificate, found {settings.node}"
        )
    if settings.broker.host != network.booth:
        raise ConfigError(f"node.yaml of {node}: broker.host: expected {network.booth}, found {settings.broker.host}")
    if ":" in network.booth or (network.address and ipaddress.ip_interface(network.address).version != 4):
        raise ProvisionError(f"node {node}: its firewall supports IPv4 only; give booth and node IPv4 addresses")
    return settings


def _cloud_init(bundle: Bundle) -> dict[str, bytes]:
    words = {"@NODE@": bundle.record.node, "@BUNDLE@": bundle.record.id}
    files = {}
    for name in ("user-data", "meta-data"):
        text = source(f"firmware-config/{name}").read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        files[name] = text.encode()
    return files | {"network-config": config.dump(network_config(bundle.network))}


def _unpinned(release: Release) -> set[str]:
    return {SETTINGS, *(f"release/{name}" for name in release.files)}


def _sha256(data: bytes | Path) -> str:
    return hashlib.sha256(data if isinstance(data, bytes) else data.read_bytes()).hexdigest()
