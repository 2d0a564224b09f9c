"""`spotter models`: its options; the work is done by registry.py."""

import os
from pathlib import Path

from edge.command import Args, Commands, add_command, add_group, add_json, replace
from edge.config import NodeConfig, load
from edge.places import ETC

INSTALLED = Path("/") / ETC / "node.yaml"
"""A node's settings where a card put them."""


def add_models(commands: Commands) -> None:
    verbs = add_group(commands, "models", "The networks: list, fetch, verify.")
    listing = add_command(
        verbs, "list", _list, "What is pinned, what is here, what this node uses.", "spotter models list"
    )
    listing.add_argument("--config", type=Path, help=f"node.yaml; default: {INSTALLED} if readable, else the defaults")
    fetch = add_command(
        verbs,
        "fetch",
        _fetch,
        "Download, verify and strip; resumes.",
        "spotter models fetch --mirror /media/usb/models",
    )
    verify = add_command(verbs, "verify", _verify, "Check the files that are here.", "spotter models verify all")
    fetch.add_argument(
        "--mirror", type=Path, metavar="DIR", help="a folder with the original files, instead of the net"
    )
    fetch.add_argument("--quiet", action="store_true", help="no progress bar")
    for parser in (fetch, verify):
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="default: what a node may run; `all` for everything"
        )
    for parser in (listing, verify):
        add_json(parser)


def _list(args: Args) -> int:
    from edge.model.choice import used
    from edge.model.registry import run_list

    path = args.config or (INSTALLED if os.access(INSTALLED, os.R_OK) else None)
    found = used((load(path, NodeConfig) if path else NodeConfig()).detection)
    found = replace(found, why=f"{found.why} (settings: {path or 'the defaults'})")
    return run_list(found, json=args.json)


def _fetch(args: Args) -> int:
    from edge.model.registry import run_fetch

    return run_fetch(args.names, args.mirror, quiet=args.quiet)


def _verify(args: Args) -> int:
    from edge.model.registry import run_verify

    return run_verify(args.names, json=args.json)
