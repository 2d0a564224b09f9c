"""Building blocks of the `spotter` commands: parsers, common options, exit codes, settings."""

import argparse
import difflib
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from edge import wire
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, load
from edge.errors import ConfigError

GOOD, BAD_NEWS, USAGE = 0, 1, 2
"""Exit codes: success; the answer is bad news; wrong usage, settings or input."""

KINDS: dict[Any, str] = {
    NodeConfig: "node.yaml",
    BoothConfig: "booth.yaml",
    WorkerConfig: "worker.yaml",
    LaptopConfig: "laptop.yaml",
}

Args = argparse.Namespace
Commands = Any
"""The return type of argparse's `add_subparsers`, which has no public name."""
S = TypeVar("S", bound=msgspec.Struct)

UNITS_S = {"h": 3600, "d": 86_400}
"""Seconds in an hour and in a day, by their letter in `--since`."""


class Parser(argparse.ArgumentParser):
    """A parser that names the nearest word for a mistyped one; argparse gives its subparsers this class too."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with USAGE."""
        found = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        choices = re.findall(r"[\w-]+", found[2]) if found else []
        near = difflib.get_close_matches(found[1], choices, n=1) if found else []
        super().error(f"{message.partition(' (choose')[0]}; did you mean {near[0]}?" if near else message)


def add_command(
    commands: Commands, name: str, run: Callable[[Args], int], about: str, example: str
) -> argparse.ArgumentParser:
    """Add a command; `run` does its work and returns the exit code."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, epilog=f"example: {example}"
    )
    parser.set_defaults(run=run)
    return parser


def add_hidden_alias(commands: Commands, name: str, command: argparse.ArgumentParser) -> None:
    """Add an older name of a command: it works as before, but the help does not list it."""
    commands.add_parser(name, parents=[command], add_help=False, description=command.description, epilog=command.epilog)


def add_group(commands: Commands, name: str, about: str) -> Commands:
    """Add a group of verbs such as `spotter models`; add the verbs to the returned object."""
    return commands.add_parser(name, help=about).add_subparsers(title="verbs", required=True, metavar="VERB")


def load_one_of(path: Path, *schemas: Any) -> Any:
    """Load the file as the first schema that fits; raises ConfigError with every schema's complaint if none does."""
    complaints = []
    for schema in schemas:
        try:
            return load(path, schema)
        except ConfigError as err:
            complaints.append(f"as {KINDS[schema]}: {err}")
    raise ConfigError("; ".join(complaints))


def parse_since(text: str, now: float) -> float:
    """Return the time, in seconds since 1970, that `24h`, `7d` or a wire time means; raises ConfigError.

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
    """Set `stop` on SIGTERM (systemd) and SIGINT (Ctrl-C)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def add_broker(parser: argparse.ArgumentParser, note: str = "") -> None:
    """Add the option `--broker HOST:PORT`, which config.broker_at reads."""
    about = f"use this broker instead of the configured one{note}"
    parser.add_argument("--broker", metavar="HOST:PORT", help=about)


def add_json(parser: argparse.ArgumentParser, form: str = "JSON") -> None:
    """Add the option `--json`, for output that programs read."""
    parser.add_argument("--json", action="store_true", help=f"print {form}")


def replace(struct: S, **changes: Any) -> S:
    return msgspec.structs.replace(struct, **changes)
