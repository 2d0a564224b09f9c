"""`spotter booth install`, `upgrade`, `rollback`, `backup`, `restore` and `migrate`: options, and what is printed."""

import argparse
import os
import secrets
from pathlib import Path

from edge.command import GOOD, Args, add_command
from edge.errors import ProvisionError

PAGE_PASSWORD_BYTES = 9
"""Twelve characters once encoded as base64."""
SHORTEST = 8
"""Characters of a backup's passphrase, at least."""


def add_appliance(booth: argparse.ArgumentParser) -> None:
    """Add the verbs to `spotter booth`, which runs the booth without one."""
    verbs = booth.add_subparsers(title="verbs", metavar="VERB")
    install = add_command(
        verbs,
        "install",
        _install,
        "Make this machine a booth that starts at every boot: user, software, broker, firewall, TLS, units.",
        "sudo .venv/bin/spotter booth install soho --page",
    )
    install.add_argument("site", type=Path, metavar="SITE", help="the site's folder, made by spotter provision site")
    install.add_argument("--page", action="store_true", help="serve the page to the network, with password and TLS")
    install.add_argument("--new-password", action="store_true", help="make a new password of the page and print it")
    install.add_argument("--no-apt", action="store_true", help="install no Debian packages; say which are missing")
    add_command(
        verbs,
        "upgrade",
        _upgrade,
        "Change the installed booth to this checkout's software; goes back by itself if it does not come up.",
        "sudo .venv/bin/spotter booth upgrade",
    )
    add_command(
        verbs,
        "rollback",
        _rollback,
        "Go back to the release before the newest upgrade, with the store of then.",
        "sudo .venv/bin/spotter booth rollback",
    )
    migrate = add_command(
        verbs, "migrate", _migrate, "Bring the store's tables up to date.", "spotter booth migrate --config booth.yaml"
    )
    migrate.add_argument("--config", type=Path, required=True, help="booth.yaml, which names the store")
    _add_backup(verbs)


def _add_backup(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = add_command(
        verbs,
        "backup",
        _backup,
        "Write the site's folder, keys included, and the store to one file that a passphrase opens.",
        "sudo .venv/bin/spotter booth backup soho.backup --site-dir soho",
    )
    restore = add_command(
        verbs,
        "restore",
        _restore,
        "Make the site's folder again from a backup; then run: sudo spotter booth install soho",
        "spotter booth restore soho.backup --site-dir soho",
    )
    for parser in (backup, restore):
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
        parser.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="the site's folder")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="default: prompt")


def _install(args: Args) -> int:
    from edge.appliance.install import install
    from edge.appliance.machine import Machine
    from edge.site.site import Site

    _check_root("install")
    site = Site(args.site)
    password = _new_password(site.folder) if args.new_password else ""
    for line in install(site, Machine(), opens_page=args.page, may_fetch=not args.no_apt):
        print(line)
    print(f"page password, shown once: {password}" if password else "page password: that of spotter provision site")
    return GOOD


def _new_password(folder: Path) -> str:
    from edge.booth.page.password import hash_password
    from edge.site.files import write_file

    password = secrets.token_urlsafe(PAGE_PASSWORD_BYTES)
    write_file(folder / "booth" / "page.password", hash_password(password).encode() + b"\n")
    return password


def _upgrade(_args: Args) -> int:
    from edge.appliance.machine import Machine
    from edge.appliance.upgrade import upgrade

    _check_root("upgrade")
    print(f"{upgrade(Machine())} runs; to go back: spotter booth rollback")
    return GOOD


def _rollback(_args: Args) -> int:
    from edge.appliance.machine import Machine
    from edge.appliance.upgrade import rollback

    _check_root("rollback")
    print(f"{rollback(Machine())} runs again; what was stored since the upgrade is lost")
    return GOOD


def _migrate(args: Args) -> int:
    from edge.config import BoothConfig, load
    from edge.store.store import SqlStore

    config = load(args.config, BoothConfig)
    SqlStore(config.store, config.site).close()
    return GOOD


def _backup(args: Args) -> int:
    from edge.appliance.backup import backup
    from edge.appliance.machine import Machine
    from edge.site.site import Site

    about = backup(Site(args.site_dir), args.file, _passphrase(args.passphrase_file, is_new=True), Machine())
    store = "with its store" if about.has_store else "without a store: none was found (pg_dump copies PostgreSQL)"
    print(f"{args.file}: {about.site}, {store}; keep file and passphrase apart")
    return GOOD


def _restore(args: Args) -> int:
    from edge.appliance.backup import restore

    about = restore(args.file, args.site_dir, _passphrase(args.passphrase_file, is_new=False))
    print(f"{args.site_dir}: {about.site}, backed up by version {about.version}")
    print(f"next: sudo .venv/bin/spotter booth install {args.site_dir}")
    return GOOD


def _passphrase(file: Path | None, *, is_new: bool) -> bytes:
    from edge.appliance.passphrase import ask, first_line

    passphrase = first_line(file) if file else ask("Passphrase of the backup: ")
    if is_new and len(passphrase) < SHORTEST:
        raise ProvisionError(f"the passphrase has {len(passphrase)} characters, expected at least {SHORTEST}")
    if is_new and not file and ask("Again: ") != passphrase:
        raise ProvisionError("the two passphrases differ; nothing was written, try again")
    return passphrase.encode()


def _check_root(verb: str) -> None:
    if os.geteuid():
        raise ProvisionError(f"booth {verb} changes the system: run it with sudo")
