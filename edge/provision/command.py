"""The command line of `spotter provision`: its verbs and their options; `verbs.py` does the work."""

import argparse
from pathlib import Path

from edge.command import Commands, add_broker, add_command, add_group, add_hidden_alias, add_json
from edge.provision.set_verb import provision_set
from edge.provision.verbs import (
    provision_check,
    provision_image,
    provision_laptop,
    provision_node,
    provision_notice,
    provision_os_list,
    provision_page,
    provision_release,
    provision_revoke,
    provision_sign_release,
    provision_site,
)

RELEASE = Path("dist/node-release")
"""Default folder of the release that nodes install."""
LANGUAGES = ("en", "de", "fr", "it", "es", "sv")


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
        provision_laptop,
        "Make a certificate for `spotter watch` and `spotter health` on one of the booth's laptops.",
        "spotter provision laptop desk-1 --site-dir soho",
    )
    revoke = add_command(
        verbs,
        "revoke",
        provision_revoke,
        "Revoke the certificate of a lost node or laptop, so that the broker refuses it.",
        "spotter provision revoke north --site-dir soho",
    )
    for parser in (laptop, revoke):
        parser.add_argument("name", metavar="NAME", help="name of the node or laptop")
        _add_site_dir(parser)
    laptop.add_argument("--renew", action="store_true", help="replace the certificate; the old one is revoked")
    page = add_command(
        verbs,
        "page",
        provision_page,
        "Make the certificate of the booth's page again, when it expires or for more names.",
        "spotter provision page --site-dir soho --host spotter.local",
    )
    page.add_argument(
        "--host", action="append", default=[], metavar="ADDRESS", help="one more name or address of the page; repeat"
    )
    _add_site_dir(page)
    check = add_command(
        verbs,
        "check",
        provision_check,
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
        provision_notice,
        "Write the notice for passers-by as PDF or SVG; hang it up where the cameras look.",
        "spotter provision notice --site-dir soho --out notice.pdf --language de",
    )
    notice.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="made by spotter provision site")
    notice.add_argument("--out", type=Path, required=True, help="file to write, .pdf or .svg")
    notice.add_argument("--language", choices=LANGUAGES, default="en", help="default: %(default)s")
    add_hidden_alias(verbs, "sign", notice)


def _add_site(verbs: Commands) -> None:
    site = add_command(
        verbs,
        "site",
        provision_site,
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
    site.add_argument(
        "--privacy-page", default="", help="for the notice: address of your page about privacy, as a QR code"
    )
    site.add_argument("--keep-days", type=int, metavar="N", help="days until scores and alerts are deleted, 1 to 31")
    site.add_argument("--installed", action="store_true", help="broker and booth will run from /etc/spotter")
    _add_passphrase(site)


def _add_node(verbs: Commands) -> None:
    node = add_command(
        verbs,
        "node",
        provision_node,
        "Add a camera node: its certificate and settings.",
        "spotter provision node north --site-dir soho --facing 315",
    )
    node.add_argument("name", metavar="NAME", help="3 to 32 of a-z, 0-9 and -; becomes its certificate's common name")
    _add_site_dir(node)
    _add_node_options(node)
    node.add_argument(
        "--booth", metavar="ADDRESS", help="which of the booth's addresses the node connects to; default: the first"
    )
    node.add_argument(
        "--renew",
        action="store_true",
        help="replace the certificate; the old one is revoked; options that are not given stay as they are",
    )
    change = add_command(
        verbs,
        "set",
        provision_set,
        "Change nodes without a new certificate; without nodes, the booth's address, or the paths of a moved folder.",
        "spotter provision set north south --site-dir soho --wifi Booth --wifi-country DE",
    )
    change.add_argument("nodes", nargs="*", metavar="NODE", help="nodes to change; none: --booth is for the whole site")
    _add_site_dir(change)
    _add_node_options(change)
    change.add_argument(
        "--booth",
        action="append",
        metavar="ADDRESS",
        help="with a node: which of the booth's addresses it connects to; without: the booth's new ones, repeat",
    )


def _add_node_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a node; each is None unless it is given."""
    parser.add_argument(
        "--facing", type=int, metavar="DEGREES", help="direction the camera looks, clockwise from north"
    )
    parser.add_argument("--source", help="camera, as `source` in node.yaml; default: picamera2")
    parser.add_argument("--address", help="fixed address, such as 192.168.50.11/24; default, or '': DHCP")
    parser.add_argument("--gateway", help="needed only if the booth is in another subnet")
    parser.add_argument("--wifi", metavar="SSID", help="join this Wi-Fi; default, or '': Ethernet")
    parser.add_argument(
        "--wifi-password-file", type=Path, metavar="FILE", help="default: prompt; an empty file means an open Wi-Fi"
    )
    parser.add_argument("--wifi-country", metavar="CC", help="two letters, such as DE; needed with --wifi")


def _add_cards(verbs: Commands) -> None:
    image = add_command(
        verbs,
        "image",
        provision_image,
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
        provision_release,
        "Build the release that nodes install: the project and its wheels for 64-bit Raspberry Pi OS.",
        "spotter provision release",
    )
    release.add_argument(
        "--update-lock",
        action="store_true",
        help="take the newest wheels that pyproject.toml allows, and write them into edge/release/wheels-*.txt",
    )
    signed = add_command(
        verbs,
        "sign-release",
        provision_sign_release,
        "Sign a release, so that the nodes of this site install it.",
        "spotter provision sign-release --site-dir soho",
    )
    _add_site_dir(signed)
    signed.add_argument("--release", type=Path, default=RELEASE, metavar="DIR", help="default: %(default)s")
    listed = add_command(
        verbs,
        "os-list",
        provision_os_list,
        "Write a repository file for Raspberry Pi Imager, which then offers these images by the names of their nodes.",
        "spotter provision os-list north.img south.img --site-dir soho --out os_list.json",
    )
    listed.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="image written by spotter provision image"
    )
    listed.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="folder of the site")
    listed.add_argument("--out", type=Path, default=Path("os_list.json"), help="file to write; default: %(default)s")
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
