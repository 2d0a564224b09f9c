"""`spotter`: the command line. It turns every error into an exit code; each command lives in its own folder.

Imports are inside the functions, so that the booth never loads numpy and `--help` is quick.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from edge import __version__
from edge.appliance.command import add_appliance
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
from edge.errors import EdgeError, printable
from edge.model.command import add_models
from edge.node.command import add_node
from edge.provision.command import add_provision
from edge.release.command import add_update


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 good, 1 bad news, 2 wrong usage, settings or input."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it logs while it is imported
    try:
        code: int = args.run(args)
    except EdgeError as err:
        # it may quote what came over the wire
        print("\n".join(map(printable, f"spotter: {err}".splitlines())), file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as err:
        if str(err.name).split(".")[0] == "edge":
            raise
        advice = "nodes do not need it; on the booth, run: pip install '.[booth]'"
        advice = "nodes do not need it; on the booth, run: pip install '.[booth]'"
        print(f"spotter: {err.name} is not installed; {advice}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader, such as `| head`, has closed the pipe
        return GOOD
    except KeyboardInterrupt:
        return GOOD
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spotter",
        description="Finds passers-by whose outfit is measurably unlike everyone else's. Keeps no pictures.",
        epilog="example: spotter score photos/ --baseline soho.baseline",
    )
    parser.add_argument("--version", action="version", version=f"spotter {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_node(commands)
    add_appliance(add_booth(commands))
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
        "Measure this board: milliseconds per stage, frames per second, memory, ratio to the bare model.",
        "spotter bench --source street:7",
    )
    bench.add_argument("--source", default="street:7", help="camera or clip; default: %(default)s")
    bench.add_argument("--frames", type=int, default=200, help="frames to measure; default: %(default)s")
    bench.add_argument(
        "--booth", action="store_true", help="measure a booth instead: alert latency, scores stored per second"
    )
    bench.add_argument("--config", type=Path, help="booth.yaml, for its broker (with --booth)")
    add_broker(bench, " (with --booth)")
    bench.add_argument(
        "--seconds", type=float, default=60.0, help="duration of each rate (with --booth); default: %(default)s"
    )
    add_json(bench)
    verbs = add_group(commands, "config", "Check a settings file.")
    check = add_command(
        verbs,
        "check",
        _config_check,
        "Check node.yaml, booth.yaml, worker.yaml or laptop.yaml.",
        "spotter config check node.yaml",
    )
    check.add_argument("file", type=Path, metavar="FILE", help="settings file")


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
    print(f"{args.file}: valid as {KINDS[type(found)]}")
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
