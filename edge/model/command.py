"""`spotter models`: its words; the work is done by registry.py."""

from pathlib import Path

from edge.command import Args, Commands, add_command, add_group, add_json


def add_models(commands: Commands) -> None:
    verbs = add_group(commands, "models", "The networks: list, fetch, verify.")
    listing = add_command(verbs, "list", _list, "What is pinned and what is here.", "spotter models list")
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
    from edge.model.registry import run_list

    return run_list(json=args.json)


def _fetch(args: Args) -> int:
    from edge.model.registry import run_fetch

    return run_fetch(args.names, args.mirror, quiet=args.quiet)


def _verify(args: Args) -> int:
    from edge.model.registry import run_verify

    return run_verify(args.names, json=args.json)
