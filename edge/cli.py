"""`spotter`: its commands, and an exit code whatever happens; the work is done where each command's noun lives.

Imports are inside the functions, so that the booth never loads numpy and `--help` is quick.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from edge import __version__
from edge.baseline.command import add_baseline
from edge.booth.command import add_booth
from edge.command import (
    GOOD,
    KINDS,
    USAGE,
    Args,
    Commands,
    add_broker,
    add_command,
    add_group,
    add_json,
    load_one_of,
    replace,
)
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, broker_at, load
from edge.errors import EdgeError
from edge.model.command import add_models
from edge.node.command import add_node
from edge.provision.command import add_provision
from edge.release.command import add_update


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
    add_baseline(commands)
    add_models(commands)
    add_update(commands)
    _add_checking(commands)
    add_provision(commands)
    return parser


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
    add_broker(bench, " (with --booth)")
    bench.add_argument("--seconds", type=float, default=60.0, help="of each rate (with --booth); default: %(default)s")
    add_json(bench)
    verbs = add_group(commands, "config", "Check a settings file.")
    check = add_command(
        verbs,
        "check",
        _config_check,
        "Check node.yaml, booth.yaml, worker.yaml or laptop.yaml.",
        "spotter config check node.yaml",
    )
    check.add_argument("file", type=Path, metavar="FILE")


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
