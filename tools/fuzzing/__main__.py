"""Fuzzes every reader of foreign input: it must end soon, in success or in an EdgeError.

Each target has a process of its own and an equal share of the time. Exit 1 if anything was found.
"""

import argparse
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from edge.errors import EdgeError

LATE_S = 600
"""Extra seconds for a target to import, to make its seeds and to end; on a busy machine the import alone takes 120."""
NAMES = ("wire", "config", "baseline", "frozen", "outbox", "node", "bundle", "signature", "card")


class FuzzResult(NamedTuple):
    """Result of fuzzing one target."""

    executions: int
    coverage: int
    """Edges of Python code that were reached."""
    seconds: float
    findings: list[Path]


def main(words: Sequence[str] | None = None) -> int:
    """Fuzz what the words of the command line name; None: sys.argv. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="tools/fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"targets to fuzz, of {', '.join(NAMES)}; default: all"
    )
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="minutes for all targets together, at least; default: 10"
    )
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="run the one TARGET on this input and show the result"
    )
    parser.add_argument("--keep", type=Path, default=Path(".cache/fuzz"), help="folder of kept inputs and findings")
    args = parser.parse_args(words)
    if unknown := set(args.targets) - set(NAMES):
        parser.error(f"expected TARGETs of {', '.join(NAMES)}; found {', '.join(sorted(unknown))}")
    names: list[str] = args.targets or list(NAMES)
    if args.again:
        return _again(parser, names, args.again, args.keep)
    if importlib.util.find_spec("atheris") is None:
        where = f"Python {platform.python_version()} on {sys.platform} {platform.machine()}"
        print(f"tools/fuzz: needs atheris, which has no wheels for {where}: use Python 3.11 to 3.13 on Linux x86-64")
        return 2
    try:
        return _fuzz(names, 60 * args.minutes / len(names), args.keep)
    except KeyboardInterrupt:
        return 130


def _fuzz(names: list[str], seconds: float, keep: Path) -> int:
    print(f"{seconds:.0f} s for each of {len(names)}\n\n{'target':10} {'executions':>10} coverage seconds findings")
    found = []
    for name in names:
        outcome = _run(name, seconds, keep / name)
        count = len(outcome.findings)
        print(f"{name:10} {outcome.executions:10,} {outcome.coverage:8,} {outcome.seconds:7.0f} {count:8}", flush=True)
        found += [(name, path) for path in outcome.findings]
    for name, path in found:
        print(f"\n{_described(path)}\n  tools/fuzz {name} --again {path}")
    return 1 if found else 0


def _run(name: str, seconds: float, home: Path) -> FuzzResult:
    """Fuzz one target; earlier findings go into the corpus and are tried again."""
    findings, corpus, log = home / "findings", home / "corpus", home / "log.txt"
    for folder in (findings, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    for old in findings.iterdir():
        if old.suffix == ".txt":
            old.unlink()
        else:
            old.replace(corpus / old.name)
    begun = time.monotonic()
    program = [sys.executable, "-m", "tools.fuzzing.child", name, str(home.resolve()), str(max(1, round(seconds)))]
    with log.open("wb") as file:
        code = _wait(subprocess.Popen(program, stdout=file, stderr=file), seconds + LATE_S)
    said = log.read_text(errors="replace")
    if work := re.search(r"^work: (\S+)$", said, re.MULTILINE):
        shutil.rmtree(work[1], ignore_errors=True)
    listed = sorted(path for path in findings.iterdir() if path.suffix != ".txt")
    if code and not listed:
        listed = [log]  # the target's process failed by itself
    executions = max(
        map(int, re.findall(r"^(?:stat::number_of_executed_units: +|#)(\d+)", said, re.MULTILINE)), default=0
    )
    coverage = max(map(int, re.findall(r" cov: (\d+)", said)), default=0)
    return FuzzResult(executions, coverage, time.monotonic() - begun, listed)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        process.kill()
        process.wait()


def _described(path: Path) -> str:
    """Return the last lines of a traceback; without one, the file name, which for libFuzzer says what it is."""
    text = path.with_suffix(".txt")
    lines = text.read_text(errors="replace").splitlines() if text.exists() else [path.name]
    return "\n".join(lines[-6:])


def _again(parser: argparse.ArgumentParser, names: list[str], path: Path, keep: Path) -> int:
    """Run one input again in this process without atheris, so that Python prints the traceback."""
    from tools.fuzzing.targets import TARGETS  # noqa: PLC0415 - these import all that is fuzzed

    if len(names) != 1:
        parser.error("--again wants one TARGET")
    work = keep / names[0] / "again"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        TARGETS[names[0]](work).check(path.read_bytes())
    except EdgeError as err:
        print(f"rejected as it should be, {type(err).__name__}: {err}")
    else:
        print("accepted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
