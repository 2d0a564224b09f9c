"""`spotter models`: its verbs and options; registry.py does the work."""

import os
from pathlib import Path

from edge.command import Args, Commands, add_command, add_group, add_json, replace
from edge.config import NodeConfig, load
from edge.places import ETC

INSTALLED = Path("/") / ETC / "node.yaml"
"""Where a provisioned node has its settings."""


def add_models(commands: Commands) -> None:
    """Add `spotter models` and its verbs to the command line."""
    verbs = add_group(commands, "models", "List, download and verify the model files.")
    listing = add_command(
        verbs,
        "list",
        _list,
        "List the known models, which of them are here, and which one this node uses.",
        "spotter models list",
    )
    listing.add_argument("--config", type=Path, help=f"node.yaml; default: {INSTALLED} if readable, else the defaults")
    fetch = add_command(
        verbs,
        "fetch",
        _fetch,
        "Download and verify model files; resumes an interrupted download.",
        "spotter models fetch --mirror /media/usb/models",
    )
    verify = add_command(
        verbs, "verify", _verify, "Check the model files here against their SHA-256.", "spotter models verify all"
    )
    fetch.add_argument(
        "--mirror", type=Path, metavar="DIR", help="folder with the original files, instead of the internet"
    )
    fetch.add_argument("--quiet", action="store_true", help="show no progress bar")
    for parser in (fetch, verify):
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="models; default: those a node may run; `all` for all"
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
