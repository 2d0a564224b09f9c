"""`spotter provision`: its verbs and options, and what each prints when it is done."""

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
"""Twelve characters once encoded as base64."""
RELEASE = Path("dist/node-release")
"""Default folder of the release that nodes install."""
LANGUAGES = ("en", "de", "fr", "it", "es")


def add_provision(commands: Commands) -> None:
    """Add `spotter provision` and its verbs to the command line."""
    verbs = add_group(
        commands, "provision", "Set up a site: certificates, broker, nodes, cards and the notice for passers-by."
    )
    _add_site(verbs)
    _add_node(verbs)
    _add_cards(verbs)
    laptop = add_command(
        verbs,
        "laptop",
        _laptop,
        "Make a certificate for `spotter watch` and `spotter health` on one of the booth's laptops.",
        "spotter provision laptop desk-1 --site-dir soho",
    )
    revoke = add_command(
        verbs,
        "revoke",
        _revoke,
        "Revoke the certificate of a lost node or laptop, so that the broker refuses it.",
        "spotter provision revoke north --site-dir soho",
    )
    for parser in (laptop, revoke):
        parser.add_argument("name", metavar="NAME", help="name of the node or laptop")
        _add_site_dir(parser)
    laptop.add_argument("--renew", action="store_true", help="replace the certificate; the old one is revoked")
    check = add_command(
        verbs,
        "check",
        _check,
        "Check a site's folder, a node's folder, a card or a running site; exit code 1 if anything is wrong.",
        "spotter provision check soho --live",
    )
    check.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a site's folder, a node's folder (on the node: /etc/spotter) or a card: image, device or boot partition",
    )
    check.add_argument("--site-dir", type=Path, metavar="DIR", help="for a card: the site it should belong to")
    check.add_argument(
        "--live", action="store_true", help="also connect to the broker as a node would, and wait for every node"
    )
    add_broker(check, "; implies --live")
    add_json(check, "one JSON object per problem, one a line")
    notice = add_command(
        verbs,
        "notice",
        _notice,
        "Write the notice for passers-by as a PDF; hang it up where the cameras look.",
        "spotter provision notice --site-dir soho --out notice.pdf --language de",
    )
    notice.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="made by spotter provision site")
    notice.add_argument("--out", type=Path, required=True, help="PDF file to write")
    notice.add_argument("--language", choices=LANGUAGES, default="en", help="default: %(default)s")
    add_hidden_alias(verbs, "sign", notice)


def _add_site(verbs: Commands) -> None:
    site = add_command(
        verbs,
        "site",
        _site,
        "Make a new site: its certificate authority, and the folders for broker and booth.",
        "spotter provision site soho --site soho --booth 192.168.50.1 --who 'Shoe shop, 1 Old St' "
        "--purpose 'offer shoes to the most unusual outfits' --contact privacy@example.org --keep-days 1",
    )
    site.add_argument("dir", type=Path, metavar="DIR", help="folder to make")
    site.add_argument("--site", required=True, metavar="NAME", help="3 to 32 of a-z, 0-9 and -")
    site.add_argument(
        "--booth",
        action="append",
        required=True,
        metavar="ADDRESS",
        help="name or IP address of the booth; repeat for more",
    )
    site.add_argument("--port", type=int, default=8883, help="port of the broker; default: %(default)s")
    site.add_argument("--who", help="for the notice: who runs the cameras, name and address")
    site.add_argument("--purpose", help="for the notice: what the cameras are for, in one sentence")
    site.add_argument("--contact", help="for the notice: where passers-by can ask or object")
    site.add_argument("--keep-days", type=int, metavar="N", help="days until scores and alerts are deleted, 1 to 31")
    site.add_argument("--installed", action="store_true", help="broker and booth will run from /etc/spotter")
    _add_passphrase(site)


def _add_node(verbs: Commands) -> None:
    node = add_command(
        verbs,
        "node",
        _node,
        "Add a camera node: its certificate and settings.",
        "spotter provision node north --site-dir soho --facing 315",
    )
    node.add_argument("name", metavar="NAME", help="3 to 32 of a-z, 0-9 and -; becomes its certificate's common name")
    _add_site_dir(node)
    node.add_argument("--facing", type=int, metavar="DEGREES", help="direction the camera looks, clockwise from north")
    node.add_argument("--source", default="picamera2", help="camera, as `source` in node.yaml; default: %(default)s")
    node.add_argument(
        "--booth", metavar="ADDRESS", help="which of the booth's addresses the node connects to; default: the first"
    )
    node.add_argument("--address", default="", help="fixed address, such as 192.168.50.11/24; default: DHCP")
    node.add_argument("--gateway", default="", help="needed only if the booth is in another subnet")
    node.add_argument("--wifi", default="", metavar="SSID", help="join this Wi-Fi; default: Ethernet")
    node.add_argument(
        "--wifi-password-file", type=Path, metavar="FILE", help="default: prompt; an empty file means an open Wi-Fi"
    )
    node.add_argument("--wifi-country", default="", metavar="CC", help="two letters, such as DE; needed with --wifi")
    node.add_argument(
        "--renew", action="store_true", help="replace the certificate and settings; the old certificate is revoked"
    )


def _add_cards(verbs: Commands) -> None:
    image = add_command(
        verbs,
        "image",
        _image,
        "Write a node's settings and software onto a card, or into an image file, that holds Raspberry Pi OS.",
        "spotter provision image north --site-dir soho --image raspios-lite-arm64.img",
    )
    image.add_argument("node", metavar="NODE", help="made by spotter provision node")
    _add_site_dir(image)
    target = image.add_mutually_exclusive_group(required=True)
    target.add_argument(
        "--image", dest="target", type=Path, metavar="FILE", help="image file of Raspberry Pi OS, unpacked"
    )
    target.add_argument(
        "--device", dest="target", type=Path, metavar="/dev/sdX", help="card flashed with Raspberry Pi OS, not mounted"
    )
    image.add_argument("--replace", action="store_true", help="overwrite a card that belongs to another node")
    release = add_command(
        verbs,
        "release",
        _release,
        "Build the release that nodes install: the project and its wheels for 64-bit Raspberry Pi OS.",
        "spotter provision release",
    )
    signed = add_command(
        verbs,
        "sign-release",
        _sign_release,
        "Sign a release, so that the nodes of this site install it.",
        "spotter provision sign-release --site-dir soho",
    )
    _add_site_dir(signed)
    signed.add_argument("--release", type=Path, default=RELEASE, metavar="DIR", help="default: %(default)s")
    for parser in (image, release):
        parser.add_argument(
            "--release",
            type=Path,
            default=RELEASE,
            metavar="DIR",
            help="release folder; built if missing; default: %(default)s",
        )


def _add_site_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="folder of the site")
    _add_passphrase(parser)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="file with the passphrase of the authority's key; default: prompt",
    )


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
        print("warning: no passphrase; a copy of this folder is enough to add nodes to this site", file=sys.stderr)
    print(f"{args.dir}: site {site.name}, broker {settings.booth[0]}:{settings.port}")
    print(f"page password, shown once: {password}")
    print(f"next: spotter provision node NAME --site-dir {args.dir} --facing DEGREES")
    return GOOD


def _purpose(args: Args) -> Purpose:
    asked = {"who": args.who, "purpose": args.purpose, "contact": args.contact, "keep_days": args.keep_days}
    missing = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value is None]
    if missing:
        raise ProvisionError(
            f"{', '.join(missing)} missing: the notice must tell passers-by who runs the cameras, why, how long data "
            "is kept and whom to ask; give these options and run the command again"
        )
    return _convert(asked, Purpose)


def _node(args: Args) -> int:
    from edge.site.site import Site

    check_name(args.name)
    site = Site(args.site_dir)
    booth = args.booth or site.settings.booth[0]
    if booth not in site.settings.booth:
        raise ProvisionError(
            f"--booth {booth}: expected an address of the broker's certificate: {', '.join(site.settings.booth)}"
        )
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
    print(f"{home}: written; it becomes /etc/spotter on the node")
    print(f"next: spotter provision image {args.name} --site-dir {args.site_dir} --device /dev/sdX (or --image FILE)")
    if args.renew:
        print("the previous certificate is revoked")
        print(_reload(args.site_dir, is_installed=site.settings.installed))
    print("if spotter booth runs, restart it, so that its alerts say where this camera looks")
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
    print("use one certificate for one program at a time: the broker disconnects the first when a second connects")
    print(_reload(args.site_dir, is_installed=site.settings.installed))
    return GOOD


def _revoke(args: Args) -> int:
    from edge.site.site import Site

    site = Site(args.site_dir)
    site.revoke(args.name, passphrase=_passphrase(args.passphrase_file, site.has_passphrase))
    print(f"{args.name}: revoked, and its key deleted here")
    print(_reload(args.site_dir, is_installed=site.settings.installed))
    print(
        "then new connections are refused; an open one can neither send nor receive, and ends with the broker's restart"
    )
    return GOOD


def _reload(folder: Path, *, is_installed: bool) -> str:
    """Return how to make mosquitto read its access rules and revocation list again.

    SIGHUP is enough for both (measured with mosquitto 2.0.11).
    """
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


def _notice(args: Args) -> int:
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


def _wifi_password(args: Args) -> str:
    if not args.wifi:
        return ""
    if args.wifi_password_file:
        return _first_line(args.wifi_password_file)
    if not sys.stdin.isatty():
        raise ProvisionError(
            "--wifi without a terminal needs --wifi-password-file FILE; use an empty file for an open Wi-Fi"
        )
    return _ask(f"Password of {args.wifi} (empty: open): ")


def _new_passphrase(file: Path | None) -> bytes | None:
    """Return the passphrase for a new key, or None for a key without one."""
    if file:
        passphrase = _first_line(file)
    elif sys.stdin.isatty():
        passphrase = _ask("Passphrase of the site's authority (empty: none): ")
        if passphrase and _ask("Again: ") != passphrase:
            raise ProvisionError("the two passphrases differ; nothing was written, try again")
        if not passphrase:
            return None
    else:
        return None
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ProvisionError(
            f"the passphrase has {len(passphrase)} characters, expected at least {SHORTEST_PASSPHRASE}; try again"
        )
    return passphrase.encode()


def _passphrase(file: Path | None, is_needed: bool) -> bytes | None:  # noqa: FBT001
    """Return the passphrase of an existing key; None if it has none or there is no terminal to ask on."""
    if not is_needed:
        return None
    if file:
        return _first_line(file).encode()
    return _ask("Passphrase of the site's authority: ").encode() if sys.stdin.isatty() else None


def _ask(prompt: str) -> str:
    """Prompt without showing what is typed; raises ProvisionError at the end of the input."""
    try:
        return getpass.getpass(prompt)
    except EOFError as err:
        raise ProvisionError(f"nothing was typed at {prompt!r}: try again, or give a file instead") from err


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as err:
        raise ProvisionError(f"{path}: cannot be read ({err})") from err
