"""`spotter`: the command line. It turns every error into an exit code; each command lives in its own folder.

Imports are inside the functions, so that the booth never loads numpy and `--help` is quick.
"""

import codecs
import contextlib
import errno
import io
import logging
import os
import sys
import traceback
from pathlib import Path

from edge import __version__
from edge.appliance.command import add_appliance
from edge.baseline.command import add_baseline
from edge.booth.command import add_booth
from edge.command import (
    BAD_NEWS,
    GOOD,
    KINDS,
    USAGE,
    Args,
    Commands,
    Parser,
    add_broker,
    add_command,
    add_group,
    add_json,
    count,
    load_one_of,
    replace,
    seconds,
)
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, broker_at, load, load_as_service
from edge.errors import EdgeError, printable
from edge.masking import MaskingFormatter, masked
from edge.model.command import add_models
from edge.node.command import add_node
from edge.provision.command import add_provision
from edge.updates.command import add_update, with_verb

ADVICE = {
    errno.ENOSPC: "free some space",
    errno.EROFS: "choose a place that can be written",
    errno.EACCES: "check who may read and write it, or use sudo",
    errno.EPERM: "check who may read and write it, or use sudo",
    errno.ENOENT: "check the path",
}
OTHERWISE = "check the path, the disk and the network"
ESCAPED = "spotter-escaped"
"""Name of the handler of characters that the output cannot have: those of an ASCII terminal, names not in UTF-8."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 good, 1 bad news, 2 wrong usage, settings or input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)
    words = with_verb(sys.argv[1:] if argv is None else argv)
    if not words:
        parser().print_help()
        return USAGE
    args = parser().parse_args(words)
    _set_up_log(is_long=args.is_long, is_verbose=args.verbose)
    try:
        return _run(args)
    except BrokenPipeError:
        _drop_output()  # the reader, such as `| head`, has closed the pipe
        return GOOD
    except OSError as err:
        return _report(err)
    except KeyboardInterrupt:
        return GOOD
    except Exception:  # noqa: BLE001 - what is left is a fault of ours; its traceback may quote an address
        print(masked(traceback.format_exc()), file=sys.stderr, end="")
        return BAD_NEWS


def _run(args: Args) -> int:
    """Run the command; returns its exit code, which is USAGE after a printed EdgeError."""
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except EdgeError as err:
        # it may quote what came over the wire
        print("\n".join(map(printable, f"spotter: {err}".splitlines())), file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as err:
        if str(err.name).split(".")[0] == "edge":
            raise
        advice = "nodes do not need it; on the booth, run: pip install '.[booth]'"
        print(f"spotter: {err.name} is not installed; {advice}", file=sys.stderr)
        return USAGE
    return code


def _escaped(err: UnicodeError) -> tuple[str, int]:
    r"""Escape as JSON does, as this may be JSON: \u2192 for an arrow on an ASCII terminal."""
    assert isinstance(err, UnicodeEncodeError)
    words = err.object[err.start : err.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{words[at]:02x}{words[at + 1]:02x}" for at in range(0, len(words), 2)), err.end


codecs.register_error(ESCAPED, _escaped)


def _set_up_log(*, is_long: bool, is_verbose: bool) -> None:
    """Log warnings; programs that run for long also log what they do, and with --verbose everybody says all."""
    logging.basicConfig(level=logging.INFO if is_verbose else logging.WARNING, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s: %(message)s"))
    level = logging.DEBUG if is_verbose else logging.INFO if is_long else logging.WARNING
    logging.getLogger("edge").setLevel(level)


def _report(err: OSError) -> int:
    """Say what this machine refused: a full disk, a folder that this user may not read. Returns the exit code."""
    what = err.filename if isinstance(err.filename, str) else "the output" if err.errno == errno.ENOSPC else ""
    text = f"{what or 'this machine refused something'}: {err.strerror or err}; {ADVICE.get(err.errno or 0, OTHERWISE)}"
    print(f"spotter: {masked(printable(text))}", file=sys.stderr)
    if not err.filename:
        _drop_output()
    return USAGE


def _drop_output() -> None:
    """Have nothing written to standard output any more, also not at the exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> Parser:
    """Return the parser of all commands."""
    found = Parser(
        prog="spotter",
        description="Finds passers-by whose outfit is measurably unlike everyone else's. Keeps no pictures.",
        epilog="example: spotter score photos/ --baseline soho.baseline",
    )
    found.add_argument("--version", action="version", version=f"spotter {__version__}")
    commands = found.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_node(commands)
    add_appliance(add_booth(commands))
    add_baseline(commands)
    add_models(commands)
    add_update(commands)
    _add_checking(commands)
    add_provision(commands)
    _add_completion(commands)
    return found


def _add_checking(commands: Commands) -> None:
    bench = add_command(
        commands,
        "bench",
        _bench,
        "Measure this board: milliseconds per stage, frames per second, memory, ratio to the bare model.",
        "spotter bench --source street:7",
    )
    bench.add_argument("--source", default="street:7", help="camera or clip; default: %(default)s")
    bench.add_argument("--frames", type=count, default=200, help="frames to measure; default: %(default)s")
    bench.add_argument(
        "--booth", action="store_true", help="measure a booth instead: alert latency, scores stored per second"
    )
    bench.add_argument("--config", type=Path, help="booth.yaml, for its broker (with --booth)")
    add_broker(bench, " (with --booth)")
    bench.add_argument(
        "--seconds", type=seconds, default=60.0, help="duration of each rate (with --booth); default: %(default)s"
    )
    bench.add_argument(
        "--threads",
        type=_counts,
        metavar="N,N",
        help="measure frames a second by people in view and by threads instead",
    )
    bench.add_argument("--board", action="store_true", help="print what to send us about this board, as JSON, instead")
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
    check.add_argument("--service", action="store_true", help="check a node.yaml as a node that runs unattended does")


def _add_completion(commands: Commands) -> None:
    completion = add_command(
        commands,
        "completion",
        _completion,
        "Print a shell's completion of these commands.",
        "spotter completion bash > ~/.local/share/bash-completion/completions/spotter",
    )
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def _completion(args: Args) -> int:
    import shtab

    print(shtab.complete(parser(), shell=args.shell))
    return GOOD


def _bench(args: Args) -> int:
    if args.booth:
        from edge.booth.bench import run_bench as run_booth_bench

        config = load(args.config, BoothConfig) if args.config else BoothConfig()
        config = replace(config, broker=broker_at(args.broker, config.broker))
        return run_booth_bench(config, args.seconds, as_json=args.json)
    from edge.node.bench import run_bench, run_board_report, run_people_bench

    if args.board:
        return run_board_report()
    if args.threads:
        return run_people_bench(args.threads, as_json=args.json)
    return run_bench(args.source, args.frames, as_json=args.json)


def _counts(text: str) -> list[int]:
    """Read whole numbers from 1 to 16, with commas between them."""
    counts = [int(one) for one in text.split(",")]
    if not all(1 <= one <= 16 for one in counts):
        raise ValueError(text)
    return counts


def _config_check(args: Args) -> int:
    if args.service:
        load_as_service(args.file)
    found = load_one_of(args.file, NodeConfig, BoothConfig, WorkerConfig, LaptopConfig)
    print(f"{args.file}: valid as {KINDS[type(found)]}")
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
