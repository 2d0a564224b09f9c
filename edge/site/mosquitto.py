"""A site to its broker's settings: mosquitto.conf with mutual TLS, and who may write and read what."""

import os
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.errors import ProvisionError
from edge.wire import booth_topic, node_topic

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (
    ROOT / "firmware-config" / "mosquitto.conf",
    Path(sys.prefix) / "share" / "exception-spotter" / "firmware-config" / "mosquitto.conf",
)
"""Of a checkout, else of a wheel."""

CHECKER = "check"
"""Common name of `spotter provision check --live`: rights of a node, and hears how the others are."""
NODE_WRITES = ("status", "health", "score", "gap", "trend", "baseline")
NODE_READS = ("status", "baseline")
"""Of the booth's own topics; its alerts are not for nodes."""
LAPTOP_READS = ("status", "health")
"""Of every node."""

GUARDS = (
    "require_certificate true",
    "use_identity_as_username true",
    "use_username_as_clientid true",
    "allow_anonymous false",
)
"""Settings without which a stranger gets in, or one program in another's name."""
OWN = ("listener", "allow_anonymous", "persistence_location")
"""Settings of the shipped file that a site has its own of."""


def configuration(folder: Path, port: int, data: Path | None) -> str:
    """mosquitto.conf with its files in `folder`: the shipped settings, but mutual TLS.

    `data`: where it keeps what it knows, as the user that is here. None: where and as the distribution's own settings
    say, which include these, and would not have that said twice.
    Raises ProvisionError if the shipped settings are missing.
    """
    lines = (line for line in _shipped().splitlines() if line and not line.startswith("#"))
    kept = [line for line in lines if line.split()[0] not in OWN]
    if data is not None:
        kept += [f"persistence_location {data}/", f"user {pwd.getpwuid(os.getuid()).pw_name}"]
    return "\n".join(
        [
            "# mosquitto of this site. Nobody connects without a certificate of its authority. The common name is user",
            "# name and client id, so that no program can speak, or be thrown out, in another's name. The settings at",
            "# the end are those of firmware-config/mosquitto.conf, which explains them.",
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


def access(site: str, laptops: Sequence[str], revoked: Sequence[str]) -> str:
    """The acl file. Patterns hold for every certificate, so what is no node is denied a node's topics by name."""
    sections = [
        ["# Every node writes and reads its own topics, by the common name of its certificate (%u). Two patterns are"],
        ["# the same for all of them, and meant so, whatever mosquitto says of them in its log."],
        [f"pattern write {node_topic(site, '%u', leaf)}" for leaf in NODE_WRITES],
        [f"pattern read {node_topic(site, '%u', 'ack')}"],
        [f"pattern read {booth_topic(site, leaf)}" for leaf in NODE_READS],
        ["", "user booth", f"topic deny {node_topic(site, 'booth', '#')}"],
        [f"topic read {node_topic(site, '+', leaf)}" for leaf in NODE_WRITES],
        [f"topic write {node_topic(site, '+', 'ack')}", f"topic readwrite {booth_topic(site, '#')}"],
    ]
    for laptop in sorted(laptops):
        sections += [
            ["", f"user {laptop}", f"topic deny {node_topic(site, laptop, '#')}"],
            [f"topic read {node_topic(site, '+', leaf)}" for leaf in LAPTOP_READS],
            [f"topic read {booth_topic(site, '#')}", f"topic write {booth_topic(site, 'feedback')}"],
        ]
    sections += [["", f"user {CHECKER}"], [f"topic read {node_topic(site, '+', leaf)}" for leaf in LAPTOP_READS]]
    for name in sorted(revoked):
        sections.append(["", f"user {name}", "topic deny #"])
    return "\n".join(line for section in sections for line in section) + "\n"


def _shipped() -> str:
    for path in SHIPPED:
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise ProvisionError(f"{SHIPPED[-1]}: the broker's shipped settings are missing; reinstall exception-spotter")
