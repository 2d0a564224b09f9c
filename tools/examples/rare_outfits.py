"""Find the rarest outfits among photos and plot how rare everybody is: a worked example of `from edge import Spotter`.

    python tools/examples/rare_outfits.py photos/ new-photos/ --plot rare.svg

The first source is what is usual, the second is scored. Without sources it uses two simulated streets. Needs
matplotlib: `pip install 'exception-spotter[plot]'`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from edge import Seen, Spotter
from edge.config import NodeConfig, ScoreSection

STREETS = ("street:5?minutes=8&exceptions=0", "street:6?minutes=2&exceptions=0.3")
"""What is usual, and what is scored, without sources."""
NAMED = 3
"""How many of the rarest are named in the plot."""


def main(argv: Sequence[str] | None = None) -> int:
    """Learn, score, print the rarest first, plot; returns 0, or 1 if nobody could be scored."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("usual", nargs="?", default=STREETS[0], help="photos or clips of what is usual")
    parser.add_argument("new", nargs="?", default=STREETS[1], help="photos or clips to score")
    parser.add_argument("--plot", type=Path, default=Path("rare.svg"), help="file of the plot; default: %(default)s")
    parser.add_argument("--least", type=int, default=100, help="people a baseline needs; default: %(default)s")
    args = parser.parse_args(argv)

    spotter = Spotter.learn(args.usual, config=NodeConfig(score=ScoreSection(min_sightings=args.least)))
    people = [seen for seen in spotter.score(args.new) if seen.score.has_figures]
    people.sort(key=lambda seen: -seen.score.surprisal_bits)
    for seen in people:
        print(f"{seen.source}  1 in {seen.score.one_in:.0f}  {seen.phrase() or 'nothing unusual'}")
    if people:
        plot(people, args.plot)
    print(f"{len(people)} people scored against {spotter.sightings}")
    return 0 if people else 1


def plot(people: Sequence[Seen], path: Path) -> None:
    """Draw everybody, the rarest first, and name the NAMED rarest."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([seen.score.one_in for seen in people], "o", markersize=4)
    for place, seen in enumerate(people[:NAMED]):
        axes.annotate(seen.phrase(), (place, seen.score.one_in), xytext=(8, 0), textcoords="offset points", va="center")
    axes.set(yscale="log", xlabel="people, the rarest first", ylabel="1 in N people is dressed as unusually")
    figure.savefig(path)


if __name__ == "__main__":
    raise SystemExit(main())
