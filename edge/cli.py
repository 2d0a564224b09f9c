"""`spotter`: its commands, and an exit code whatever happens; the work is done where each command's noun lives.

Imports are inside the functions, so that the booth never loads numpy and `--help` is quick.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from edge import __version__
from edge.booth.command import add_booth, add_freezing
from edge.command import GOOD, KINDS, USAGE, Args, Commands, add_command, add_group, load_one_of, replace
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, broker_at, load
from edge.errors import EdgeError
from edge.node.command import add_baseline, add_node
from edge.provision.command import add_provision

INSTALLED = Path("/etc/spotter/node.yaml")
"""A node's settings where a card put them."""


def main(argv: list[str] | None = None) -> int:
    """Exit code: 0 good, 1 the answer is bad news, 2 usage, configuration or broken input."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of itself while it is imported
    try:
        code: int = args.run(args)
    except EdgeError as err:
        print(f"spotter: {err}", file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as err:
        if str(err.name).split(".")[0] == "edge":
            raise
        print(
            f"spotter: {err.name} is not installed: this is a node; on the booth: pip install '.[booth]'",
            file=sys.stderr,
        )
        return USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has had enough
        return GOOD
    except KeyboardInterrupt:
        return GOOD
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spotter",
        description="Spots the passers-by whose outfit is measurably unlike everyone else's, and keeps nobody.",
        epilog="example: spotter score photos/ --baseline soho.baseline",
    )
    parser.add_argument("--version", action="version", version=f"spotter {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_node(commands)
    add_booth(commands)
    baseline = add_group(commands, "baseline", "Look at, add, compare or freeze baselines.")
    add_baseline(baseline)
    add_freezing(baseline)
    _add_models(commands)
    _add_update(commands)
    _add_checking(commands)
    add_provision(commands)
    return parser


def _add_models(commands: Commands) -> None:
    verbs = add_group(commands, "models", "The networks: list, fetch, verify.")
    listing = add_command(
        verbs, "list", _models_list, "What is pinned, what is here, what this node uses.", "spotter models list"
    )
    listing.add_argument("--config", type=Path, help=f"node.yaml; default: {INSTALLED} if readable, else the defaults")
    fetch = add_command(
        verbs,
        "fetch",
        _models_fetch,
        "Download, verify and strip; resumes.",
        "spotter models fetch --mirror /media/usb/models",
    )
    verify = add_command(verbs, "verify", _models_verify, "Check the files that are here.", "spotter models verify all")
    fetch.add_argument(
        "--mirror", type=Path, metavar="DIR", help="a folder with the original files, instead of the net"
    )
    fetch.add_argument("--quiet", action="store_true", help="no progress bar")
    for parser in (fetch, verify):
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="default: what a node may run; `all` for everything"
        )
    for parser in (listing, verify):
        parser.add_argument("--json", action="store_true", help="JSON")


def _add_update(commands: Commands) -> None:
    update = add_command(
        commands,
        "update",
        _update,
        "On a node, as root: try a signed release for two minutes, keep it if the node is healthy, else take it back.",
        "spotter update /media/usb/node-release",
    )
    what = update.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="made by spotter provision sign-release")
    what.add_argument("--settle", action="store_true", help="take back an update that was interrupted")
    update.add_argument(
        "--force", action="store_true", help="even if the release cannot use what this node has counted so far"
    )


def _add_checking(commands: Commands) -> None:
    bench = add_command(
        commands,
        "bench",
        _bench,
        "Milliseconds per stage, frames per second, memory, ratio to the bare network.",
        "spotter bench --source street:7",
    )
    bench.add_argument("--source", default="street:7", help="default: %(default)s")
    bench.add_argument("--frames", type=int, default=200, help="default: %(default)s")
    bench.add_argument("--booth", action="store_true", help="the booth instead: alert latency, scores stored a second")
    bench.add_argument("--config", type=Path, help="booth.yaml, for its broker (with --booth)")
    bench.add_argument("--broker", metavar="HOST:PORT", help="instead of the configured broker (with --booth)")
    bench.add_argument("--seconds", type=float, default=60.0, help="of each rate (with --booth); default: %(default)s")
    bench.add_argument("--json", action="store_true", help="JSON")
    verbs = add_group(commands, "config", "Check a settings file.")
    check = add_command(
        verbs,
        "check",
        _config_check,
        "Check node.yaml, booth.yaml, worker.yaml or laptop.yaml.",
        "spotter config check node.yaml",
    )
    check.add_argument("file", type=Path, metavar="FILE")


def _models_list(args: Args) -> int:
    from edge.models import run_list
    from edge.node.network import used

    path = args.config or (INSTALLED if os.access(INSTALLED, os.R_OK) else None)
    found = used((load(path, NodeConfig) if path else NodeConfig()).detection)
    found = replace(found, why=f"{found.why} (settings: {path or 'the defaults'})")
    return run_list(found, json=args.json)


def _models_fetch(args: Args) -> int:
    from edge.models import run_fetch

    return run_fetch(args.names, args.mirror, quiet=args.quiet)


def _models_verify(args: Args) -> int:
    from edge.models import run_verify

    return run_verify(args.names, json=args.json)


def _update(args: Args) -> int:
    from edge.update.update import run_update

    return run_update(args.folder, is_forced=args.force)


def _bench(args: Args) -> int:
    if args.booth:
        from edge.booth.bench import run_bench as run_booth_bench

        config = load(args.config, BoothConfig) if args.config else BoothConfig()
        config = replace(config, broker=broker_at(args.broker, config.broker))
        return run_booth_bench(config, args.seconds, as_json=args.json)
    from edge.node.bench import run_bench

    return run_bench(args.source, args.frames, as_json=args.json)


def _config_check(args: Args) -> int:
    found = load_one_of(args.file, NodeConfig, BoothConfig, WorkerConfig, LaptopConfig)
    print(f"{args.file}: a good {KINDS[type(found)]}")
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
