"""What every command of `spotter` is made with: its words and help, its exit codes, its settings."""

import argparse
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge import wire
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, load
from edge.errors import ConfigError

GOOD, BAD_NEWS, USAGE = 0, 1, 2
"""Exit codes: the last for usage, configuration or broken input."""

KINDS: dict[Any, str] = {
    NodeConfig: "node.yaml",
    BoothConfig: "booth.yaml",
    WorkerConfig: "worker.yaml",
    LaptopConfig: "laptop.yaml",
}

Args = argparse.Namespace
Commands = Any
"""What argparse's `add_subparsers` returns, whose class has no public name."""
S = TypeVar("S", bound=msgspec.Struct)

UNITS_S = {"h": 3600, "d": 86_400}


def add_command(
    commands: Commands, name: str, run: Callable[[Args], int], about: str, example: str
) -> argparse.ArgumentParser:
    """A command that `run` does; the exit code is what it returns."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, epilog=f"example: {example}"
    )
    parser.set_defaults(run=run)
    return parser


def add_hidden_alias(commands: Commands, name: str, command: argparse.ArgumentParser) -> None:
    """An older name of a command: works as before, and no help lists it."""
    commands.add_parser(name, parents=[command], add_help=False, description=command.description, epilog=command.epilog)


def add_group(commands: Commands, name: str, about: str) -> Commands:
    """A command that is one of several verbs; they go into what is returned."""
    return commands.add_parser(name, help=about).add_subparsers(title="verbs", required=True, metavar="VERB")


def load_one_of(path: Path, *schemas: Any) -> Any:
    """The file is of the first kind that it satisfies; raises ConfigError with the complaints of all."""
    complaints = []
    for schema in schemas:
        try:
            return load(path, schema)
        except ConfigError as err:
            complaints.append(f"as {KINDS[schema]}: {err}")
    raise ConfigError("; ".join(complaints))


def parse_since(text: str, now: float) -> float:
    """`24h` or `7d` before now, or a time as on the wire; raises ConfigError.

    >>> parse_since("2h", 10_000.0), parse_since("1970-01-01T00:01:00Z", 0.0)
    (2800.0, 60.0)
    """
    ago = re.fullmatch(r"([0-9]{1,5})([hd])", text)
    if ago:
        return now - int(ago[1]) * UNITS_S[ago[2]]
    try:
        return wire.from_time(text)
    except ValueError as err:
        raise ConfigError(f"--since {text}: expected e.g. 24h, 7d or 2026-09-21T08:00:00Z") from err


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM (systemd) and SIGINT (Ctrl-C) set it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def add_broker(parser: argparse.ArgumentParser, note: str = "") -> None:
    """`--broker HOST:PORT`, for config.broker_at."""
    about = f"instead of the configured broker{note}"
    parser.add_argument("--broker", metavar="HOST:PORT", help=about)


def add_json(parser: argparse.ArgumentParser, form: str = "JSON") -> None:
    """`--json`: for programs to read."""
    parser.add_argument("--json", action="store_true", help=form)


def replace(struct: S, **changes: Any) -> S:
    return msgspec.structs.replace(struct, **changes)
