"""`spotter booth upgrade` and `rollback`: change the booth's software and its store together, or neither."""

import http
import http.client
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from edge import config
from edge.appliance import software
from edge.appliance.machine import BOOTH, USER, Machine
from edge.config import BoothConfig
from edge.errors import EdgeError, ProvisionError
from edge.site.site import ETC
from edge.store.copy import copy_store, sqlite_file

TRIAL_S = 60.0
"""Longest time after which a new release's page must answer."""
BEFORE = "booth.sqlite.before"
"""The store as it was before the newest upgrade; in the state folder, until the next one."""

IsWell = Callable[[], str]
"""Says what is wrong with the running booth; empty if nothing is."""


def upgrade(machine: Machine, is_well: IsWell | None = None) -> str:
    """Build this checkout's release, migrate the store, switch, and go back if the booth does not come up.

    Returns the release that runs. Raises ProvisionError, StoreError or ConfigError, and then the old release runs with
    the old store. Scores that a booth takes during a failed trial are lost to the counts.
    """
    if not machine.current.exists():
        raise ProvisionError(f"{machine.current}: no booth is installed here; run: sudo spotter booth install SITE")
    settings = _settings(machine)
    release = software.build(machine, software.source())
    old = machine.current.resolve()
    if release.resolve() == old:
        return release.name
    store = _store(machine, settings)
    machine.systemctl("stop", BOOTH)
    try:
        copy_store(store, machine.state / BEFORE)
        _migrate(machine, release)
        software.switch(machine, release)
        _try(machine, is_well or (lambda: page_trouble(settings, machine)))
    except EdgeError as err:
        _go_back(machine, old, store)
        raise ProvisionError(f"{release.name} was not installed, {old.name} runs as before: {err}") from err
    software.remove_old(machine)
    return release.name


def rollback(machine: Machine) -> str:
    """Run the release before, with the store as it was before the upgrade; returns the release.

    What was stored since is lost. Raises ProvisionError if there is none.
    """
    if not machine.previous.exists() or not (machine.state / BEFORE).exists():
        raise ProvisionError(f"{machine.previous}: there is no release to go back to; only the one before is kept")
    old, store = machine.previous.resolve(), _store(machine, _settings(machine))
    machine.systemctl("stop", BOOTH)
    _go_back(machine, old, store)
    return old.name


def _go_back(machine: Machine, old: Path, store: Path) -> None:
    if (machine.state / BEFORE).exists():
        copy_store(machine.state / BEFORE, store)
        machine.give(store)
    software.switch(machine, old)
    with suppress(FileNotFoundError):
        machine.previous.unlink()
    machine.systemctl("start", BOOTH)


def _settings(machine: Machine) -> BoothConfig:
    return config.load(machine.etc / "booth" / "booth.yaml", BoothConfig)


def _store(machine: Machine, settings: BoothConfig) -> Path:
    file = sqlite_file(settings.store)
    if file is None:
        raise ProvisionError(
            f"store {settings.store}: only an SQLite store can be copied before an upgrade; copy yours with pg_dump, "
            "stop the booth, and install the new release with: spotter booth install SITE"
        )
    return machine.root / file.relative_to("/")


def _migrate(machine: Machine, release: Path) -> None:
    """Let the new software bring the store up to date, as the booth's user."""
    spotter = release / "venv/bin/spotter"
    machine.run("runuser", "-u", USER, "--", spotter, "booth", "migrate", "--config", ETC / "booth/booth.yaml")


def _try(machine: Machine, is_well: IsWell) -> None:
    """Start the new release and wait until it is well; raises ProvisionError."""
    machine.systemctl("start", BOOTH)
    if not machine.has_systemd:
        return
    until, trouble = time.monotonic() + TRIAL_S, "it was not asked"
    while time.monotonic() < until:
        trouble = is_well()
        if not trouble:
            return
        time.sleep(1)
    raise ProvisionError(f"its page did not answer within {TRIAL_S:.0f} s ({trouble})")


def page_trouble(settings: BoothConfig, machine: Machine) -> str:
    """Ask the booth's page on this machine for its log-in form; returns what is wrong, or nothing."""
    connection = _connection(settings, machine)
    try:
        connection.request("GET", "/login")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as err:
        return str(err)
    finally:
        connection.close()
    return "" if status < http.HTTPStatus.INTERNAL_SERVER_ERROR else f"it answers {status}"


def _connection(settings: BoothConfig, machine: Machine) -> http.client.HTTPConnection:
    """Return a connection to the page: by TLS off loopback, as the booth serves it."""
    if settings.page_host in ("127.0.0.1", "localhost", "::1"):
        return http.client.HTTPConnection(settings.page_host, settings.page_port, timeout=5)
    trusted = ssl.create_default_context(cafile=str(machine.etc / "booth/ca.pem"))
    return http.client.HTTPSConnection("localhost", settings.page_port, timeout=5, context=trusted)
