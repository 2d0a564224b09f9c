"""`tools/simulate-sites`: a centre with workers and PostgreSQL, real and generated sites, and kills in between."""

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec

from tools.postgresql import find_programs, server
from tools.sites.run import Plan, Simulation, simulate


def main(words: list[str] | None = None) -> int:
    """Return 0 if no score was lost or doubled, 1 if one was, 2 if there is no PostgreSQL."""
    args = _parser().parse_args(words)
    programs = find_programs()
    if programs is None:
        print("PostgreSQL is not installed: on Debian, sudo apt install postgresql", file=sys.stderr)
        return 2
    plan = Plan(args.sites, min(args.bridged, args.sites), args.nodes, sorted(set(args.workers)), args.seconds)
    with tempfile.TemporaryDirectory(prefix="spotter-sites-") as name, server(programs) as database:
        found = simulate(plan, Path(name), database, lambda text: print(text, file=sys.stderr, flush=True))
    print(msgspec.json.encode(found).decode() if args.json else "\n".join(lines(found)))
    return 1 if found.truth.lost or found.truth.doubled else 0


def lines(found: Simulation) -> list[str]:
    """Return what was measured, in words."""
    truth, lag = found.truth, found.lag
    said = [f"{found.sites} sites ({found.bridged} with a real broker, bridge and booth), {found.nodes} nodes each"]
    for one in found.capacities:
        parts = ", ".join(f"{part} {ms:.2f}" for part, ms in one.cpu_ms.items())
        said.append(
            f"{one.workers} workers store {one.stored_per_s:,.0f} scores/s; CPU ms for each score: {parts}; "
            f"{one.stored_per_core_s:,.0f} scores/s for each core of the centre"
        )
    said.append(f"at {lag.rate:,.0f} scores/s confirmed after {lag.p50_ms:.0f} ms (p50), {lag.p95_ms:.0f} ms (p95)")
    said.append(
        f"a worker and the database killed: {truth.issued} scores made, {truth.stored} stored, {truth.lost} lost, "
        f"{truth.doubled} doubled; {truth.sent_again} sent again, all confirmed {truth.recovered_s:g} s after the last"
    )
    return said


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/simulate-sites", description=__doc__)
    parser.add_argument("--sites", type=_count, default=50, help="sites; default: %(default)s")
    parser.add_argument("--nodes", type=_count, default=4, help="nodes of each site; default: %(default)s")
    parser.add_argument(
        "--bridged",
        type=int,
        default=2,
        help="sites of these with a real broker, bridge and booth; default: %(default)s",
    )
    parser.add_argument(
        "--workers", type=_count, nargs="+", default=[1, 2], help="numbers of workers to measure; default: 1 2"
    )
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each measurement; default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text}")
    return number


if __name__ == "__main__":
    sys.exit(main())
