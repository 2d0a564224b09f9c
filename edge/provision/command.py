"""`spotter provision`: its words, and what it says when it is done."""

import argparse
import getpass
import logging
import secrets
import sys
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge.command import BAD_NEWS, GOOD, Args, Commands, add_broker, add_command, add_group, add_hidden_alias, add_json
from edge.errors import ProvisionError
from edge.site.settings import Network, Purpose, SiteSettings, check_host, check_name

S = TypeVar("S", bound=msgspec.Struct)

SHORTEST_PASSPHRASE = 8
PAGE_PASSWORD_BYTES = 9
"""Twelve letters."""
RELEASE = Path("dist/node-release")
"""Where releases for nodes are collected."""
LANGUAGES = ("en", "de", "fr", "it", "es")


def add_provision(commands: Commands) -> None:
    """The verbs of `spotter provision`."""
    verbs = add_group(commands, "provision", "Make a site: certificates, broker, nodes, the notice to hang up.")
    _add_site(verbs)
    _add_node(verbs)
    _add_cards(verbs)
    laptop = add_command(
        verbs,
        "laptop",
        _laptop,
        "A certificate for `spotter watch` and `spotter health` on a laptop of the booth.",
        "spotter provision laptop desk-1 --site-dir soho",
    )
    revoke = add_command(
        verbs,
        "revoke",
        _revoke,
        "A node or laptop that is lost: its certificate is good no more.",
        "spotter provision revoke north --site-dir soho",
    )
    for parser in (laptop, revoke):
        parser.add_argument("name", metavar="NAME", help="as in its certificate")
        _add_site_dir(parser)
    laptop.add_argument("--renew", action="store_true", help="a new certificate for one that has one; revokes the old")
    check = add_command(
        verbs,
        "check",
        _check,
        "What is wrong with a site's folder, a node's, a card or a running site; exit code 1 if anything is.",
        "spotter provision check soho --live",
    )
    check.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a site's folder, a node's such as /etc/spotter, or a card: image file, device, or boot partition",
    )
    check.add_argument("--site-dir", type=Path, metavar="DIR", help="of a card: the site it should belong to")
    check.add_argument("--live", action="store_true", help="also connect, as a node would, and listen to every node")
    add_broker(check, "; means --live too")
    add_json(check, "one JSON line each")
    notice = add_command(
        verbs,
        "notice",
        _notice,
        "The notice for passers-by, to hang up where the cameras look.",
        "spotter provision notice --site-dir soho --out notice.pdf --language de",
    )
    notice.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="made by spotter provision site")
    notice.add_argument("--out", type=Path, required=True, help="the PDF file to write")
    notice.add_argument("--language", choices=LANGUAGES, default="en", help="default: %(default)s")
    add_hidden_alias(verbs, "sign", notice)


def _add_site(verbs: Commands) -> None:
    site = add_command(
        verbs,
        "site",
        _site,
        "A new site: its authority, and the folders for broker and booth.",
        "spotter provision site soho --site soho --booth 192.168.50.1 --who 'Shoe shop, 1 Old St' "
        "--purpose 'offer shoes to the most unusual outfits' --contact privacy@example.org --keep-days 1",
    )
    site.add_argument("dir", type=Path, metavar="DIR", help="a new folder")
    site.add_argument("--site", required=True, metavar="NAME", help="3 to 32 of a-z, 0-9 and -")
    site.add_argument(
        "--booth", action="append", required=True, metavar="ADDRESS", help="of the booth; again for more names"
    )
    site.add_argument("--port", type=int, default=8883, help="of the broker; default: %(default)s")
    site.add_argument("--who", help="who runs the cameras: name and address")
    site.add_argument("--purpose", help="why, in one sentence")
    site.add_argument("--contact", help="where passers-by can ask or object")
    site.add_argument("--keep-days", type=int, metavar="N", help="days until scores and alerts are deleted, 1 to 31")
    site.add_argument("--installed", action="store_true", help="broker and booth will run from /etc/spotter")
    _add_passphrase(site)


def _add_node(verbs: Commands) -> None:
    node = add_command(
        verbs,
        "node",
        _node,
        "A camera node: its certificate and settings.",
        "spotter provision node north --site-dir soho --facing 315",
    )
    node.add_argument("name", metavar="NAME", help="3 to 32 of a-z, 0-9 and -; becomes its certificate's common name")
    _add_site_dir(node)
    node.add_argument("--facing", type=int, metavar="DEGREES", help="where it looks, clockwise from north")
    node.add_argument("--source", default="picamera2", help="as in node.yaml; default: %(default)s")
    node.add_argument("--booth", metavar="ADDRESS", help="which of the booth's addresses it uses; default: the first")
    node.add_argument("--address", default="", help="its own, such as 192.168.50.11/24; default: by DHCP")
    node.add_argument("--gateway", default="", help="only where the booth is in another subnet")
    node.add_argument("--wifi", default="", metavar="SSID", help="default: Ethernet")
    node.add_argument("--wifi-password-file", type=Path, metavar="FILE", help="else it is asked for; empty: open")
    node.add_argument("--wifi-country", default="", metavar="CC", help="two letters, such as DE; needed with --wifi")
    node.add_argument(
        "--renew", action="store_true", help="again, for a name that has one; revokes the old certificate"
    )


def _add_cards(verbs: Commands) -> None:
    image = add_command(
        verbs,
        "image",
        _image,
        "Write a node's bundle into a flashed card or an image file of Raspberry Pi OS.",
        "spotter provision image north --site-dir soho --image raspios-lite-arm64.img",
    )
    image.add_argument("node", metavar="NODE", help="made by spotter provision node")
    _add_site_dir(image)
    target = image.add_mutually_exclusive_group(required=True)
    target.add_argument("--image", dest="target", type=Path, metavar="FILE", help="an unpacked image")
    target.add_argument("--device", dest="target", type=Path, metavar="/dev/sdX", help="a flashed card, not mounted")
    image.add_argument("--replace", action="store_true", help="even if it is the card of another node")
    release = add_command(
        verbs,
        "release",
        _release,
        "Collect what is installed on nodes: the project and its wheels for 64-bit Raspberry Pi OS.",
        "spotter provision release",
    )
    signed = add_command(
        verbs,
        "sign-release",
        _sign_release,
        "Sign a release, so that the nodes of this site take it.",
        "spotter provision sign-release --site-dir soho",
    )
    _add_site_dir(signed)
    signed.add_argument("--release", type=Path, default=RELEASE, metavar="DIR", help="default: %(default)s")
    for parser in (image, release):
        parser.add_argument(
            "--release", type=Path, default=RELEASE, metavar="DIR", help="made if it is not there; default: %(default)s"
        )


def _add_site_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="made by spotter provision site")
    _add_passphrase(parser)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of the authority's key; else it is asked")


def _site(args: Args) -> int:
    from edge.booth.page.password import hash_password
    from edge.site.new_site import make_site

    purpose = _purpose(args)
    settings = _convert(
        {"site": args.site, "booth": [*map(check_host, args.booth)], "port": args.port, "installed": args.installed},
        SiteSettings,
    )
    passphrase = _new_passphrase(args.passphrase_file)
    password = secrets.token_urlsafe(PAGE_PASSWORD_BYTES)
    site = make_site(args.dir, settings, purpose, passphrase=passphrase, page_password_hash=hash_password(password))
    if passphrase is None:
        print("warning: no passphrase; whoever copies this folder can make nodes of this site", file=sys.stderr)
    print(f"{args.dir}: site {site.name}, broker {settings.booth[0]}:{settings.port}")
    print(f"page password, shown once: {password}")
    print(f"next: spotter provision node NAME --site-dir {args.dir} --facing DEGREES")
    return GOOD


def _purpose(args: Args) -> Purpose:
    asked = {"who": args.who, "purpose": args.purpose, "contact": args.contact, "keep_days": args.keep_days}
    missing = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value is None]
    if missing:
        raise ProvisionError(
            f"{', '.join(missing)} missing: whoever is filmed may know who does it, why, how long anything is kept "
            "and whom to ask, so no site is made without"
        )
    return _convert(asked, Purpose)


def _node(args: Args) -> int:
    from edge.site.site import Site

    check_name(args.name)
    site = Site(args.site_dir)
    booth = args.booth or site.settings.booth[0]
    if booth not in site.settings.booth:
        raise ProvisionError(f"--booth {booth}: the broker's certificate is for {', '.join(site.settings.booth)} only")
    network = {
        "booth": booth,
        "address": args.address,
        "gateway": args.gateway,
        "wifi": args.wifi,
        "wifi_password": _wifi_password(args),
        "wifi_country": args.wifi_country,
    }
    home = site.add_node(
        args.name,
        facing=args.facing,
        source=args.source,
        network=_convert(network, Network),
        passphrase=_passphrase(args.passphrase_file, site.has_passphrase),
        is_renewal=args.renew,
    )
    print(f"{home}: written for the node's /etc/spotter")
    print(f"next: spotter provision image {args.name} --site-dir {args.site_dir} --device /dev/sdX (or --image FILE)")
    if args.renew:
        print("the certificate before is revoked")
        print(_reload(args.site_dir, is_installed=site.settings.installed))
    print("restart spotter booth if it runs: it learns where the node looks")
    return GOOD


def _image(args: Args) -> int:
    from edge.card.write import run_image
    from edge.site.site import Site

    site = Site(args.site_dir)

    def ask() -> bytes | None:
        return _passphrase(args.passphrase_file, site.has_passphrase)

    return run_image(args.node, site, args.target, args.release, ask, is_replacing=args.replace)


def _release(args: Args) -> int:
    from edge.release.build import run_release

    return run_release(args.release)


def _sign_release(args: Args) -> int:
    from edge.release.signature import sign_release
    from edge.site.site import Site

    site = Site(args.site_dir)
    passphrase = _passphrase(args.passphrase_file, site.has_passphrase)
    release = sign_release(args.release, site.folder / "release.key", passphrase)
    print(f"{args.release}: release {release.id} is signed for {site.name}")
    print("next: copy the folder to a node, then there: sudo spotter update FOLDER")
    return GOOD


def _laptop(args: Args) -> int:
    from edge.site.site import Site

    site = Site(args.site_dir)
    home = site.add_laptop(
        args.name, passphrase=_passphrase(args.passphrase_file, site.has_passphrase), is_renewal=args.renew
    )
    print(f"{home}: copy it to the laptop, then there: spotter watch --config {home.name}/laptop.yaml")
    print("one certificate, one program at a time: a second one throws the first out")
    print(_reload(args.site_dir, is_installed=site.settings.installed))
    return GOOD


def _revoke(args: Args) -> int:
    from edge.site.site import Site

    site = Site(args.site_dir)
    site.revoke(args.name, passphrase=_passphrase(args.passphrase_file, site.has_passphrase))
    print(f"{args.name}: revoked, and its key deleted here")
    print(_reload(args.site_dir, is_installed=site.settings.installed))
    print("then it is refused; while it is still connected it can say and hear nothing, until the broker restarts")
    return GOOD


def _reload(folder: Path, *, is_installed: bool) -> str:
    """A SIGHUP is enough for access rules and revocation list (measured with mosquitto 2.0.11)."""
    if is_installed:
        files = f"{folder}/broker/acl {folder}/broker/crl.pem"
        return f"make the broker read it: sudo cp {files} /etc/spotter/broker/ && sudo systemctl reload mosquitto"
    return "make the broker read it: kill -HUP $(pidof mosquitto)"


def _check(args: Args) -> int:
    from edge.provision.check import check_live, check_path
    from edge.site.site import Site

    site = Site(args.site_dir) if args.site_dir else None
    found, is_live = check_path(args.path, site), args.live or args.broker is not None
    if is_live and not args.path.is_dir():
        raise ProvisionError("--live asks a running site or node: give its folder")
    if is_live:
        logging.getLogger("edge.message.mqtt").setLevel(logging.CRITICAL)  # what it would say is said below
        found += check_live(args.path, args.broker)
    for finding in found:
        print(msgspec.json.encode(finding._asdict()).decode() if args.json else f"{finding.where}: {finding.sentence}")
    if not found and not args.json:
        asks = not is_live and (args.path / "site.yaml").exists()
        print(f"{args.path}: nothing is wrong{' with the files; --live asks the running site too' if asks else ''}")
    return BAD_NEWS if found else GOOD


def _notice(args: Args) -> int:
    from edge.site.notice import write_notice
    from edge.site.site import Site

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table it drops
    write_notice(Site(args.site_dir).purpose, args.out, args.language)
    print(f"{args.out}: print it and hang it up where the cameras look")
    return GOOD


def _convert(values: dict[str, Any], schema: type[S]) -> S:
    """Raises ProvisionError naming the option."""
    try:
        return msgspec.convert(values, schema)
    except msgspec.ValidationError as err:
        text, _, place = str(err).partition(" - at ")
        option = place.strip("`").removeprefix("$.").split("[")[0].replace("_", "-")
        raise ProvisionError(f"--{option}: {text}" if option else text) from err


def _wifi_password(args: Args) -> str:
    if not args.wifi:
        return ""
    if args.wifi_password_file:
        return _first_line(args.wifi_password_file)
    if not sys.stdin.isatty():
        raise ProvisionError("--wifi needs --wifi-password-file FILE; an empty file for an open network")
    return _ask(f"Password of {args.wifi} (empty: open): ")


def _new_passphrase(file: Path | None) -> bytes | None:
    """Of a key that is to be made; None for none."""
    if file:
        passphrase = _first_line(file)
    elif sys.stdin.isatty():
        passphrase = _ask("Passphrase of the site's authority (empty: none): ")
        if passphrase and _ask("Again: ") != passphrase:
            raise ProvisionError("the two passphrases differ; nothing was written")
        if not passphrase:
            return None
    else:
        return None
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ProvisionError(f"the passphrase must have at least {SHORTEST_PASSPHRASE} characters")
    return passphrase.encode()


def _passphrase(file: Path | None, is_needed: bool) -> bytes | None:  # noqa: FBT001
    """Of a key that is there; None if it has none, or nobody can be asked."""
    if not is_needed:
        return None
    if file:
        return _first_line(file).encode()
    return _ask("Passphrase of the site's authority: ").encode() if sys.stdin.isatty() else None


def _ask(prompt: str) -> str:
    """Without showing what is typed; raises ProvisionError if nothing can be."""
    try:
        return getpass.getpass(prompt)
    except EOFError as err:
        raise ProvisionError(f"nothing was typed at {prompt!r}: try again, or give it as a file") from err


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as err:
        raise ProvisionError(f"{path}: cannot be read ({err})") from err
