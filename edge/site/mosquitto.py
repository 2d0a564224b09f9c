"""The settings of a site's broker: mosquitto.conf with mutual TLS, and the access rules."""

import os
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.errors import ProvisionError
from edge.wire import CHECKER, booth_topic, feedback_topic, node_topic

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (
    ROOT / "firmware-config" / "mosquitto.conf",
    Path(sys.prefix) / "share" / "exception-spotter" / "firmware-config" / "mosquitto.conf",
)
"""Where the shipped settings are: in a checkout, else where the wheel installed them."""

UPDATER = "update"
"""Common name of `spotter update push`: offers a release, and reads what nodes make of it."""
NODE_WRITES = ("status", "health", "score", "sealed", "gap", "trend", "baseline", "update")
"""Topics under its own name that a node may write."""
BOOTH_WRITES = ("ack", "link")
"""Topics of a node that the booth writes and that node alone reads; the booth also publishes scores that it opened."""
NODE_READS = ("status", "baseline", "release")
"""Topics of the booth that a node may read; alerts are not among them."""
PROGRAMS = ("watch", "health")
"""Commands of a laptop that have a certificate of their own, LAPTOP-COMMAND, so that they can run at the same time."""
LAPTOP_READS = ("status", "health", "update")
"""Topics of every node that a laptop may read."""

GUARDS = (
    "require_certificate true",
    "use_identity_as_username true",
    "use_username_as_clientid true",
    "allow_anonymous false",
)
"""Required settings: without them the broker accepts strangers, or one program in another's name."""
OWN = ("listener", "allow_anonymous", "persistence_location")
"""Settings that every site replaces in the shipped file."""


def configuration(folder: Path, port: int, data: Path | None, shipped: Sequence[Path] = SHIPPED) -> str:
    """Return mosquitto.conf: the shipped settings with mutual TLS, and its files in `folder`.

    `data` is the folder for the broker's state, which then runs as this user. None leaves folder and user to the
    distribution's settings, which include this file and allow no second value.
    Raises ProvisionError if the shipped settings are missing.
    """
    lines = (line for line in _shipped(shipped).splitlines() if line and not line.startswith("#"))
    kept = [line for line in lines if line.split()[0] not in OWN]
    if data is not None:
        kept += [f"persistence_location {data}/", f"user {pwd.getpwuid(os.getuid()).pw_name}"]
    return "\n".join(
        [
            "# The broker of this site. Clients need a certificate of the site's authority; its common name is the",
            "# user name and client id. So no program can publish, or be disconnected, under another's name. The",
            "# settings at the end come from firmware-config/mosquitto.conf, which explains them.",
            f"listener {port}",
            f"cafile {folder}/ca.pem",
            f"certfile {folder}/broker.pem",
            f"keyfile {folder}/broker.key",
            f"crlfile {folder}/crl.pem",
            *GUARDS,
            f"acl_file {folder}/acl",
            "",
            *kept,
            "",
        ]
    )


def access(site: str, laptops: Sequence[str], revoked: Sequence[str], programs: Sequence[str] = ()) -> str:
    """Return the access rules. As patterns apply to everybody, other programs are denied node topics by name.

    `programs` are the names of those of laptops that have a certificate of their own; they read what a laptop reads.
    """
    sections = [
        ["# Every node writes and reads its own topics, by the common name of its certificate (%u). Two patterns hold"],
        ["# no %u, as they are the same for all nodes; mosquitto logs a warning about them that can be ignored."],
        [f"pattern write {node_topic(site, '%u', leaf)}" for leaf in NODE_WRITES],
        [f"pattern read {node_topic(site, '%u', leaf)}" for leaf in BOOTH_WRITES],
        [f"pattern read {booth_topic(site, leaf)}" for leaf in NODE_READS],
        ["", "user booth", f"topic deny {node_topic(site, 'booth', '#')}"],
        ["# It writes a node's topics only to clear what the broker retains of a revoked one."],
        [f"topic readwrite {node_topic(site, '+', leaf)}" for leaf in NODE_WRITES],
        [f"topic write {node_topic(site, '+', leaf)}" for leaf in (*BOOTH_WRITES, "score")],
        [f"topic readwrite {booth_topic(site, '#')}"],
    ]
    for laptop in sorted(laptops):
        sections += [
            ["", f"user {laptop}", f"topic deny {node_topic(site, laptop, '#')}"],
            [f"topic read {node_topic(site, '+', leaf)}" for leaf in LAPTOP_READS],
            [f"topic read {booth_topic(site, '#')}", f"topic write {feedback_topic(site, laptop)}"],
        ]
    for program in sorted(programs):
        sections += [
            ["", f"user {program}", f"topic deny {node_topic(site, program, '#')}"],
            [f"topic read {node_topic(site, '+', leaf)}" for leaf in LAPTOP_READS],
            [f"topic read {booth_topic(site, '#')}"],
        ]
    sections += [["", f"user {CHECKER}"], [f"topic read {node_topic(site, '+', leaf)}" for leaf in LAPTOP_READS]]
    sections += [
        ["", f"user {UPDATER}", f"topic deny {node_topic(site, UPDATER, '#')}"],
        [f"topic write {booth_topic(site, 'release')}"],
        [f"topic read {node_topic(site, '+', leaf)}" for leaf in ("status", "update")],
    ]
    for name in sorted(revoked):
        sections.append(["", f"user {name}", "topic deny #"])
    return "\n".join(line for section in sections for line in section) + "\n"


def _shipped(paths: Sequence[Path]) -> str:
    for path in paths:
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise ProvisionError(f"{paths[-1]}: the broker's shipped settings are missing; reinstall exception-spotter")
