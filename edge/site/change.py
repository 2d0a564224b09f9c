"""Change a site after it was made: one node's settings, the booth's address for all, or the folder's place.

No node gets a new certificate by it. Nodes take none of this over the network (edge/provision/README.md says why), so
each function returns whose card has to be written again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from edge import config
from edge.config import LaptopConfig
from edge.errors import EdgeError
from edge.site import authority, mosquitto
from edge.site.files import read, write_file
from edge.site.settings import Network
from edge.site.site import Site

LOCAL = ("127.0.0.1", "localhost")
"""Hosts that the certificates of broker and page always name, for programs on the booth itself."""
NODE_FIELDS = ("facing", "source")
"""Options of a node that go into node.yaml; the others are fields of Network."""


class BoothChange(NamedTuple):
    """The result of a new booth address."""

    nodes: list[str]
    """Nodes that connect to another address now, so that their cards must be written again."""
    laptops: list[str]
    """Laptops whose folder must be copied again."""
    out_of_reach: list[str]
    """Nodes with a fixed address in another subnet, which need a new one."""


def node_options(site: Site, name: str) -> dict[str, Any]:
    """Return a node's options as they are now: facing, source, and the fields of Network."""
    source = site.node_settings(name).frame.source
    return {"facing": site.facing(name), "source": source, **msgspec.to_builtins(site.network(name))}


def change_node(site: Site, name: str, given: Mapping[str, Any]) -> bool:
    """Change the `given` options of a node and keep the others; returns whether its card must be written again.

    The direction it looks concerns the booth alone. Raises ProvisionError or ConfigError, and then changes nothing.
    """
    before = card_of(site, name)
    options = node_options(site, name) | dict(given)
    network = msgspec.convert({key: options[key] for key in Network.__struct_fields__}, Network)
    site.change_node(name, **{key: options[key] for key in NODE_FIELDS}, network=network)
    return card_of(site, name) != before


def change_booth(site: Site, booths: Sequence[str], passphrase: bytes | None) -> BoothChange:
    """Give the booth these addresses and names; nodes that used a former one use the first.

    Issues the certificates of broker and page again. Raises ProvisionError or ConfigError.
    """
    issuer, now, booth = site.authority(passphrase), datetime.now(UTC), site.folder / "booth"
    hosts = list(dict.fromkeys([*booths, *LOCAL]))
    page_hosts = authority.hosts_of(authority.read_certificate(read(booth / "page.pem")))
    names = [name for name in page_hosts if name not in site.settings.booth]
    broker = issuer.issue("broker", authority.SERVER, now, authority.SITE_DAYS, hosts)
    page = issuer.issue_page(now, list(dict.fromkeys([*hosts, *names])))
    moved = [name for name in site.nodes if site.network(name).booth not in booths]
    for name in moved:
        _point_node(site, name, booths[0])
    laptops = [name for name in site.laptops if _point_laptop(site, name, booths)]
    for folder, kind, issued in ((site.folder / "broker", "broker", broker), (booth, "page", page)):
        write_file(folder / f"{kind}.pem", issued.certificate)
        write_file(folder / f"{kind}.key", issued.key)
    settings = msgspec.structs.replace(site.settings, booth=list(booths))
    write_file(site.folder / "site.yaml", config.dump(msgspec.to_builtins(settings), "What this site was made from."))
    return BoothChange(moved, laptops, [name for name in moved if not site.network(name).sees_booth])


def _point_node(site: Site, name: str, host: str) -> None:
    """Write the address into both of a node's files, even if its own is in another subnet, which the caller says."""
    home = site.folder / "nodes" / name
    network = msgspec.structs.replace(site.network(name), booth=host)
    facing, source = site.facing(name), site.node_settings(name).frame.source
    for file, content in site.settings_files(name, facing, source, network).items():
        write_file(home / file, content)


def _point_laptop(site: Site, name: str, booths: Sequence[str]) -> bool:
    path = site.folder / "laptops" / name / "laptop.yaml"
    if config.load(path, LaptopConfig).broker.host in booths:
        return False
    settings = msgspec.yaml.decode(read(path))
    settings["broker"]["host"] = booths[0]
    write_file(path, config.dump(settings, f"Laptop {name} of {site.name}; keep it beside its keys."))
    return True


def former_folder(site: Site) -> Path | None:
    """Return the folder that the broker's settings name, if the site's folder was moved since they were written."""
    if site.settings.installed:
        return None
    lines = read(site.folder / "broker" / "mosquitto.conf").decode(errors="replace").splitlines()
    named = next((line.partition(" ")[2] for line in lines if line.startswith("cafile ")), "")
    former = Path(named).parent.parent
    return former if named.endswith("/broker/ca.pem") and former != site.folder else None


def follow_move(site: Site) -> bool:
    """Correct the paths in the broker's and the booth's settings if the site's folder was moved; returns whether."""
    former = former_folder(site)
    if former is None:
        return False
    data = site.folder / "broker" / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = mosquitto.configuration(site.folder / "broker", site.settings.port, data)
    booth = site.folder / "booth" / "booth.yaml"
    text = read(booth).decode().replace(f"{former}/", f"{site.folder}/")
    config.parse(text.encode(), config.BoothConfig, booth)
    write_file(booth, text.encode())
    write_file(site.folder / "broker" / "mosquitto.conf", settings.encode())
    return True


def card_of(site: Site, name: str) -> str:
    """Return a hash of everything of a node's settings that its card holds, and that matters there."""
    files = site.identity(name)
    settings = {key: value for key, value in msgspec.yaml.decode(files["node.yaml"]).items() if key != "facing"}
    parts = [
        settings,
        msgspec.to_builtins(site.network(name)),
        sorted(files.items() - {("node.yaml", files["node.yaml"])}),
    ]
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def note_card(site: Site, name: str) -> None:
    """Note that the node's card was written with the settings it has now."""
    (site.folder / "cards").mkdir(mode=0o700, exist_ok=True)
    write_file(site.folder / "cards" / name, f"{card_of(site, name)}\n".encode())


def outdated_cards(site: Site) -> list[str]:
    """Return the nodes whose card was written with other settings than they have now."""
    noted = {path.name: read(path).decode(errors="replace").strip() for path in (site.folder / "cards").glob("*")}
    return [name for name in site.nodes if noted.get(name) and noted[name] != _card_or_none(site, name)]


def _card_or_none(site: Site, name: str) -> str:
    try:
        return card_of(site, name)
    except (EdgeError, msgspec.MsgspecError, AttributeError):
        return ""  # the checks of its files say what is wrong
