"""Compares scores with labels by eye: how unusual a person's clothes are, 0 ordinary, 1 noticeable, 2 clearly unusual.

Unlike edited people, these wear what real people wear: odd cuts, giant motifs, one odd garment beside ordinary ones.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.errors import EdgeError
from tools.evaluation.patterns import auroc
from tools.evaluation.splits import DRAWS

Figures = NDArray[np.float64]
Labels = NDArray[np.int64]
Found = dict[str, Any]

OWN = Path(__file__).with_name("unusual-1005-1804.tsv")
"""Table of 100 people, labelled twice; the way in which facets are joined was decided on them."""
RANKS = (0, 1, 2)
TOPS = (0.05, 0.1)
"""Shares of the people, those with the highest scores, that are looked at."""


class Table(NamedTuple):
    """A table of labels."""

    name: str
    """The file's name without its ending."""
    passes: dict[int, tuple[int, ...]]
    """By photo number, its label in each pass over the photos."""

    def label(self, number: int) -> int:
        """Return the lowest label of a photo: who is unusual was called so in every pass."""
        return min(self.passes[number])


def read(path: Path) -> Table:
    """Read lines of photo, one label per pass, and words, between tabs; raises EdgeError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as err:
        raise EdgeError(f"{path}: cannot be read ({err}); give a table of labels with --labels") from err
    passes: dict[int, tuple[int, ...]] = {}
    for row, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        number, *rest = line.split("\t")
        said = [field for field in rest if field.isdecimal()]
        if not number.isdecimal() or not said or any(int(field) not in RANKS for field in said):
            raise EdgeError(
                f"{path}:{row}: expected a photo's number, then 0, 1 or 2 for each pass, between tabs, found {line!r}"
            )
        passes[int(number)] = tuple(int(field) for field in said)
    if len({len(labels) for labels in passes.values()}) != 1:
        raise EdgeError(f"{path}: expected lines of labels, as many passes in each; found {len(passes)} photos")
    return Table(path.stem, passes)


def kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the agreement of two passes over the same photos, quadratic weighted kappa: 1 is equal, 0 is chance.

    Source: Cohen 1968, "Weighted kappa", Psychological Bulletin 70(4): 1 - observed / expected squared difference.

    >>> kappa([0, 1, 2, 2], [0, 1, 2, 1])
    0.8
    """
    first, second = np.array(one, float), np.array(other, float)
    expected = ((first[:, None] - second) ** 2).mean()
    return float(1 - ((first - second) ** 2).mean() / expected)


def agreement(table: Table) -> Found:
    """Return how the first two passes agree; nothing of a table with one pass."""
    both = [labels[:2] for labels in table.passes.values()]
    if not both or len(both[0]) < len(("first", "second")):
        return {}
    first, second = zip(*both, strict=True)
    same = float(np.mean(np.array(first) == second))
    return {
        f"{table.name}: weighted kappa of two passes": kappa(first, second),
        f"{table.name}: share of equal labels": same,
    }


def agree(own: Figures, labels: Labels) -> Found:
    """Return how scores [people] agree with labels [people]; NaN where nobody has one of the labels."""
    ranked = np.argsort(-own, kind="stable")
    found = {
        "AUROC of 2 against the rest": _auroc(own[labels == 2], own[labels < 2]),
        "AUROC of 2 against 0": _auroc(own[labels == 2], own[labels == 0]),
        "AUROC of 1 and 2 against 0": _auroc(own[labels > 0], own[labels == 0]),
    }
    for share in TOPS:
        top = labels[ranked[: max(round(share * len(own)), 1)]]
        found[f"share of 2 in the top {share:.0%}"] = float((top == 2).mean())
        found[f"share of 1 and 2 in the top {share:.0%}"] = float((top > 0).mean())
    return found


def intervals(own: Figures, labels: Labels) -> dict[str, list[float]]:
    """Return the 95 % intervals of the figures of `agree`."""
    return bootstrap(lambda drawn: agree(own[drawn], labels[drawn]), len(own))


def bootstrap(figures: Callable[[NDArray[np.intp]], Found], people: int) -> dict[str, list[float]]:
    """Return 95 % intervals by bootstrap over people; `figures` gives them for the positions of those drawn."""
    rng = np.random.default_rng(0)
    draws = [figures(rng.integers(people, size=people)) for _ in range(DRAWS)]
    return {name: np.nanpercentile([draw[name] for draw in draws], [2.5, 97.5]).tolist() for name in draws[0]}


def _auroc(positive: Figures, negative: Figures) -> float:
    return auroc(positive, negative) if len(positive) and len(negative) else float("nan")
