"""`spotter baseline show|merge|noise|diff`: describe, add, blur and compare baseline files."""

import functools
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from edge.palette import CELL_NAMES
from edge.records import Counts
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.sources import Unlike, unlike
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS, REGIONS

ALIKE, UNLIKE = 0.2, 0.5
"""Spreads from which a camera is somewhat unlike the others of a baseline, and unlike them."""


class Summary(msgspec.Struct):
    """One baseline as shares of colours, patterns and garments; each set of shares sums to 1."""

    file: str
    id: str
    recipe: str
    model: str
    sightings: int
    calibrated_on: int
    colours: dict[str, dict[str, float]]
    patterns: dict[str, dict[str, float]]
    garments: dict[str, float]
    noise: tuple[str, ...]
    sources: list[Unlike]
    """The cameras it is from, and how unlike the others each is; most sightings first."""


def summary(path: Path) -> Summary:
    """Summarize a baseline file; raises BaselineError if it cannot be read."""
    baseline = baseline_file.load(path)
    state = baseline.counts
    by_colour = state.palettes @ CELL_NAMES
    return Summary(
        str(path),
        baseline_file.baseline_id(baseline),
        baseline.recipe.id,
        baseline.recipe.model,
        baseline.sightings,
        baseline.calibrated_on,
        {region: _shares(COLOURS, row) for region, row in zip(REGIONS, by_colour, strict=True)},
        {region: _shares(PATTERNS, row) for region, row in zip(REGIONS, state.patterns, strict=True)},
        _shares(GARMENTS, state.garments),
        baseline.noise,
        unlike(baseline.sources, state),
    )


def _shares(words: tuple[str, ...], counts: Counts | np.ndarray) -> dict[str, float]:
    """Return the share of each word, commonest first; `counts` has one entry per word."""
    total = max(float(counts.sum()), 1.0)
    pairs = sorted(zip(words, counts / total, strict=True), key=lambda pair: -pair[1])
    return {word: round(float(share), 4) for word, share in pairs if share > 0}


def run_show(paths: list[Path], *, as_json: bool) -> int:
    """Run `spotter baseline show`; returns 0."""
    for path in paths:
        found = summary(path)
        if as_json:
            print(msgspec.json.encode(found).decode())
        else:
            Console().print(_table(found))
    return 0


def _table(found: Summary) -> Table:
    title = f"{found.file}: {found.sightings} sightings, {found.calibrated_on} calibrate; id {found.id}"
    caption = ", ".join((f"recipe {found.recipe}", *found.noise, _sentence(found)))
    table = Table("what", "where", "usual, commonest first", title=title, caption=caption)
    for region in REGIONS[:-1]:
        table.add_row("colour", region, _words(found.colours[region]))
    for region in ("upper", "lower"):
        table.add_row("pattern", region, _words(found.patterns[region]))
    table.add_row("garment", "", _words(found.garments))
    for one in found.sources:
        table.add_row("from", one.source, _likeness(one))
    return table


def _sentence(found: Summary) -> str:
    """Return from how many places and cameras a baseline comes."""
    places = {one.source.split("/")[0] for one in found.sources}
    if not places:
        return "from unknown cameras: nobody said --place when it was learnt"
    cameras = len(found.sources)
    return f"from {len(places)} place{'s' * (len(places) > 1)} and {cameras} camera{'s' * (cameras > 1)}"


def _likeness(one: Unlike) -> str:
    if one.spreads is None:
        return f"{one.sightings} sightings"
    limits = ((ALIKE, "like the others"), (UNLIKE, "somewhat unlike the others"))
    word = next(
        (word for limit, word in limits if one.spreads < limit), "unlike the others: other light, sizes or clothes"
    )
    return f"{one.sightings} sightings, {word} ({one.spreads:.2f} spreads away)"


def _words(shares: dict[str, float]) -> str:
    return ", ".join(f"{word} {share:.0%}" for word, share in list(shares.items())[:8] if share >= 0.005)


def run_merge(paths: list[Path], out: Path) -> int:
    """Run `spotter baseline merge`; returns 0. Raises BaselineError if recipes differ, and writes nothing."""
    merged = functools.reduce(Baseline.merge, (baseline_file.load(path) for path in paths))
    baseline_file.save(merged, out)
    print(f"{out}: {merged.sightings} sightings of {len(paths)} baselines")
    return 0


def run_noise(path: Path, epsilon: float, out: Path) -> int:
    """Run `spotter baseline noise`; returns 0. Raises BaselineError without OpenDP, and writes nothing."""
    from edge.baseline.noise import noised  # noqa: PLC0415

    found = noised(baseline_file.load(path), epsilon)
    baseline_file.save(found, out)
    print(f"{out}: {path} with {found.noise[-1]} for each sighting; it scores once it has learnt some 150 more")
    return 0


def run_diff(one: Path, other: Path, *, as_json: bool) -> int:
    """Run `spotter baseline diff`; returns 0 if the counts are equal, else 1."""
    mine, theirs = summary(one), summary(other)
    changes = {
        f"colour:{region}:{word}": round(theirs.colours[region].get(word, 0.0) - mine.colours[region].get(word, 0.0), 4)
        for region in REGIONS[:-1]
        for word in COLOURS
    }
    changes = {word: change for word, change in changes.items() if change}
    is_equal = mine.id == theirs.id
    if as_json:
        content = {"equal": is_equal, "recipes_equal": mine.recipe == theirs.recipe, "share_changes": changes}
        print(msgspec.json.encode(content).decode())
        return 0 if is_equal else 1
    print("equal to the last bit" if is_equal else f"{one}: {mine.sightings} sightings; {other}: {theirs.sightings}")
    if mine.recipe != theirs.recipe:
        print("recipes differ: they can be neither merged nor compared score by score")
    for word, change in sorted(changes.items(), key=lambda pair: -abs(pair[1]))[:12]:
        print(f"  {word:24} {change:+.1%}")
    return 0 if is_equal else 1
