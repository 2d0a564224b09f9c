"""`spotter booth install`: make a machine a booth, from a site's folder. Safe to run again: it then brings changes."""

import shutil
import sys
from pathlib import Path

from edge import config
from edge.appliance import software
from edge.appliance.machine import BOOTH, BROKER, FIREWALL, Machine
from edge.config import BoothConfig
from edge.errors import ProvisionError
from edge.site import mosquitto
from edge.site.files import read, write_file
from edge.site.site import ETC, STATE, Site
from edge.store.copy import copy_store, sqlite_file

PACKAGES = {"mosquitto": "mosquitto", "nft": "nftables"}
"""Programs that a booth needs, and the Debian package of each."""
READABLE = 0o644


def install(site: Site, machine: Machine, *, opens_page: bool = False, may_fetch: bool = True) -> list[str]:
    """Install the booth of a site; returns what is left for the technician to know. Raises ProvisionError, ConfigError.

    `opens_page` serves the page to the network; `may_fetch` lets apt install programs that are missing.
    """
    _programs(machine, may_fetch=may_fetch)
    checkout = software.source()
    release = software.build(machine, checkout)
    _user(machine, checkout)
    settings = _settings(site, machine, opens_page=opens_page)
    _broker(site, machine, checkout)
    _firewall(site, machine, settings, checkout)
    said = _store(site, machine, settings)
    software.switch(machine, release)
    _start(machine, checkout)
    address = site.settings.booth[0] if settings.page_host not in ("127.0.0.1", "localhost", "::1") else "127.0.0.1"
    scheme = "http" if settings.page_host == "127.0.0.1" else "https"
    return [*said, f"page: {scheme}://{address}:{settings.page_port}/"]


def _programs(machine: Machine, *, may_fetch: bool) -> None:
    missing = [package for program, package in PACKAGES.items() if not machine.has(program)]
    if missing and not may_fetch:
        raise ProvisionError(f"{', '.join(missing)}: missing; run: sudo apt install {' '.join(missing)}")
    if missing:
        machine.run("apt-get", "install", "-y", "--no-install-recommends", *missing)


def _user(machine: Machine, checkout: Path) -> None:
    rules = machine.root / "etc/sysusers.d/spotter.conf"
    _put(rules, (checkout / "firmware-config/booth-sysusers.conf").read_bytes())
    machine.run("systemd-sysusers", rules)
    machine.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    machine.state.chmod(0o700)
    machine.give(machine.state)


def _settings(site: Site, machine: Machine, *, opens_page: bool) -> BoothConfig:
    """Copy the booth's settings and keys to /etc/spotter/booth, with the paths that they have there."""
    home, target = site.folder / "booth", machine.etc / "booth"
    text = installed(read(home / "booth.yaml").decode(), site)
    if opens_page and "page_host:" not in text:
        text = f"page_host: 0.0.0.0\n{text}"
        write_file(home / "booth.yaml", f"page_host: 0.0.0.0\n{read(home / 'booth.yaml').decode()}".encode())
    settings = config.parse(text.encode(), BoothConfig, home / "booth.yaml")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    old = target / "booth.yaml"
    if old.exists() and old.read_text(encoding="utf-8") != text:
        shutil.copy2(old, target / "booth.yaml.old")
        print(f"{old}: differs from the site's; it is kept as booth.yaml.old", file=sys.stderr)
    for path in sorted(home.iterdir()):
        if path.is_file() and path.suffix in (".pem", ".key", ".pub", ".password", ".token"):
            write_file(target / path.name, read(path))
    write_file(old, text.encode())
    machine.give(target)
    return settings


def installed(text: str, site: Site) -> str:
    """Return settings of a site's folder with the paths of an installed booth."""
    text = text.replace(f"sqlite:///{site.folder}/booth/booth.sqlite", f"sqlite:///{STATE}/booth.sqlite")
    return text.replace(f"{site.folder}/", f"{ETC}/")


def _broker(site: Site, machine: Machine, checkout: Path) -> None:
    target = machine.etc / "broker"
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("acl", "ca.pem", "crl.pem", "broker.pem", "broker.key"):
        write_file(target / name, read(site.folder / "broker" / name))
    machine.give(target, "mosquitto")
    _traversable(machine.etc)
    settings = mosquitto.configuration(ETC / "broker", site.settings.port, None)
    _put(machine.root / "etc/mosquitto/conf.d/spotter.conf", settings.encode())
    restart = (checkout / "firmware-config/mosquitto-restart.conf").read_bytes()
    _put(machine.units / "mosquitto.service.d/spotter.conf", restart)


def _firewall(site: Site, machine: Machine, settings: BoothConfig, checkout: Path) -> None:
    ports = {site.settings.port} | ({settings.page_port} if settings.page_host != "127.0.0.1" else set())
    rules = (checkout / "firmware-config/booth.nft").read_text(encoding="utf-8")
    _put(machine.etc / "booth.nft", rules.replace("@PORTS@", ", ".join(map(str, sorted(ports)))).encode())
    _put(machine.units / FIREWALL, (checkout / "systemd" / FIREWALL).read_bytes())


def _store(site: Site, machine: Machine, settings: BoothConfig) -> list[str]:
    """Move a store that lies in the site's folder, after a restore or from a booth that ran there, to its place."""
    found = site.folder / "booth" / "booth.sqlite"
    if not found.exists() or sqlite_file(settings.store) is None:
        return []
    if machine.store.exists():
        return [f"{found}: left alone, as this booth has a store already ({machine.store})"]
    copy_store(found, machine.store)
    machine.give(machine.store)
    return [f"{found}: its counts were taken over; delete it"]


def _start(machine: Machine, checkout: Path) -> None:
    _put(machine.units / BOOTH, (checkout / "systemd" / BOOTH).read_bytes())
    machine.systemctl("daemon-reload")
    machine.enable([BROKER, FIREWALL, BOOTH])
    machine.systemctl("restart", FIREWALL, BROKER, BOOTH)


def _traversable(folder: Path) -> None:
    """Let booth and broker reach their own folders inside; others see the names only."""
    folder.chmod(0o755)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, content, READABLE)
