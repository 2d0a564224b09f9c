"""What each verb of `spotter provision` does and prints; `command.py` has their options."""

import logging
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from edge.command import BAD_NEWS, GOOD, Args
from edge.errors import ProvisionError, StoreError
from edge.provision import advice
from edge.provision.passphrase import new_passphrase, read_passphrase
from edge.provision.set_verb import given_options
from edge.site.settings import Network, Purpose, SiteSettings, check_host, check_name

if TYPE_CHECKING:
    from edge.site.site import Site

S = TypeVar("S", bound=msgspec.Struct)
SOURCE = "picamera2"
"""The camera of a new node."""
PAGE_PASSWORD_BYTES = 9
"""Twelve characters once encoded as base64."""


def provision_site(args: Args) -> int:
    """Make a new site; print its page password, which is stored only as a hash."""
    from edge.booth.page.password import hash_password
    from edge.site.new_site import make_site

    purpose = _purpose(args)
    settings = _convert(
        {"site": args.site, "booth": [*map(check_host, args.booth)], "port": args.port, "installed": args.installed},
        SiteSettings,
    )
    passphrase = new_passphrase(args.passphrase_file)
    password = secrets.token_urlsafe(PAGE_PASSWORD_BYTES)
    site = make_site(args.dir, settings, purpose, passphrase=passphrase, page_password_hash=hash_password(password))
    if passphrase is None:
        print("warning: no passphrase; a copy of this folder is enough to add nodes to this site", file=sys.stderr)
    print(f"{args.dir}: site {site.name}, broker {settings.booth[0]}:{settings.port}")
    print(f"page password, shown once: {password}")
    for name in (host for host in settings.booth if host.endswith(".local")):
        called = f"sudo apt install avahi-daemon && sudo hostnamectl set-hostname {name.removesuffix('.local')}"
        print(f"nodes find the booth by its name {name}, which it must have: {called}")
    print(f"next: spotter provision node NAME --site-dir {advice.quoted(args.dir)} --facing DEGREES")
    return GOOD


def _purpose(args: Args) -> Purpose:
    asked = {"who": args.who, "purpose": args.purpose, "contact": args.contact, "keep_days": args.keep_days}
    missing = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value is None]
    if missing:
        raise ProvisionError(
            f"{', '.join(missing)} missing: the notice must tell passers-by who runs the cameras, why, how long data "
            "is kept and whom to ask; give these options and run the command again"
        )
    return _convert({**asked, "privacy_page": args.privacy_page}, Purpose)


def provision_node(args: Args) -> int:
    """Add a node to a site, or renew it: a renewal keeps every option that is not given."""
    from edge.site.change import node_options
    from edge.site.site import Site

    check_name(args.name)
    site = Site(args.site_dir)
    given = given_options(args, site)
    if args.renew and args.name in site.nodes:
        options = node_options(site, args.name) | given
    else:
        options = {"facing": None, "source": SOURCE, "booth": site.settings.booth[0]} | given
    was_revoked = args.name in site.revoked
    home = site.add_node(
        args.name,
        facing=options.pop("facing"),
        source=options.pop("source"),
        network=_convert(options, Network),
        passphrase=read_passphrase(args.passphrase_file, is_needed=site.has_passphrase),
        is_renewal=args.renew,
    )
    print(f"{home}: written; it becomes /etc/spotter on the node")
    if was_revoked:
        _tell_booth(site, args.name, is_revoked=False)
    print(f"next: {advice.write_card(args.name, args.site_dir)}")
    if args.renew:
        print("the previous certificate is revoked")
        print(_end_connections(args.site_dir, is_installed=site.settings.installed))
    again = advice.restart_booth(args.site_dir, is_installed=site.settings.installed)
    print(f"if spotter booth runs, restart it, so that its alerts say where this camera looks: {again}")
    return GOOD


def provision_image(args: Args) -> int:
    """Write a node's settings and release onto a card or into an image file."""
    from edge.card.write import run_image
    from edge.site.site import Site

    site = Site(args.site_dir)

    def ask() -> bytes | None:
        return read_passphrase(args.passphrase_file, is_needed=site.has_passphrase)

    return run_image(args.node, site, args.target, args.release, ask, is_replacing=args.replace)


def provision_os_list(args: Args) -> int:
    """Write a repository file for Raspberry Pi Imager."""
    from edge.card.os_list import run_os_list
    from edge.site.site import Site

    return run_os_list(Site(args.site_dir), args.images, args.out)


def provision_release(args: Args) -> int:
    """Build the release that nodes install."""
    from edge.release.build import run_release

    return run_release(args.release, update_lock=args.update_lock)


def provision_sign_release(args: Args) -> int:
    """Sign a release with the site's key."""
    from edge.release.signature import sign_release
    from edge.site.site import Site

    site = Site(args.site_dir)
    passphrase = read_passphrase(args.passphrase_file, is_needed=site.has_passphrase)
    release = sign_release(args.release, site.folder / "release.key", passphrase)
    print(f"{args.release}: release {release.id} is signed for {site.name}")
    print("next: copy the folder to a node, then there: sudo spotter update apply FOLDER")
    return GOOD


def provision_laptop(args: Args) -> int:
    """Make or renew a laptop's certificate."""
    from edge.site.site import Site

    site = Site(args.site_dir)
    home = site.add_laptop(
        args.name,
        passphrase=read_passphrase(args.passphrase_file, is_needed=site.has_passphrase),
        is_renewal=args.renew,
    )
    print(f"{home}: copy it to the laptop, then there: spotter watch --config {home.name}/laptop.yaml")
    print("use one certificate for one program at a time: the broker disconnects the first when a second connects")
    tell = _end_connections if args.renew else advice.reload_broker
    print(tell(args.site_dir, is_installed=site.settings.installed))
    return GOOD


def provision_page(args: Args) -> int:
    """Make or renew the certificate of the booth's page."""
    from edge.site.site import Site

    site = Site(args.site_dir)
    passphrase = read_passphrase(args.passphrase_file, is_needed=site.has_passphrase)
    hosts = site.renew_page([*map(check_host, args.host)], passphrase=passphrase)
    home = site.folder / "booth"
    print(f"{home}: page.pem and page.key for {', '.join(hosts)}; booth.yaml: page.tls_cert and page.tls_key")
    if site.settings.installed:
        copy = f"sudo cp {advice.quoted(home)}/page.pem {advice.quoted(home)}/page.key /etc/spotter/booth/"
        print(f"next: {copy} && sudo systemctl restart spotter-booth")
    else:
        print(f"next: {advice.restart_booth(args.site_dir, is_installed=False)}")
    return GOOD


def provision_revoke(args: Args) -> int:
    """Revoke the certificate of a node or laptop."""
    from edge.site.site import Site

    site = Site(args.site_dir)
    is_node = args.name in site.nodes
    site.revoke(args.name, passphrase=read_passphrase(args.passphrase_file, is_needed=site.has_passphrase))
    print(f"{args.name}: revoked, and its key deleted here")
    if is_node:
        _tell_booth(site, args.name, is_revoked=True)
    print(_end_connections(args.site_dir, is_installed=site.settings.installed))
    return GOOD


def _tell_booth(site: "Site", node: str, *, is_revoked: bool) -> None:
    """Have the booth's store forget a revoked node, or take a new one; says what to do if the store is not here."""
    from edge.booth.node_marks import run_allow, run_forget
    from edge.config import BoothConfig, load

    path = site.folder / "booth" / "booth.yaml"
    try:
        (run_forget if is_revoked else run_allow)(load(path, BoothConfig), node)
    except StoreError as err:
        verb = "booth-forget" if is_revoked else "booth-allow"
        command = f"spotter {verb} {node} --config {advice.quoted(path)}"
        print(f"the booth's store was not changed ({err.plain}); on the booth: {command}")


def _end_connections(folder: Path, *, is_installed: bool) -> str:
    how = advice.restart_broker(folder, is_installed=is_installed)
    return f"now restart the broker, which ends open connections of the old certificate too: {how}"


def provision_check(args: Args) -> int:
    """Print what is wrong with a site, a node's folder or a card; return BAD_NEWS if anything is."""
    from edge.provision.check import check_live, check_path
    from edge.site.site import Site

    site = Site(args.site_dir) if args.site_dir else None
    found, is_live = check_path(args.path, site), args.live or args.broker is not None
    if is_live and not args.path.is_dir():
        raise ProvisionError(f"{args.path}: --live needs the folder of a site or node, not a card")
    if is_live:
        logging.getLogger("edge.message.mqtt").setLevel(logging.CRITICAL)  # its failures are reported below
        found += check_live(args.path, args.broker)
    for finding in found:
        print(msgspec.json.encode(finding._asdict()).decode() if args.json else f"{finding.where}: {finding.sentence}")
    if not found and not args.json:
        asks = not is_live and (args.path / "site.yaml").exists()
        print(f"{args.path}: nothing is wrong{' with the files; --live checks the running site too' if asks else ''}")
    return BAD_NEWS if found else GOOD


def provision_notice(args: Args) -> int:
    """Write the notice for passers-by as PDF or SVG."""
    from edge.site.notice import write_notice
    from edge.site.site import Site

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it logs every table it drops
    write_notice(Site(args.site_dir).purpose, args.out, args.language)
    print(f"{args.out}: print it and hang it up where the cameras look")
    return GOOD


def _convert(values: dict[str, Any], schema: type[S]) -> S:
    """Convert the options' values to `schema`; raises ProvisionError naming the wrong option."""
    try:
        return msgspec.convert(values, schema)
    except msgspec.ValidationError as err:
        text, _, place = str(err).partition(" - at ")
        option = place.strip("`").removeprefix("$.").split("[")[0].replace("_", "-")
        raise ProvisionError(f"--{option}: {text}" if option else text) from err
