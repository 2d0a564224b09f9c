"""Building blocks of the `spotter` commands: parsers, common options, exit codes, settings."""

import argparse
import difflib
import re
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from edge import wire
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, parse
from edge.errors import ConfigError, printable
from edge.masking import masked
from edge.yaml_file import contents, read

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
N = TypeVar("N", int, float)

UNITS_S = {"h": 3600, "d": 86_400}
"""Seconds in an hour and in a day, by their letter in `--since`."""


class Parser(argparse.ArgumentParser):
    """Takes options by their whole names only, and names the nearest word for a mistyped one.

    It shows no value of an option that it does not know: it may be a secret. Subparsers are of this class too.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **settings})

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Return the options; ends the program (exit code 2) if some are unknown."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            names = [word.partition("=")[0] for word in unknown if word.startswith("--")]
            self.error(f"unknown: {', '.join(names) or f'{len(unknown)} of the words'}; --help lists what there is")
        return found

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with USAGE."""
        found = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        choices = re.findall(r"[\w-]+", found[2]) if found else []
        near = difflib.get_close_matches(found[1], choices, n=1) if found else []
        text = f"{message.partition(' (choose')[0]}; did you mean {near[0]}?" if near else message
        super().error(masked(printable(text)))


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[Args], int],
    about: str,
    example: str,
    *,
    is_long: bool = False,
) -> argparse.ArgumentParser:
    """Add a command; `run` does its work and returns the exit code. One that is long logs what it does."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, epilog=f"example: {example}"
    )
    parser.add_argument("--verbose", action="store_true", help="also say what only developers need")
    parser.set_defaults(run=run, is_long=is_long)
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
    data = contents(path)
    read(data, path)  # what is no YAML is said once
    for schema in schemas:
        try:
            return parse(data, schema, path)
        except ConfigError as err:
            complaints.append(f"as {KINDS[schema]}: {str(err).removeprefix(f'{path}: ')}")
    raise ConfigError(f"{path}: {'; '.join(complaints)}")


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


def port(text: str) -> int:
    """Return the port that an option gives; argparse reports the error."""
    return _within(text, int, 0, 65535, "a port from 0 to 65535")


def count(text: str) -> int:
    """Return a number from 1 that an option gives; argparse reports the error."""
    return _within(text, int, 1, 10**9, "a whole number from 1")


def seconds(text: str) -> float:
    """Return the seconds that an option gives; argparse reports the error."""
    return _within(text, float, 0.1, 1e6, "seconds from 0.1")


def _within(text: str, kind: type[N], low: float, high: float, expected: str) -> N:
    try:
        found = kind(text)
    except ValueError:
        found = None
    if found is None or not low <= found <= high:
        raise argparse.ArgumentTypeError(f"expected {expected}, found {text!r}")
    return found


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
