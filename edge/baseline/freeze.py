"""`spotter baseline freeze`: sum the counts of a site's nodes, sign the sum, and have the booth publish it."""

import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from edge import wire
from edge.baseline_shapes import MOST, check
from edge.clock import SystemClock
from edge.config import BoothConfig, ScoreSection
from edge.errors import BaselineError, ConfigError
from edge.limits import BATCH, MOST_SIGHTINGS, WINDOW_S
from edge.score import baseline_file
from edge.score.baseline import JOINT_WARM_UP, Baseline
from edge.score.sources import source_name
from edge.signing import make_keys, sign
from edge.store.store import NodeCounts, SqlStore

NEEDED = ScoreSection().min_sightings
"""Calibration sightings that nodes need; with fewer they report `warming_up`."""
TAKEN_S = 4.0
"""Seconds to wait for the booth to publish; a running one needs about one."""
OUTLIER = 5.0
"""A node with more than this many times the sightings of the others is warned of."""
LOOK_S = 0.1
"""Seconds between two looks at the store."""


def add_up(found: Sequence[NodeCounts], site: str, *, recipe: str = "", is_forced: bool = False) -> Baseline:
    """Return the exact sum of all counts. With a `recipe` id, counts of other recipes are left out.

    Raises BaselineError if there are no counts, too few sightings, or counts of different recipes.
    """
    chosen = [one for one in found if recipe in ("", one.counted.recipe.id)]
    if not chosen:
        raise BaselineError(
            f"no node of site {site} has sent counts{f' of recipe {recipe}' if recipe else ''} yet; each does so after "
            f"{BATCH} sightings: check that booth and nodes run, and --site"
        )
    _check_recipes(chosen)
    merged = Baseline(chosen[0].counted.recipe)
    for one in chosen:
        merged = _add(merged, one, site)
    if merged.calibrated_on < NEEDED and not is_forced:
        raise BaselineError(
            f"expected {NEEDED} calibration sightings, found {merged.calibrated_on} of {merged.sightings} (the first "
            f"{JOINT_WARM_UP} of every epoch of a node do not count): keep collecting, or use --force"
        )
    return merged


def _add(merged: Baseline, one: NodeCounts, site: str) -> Baseline:
    """Add the counts of one node and epoch of the site; both are below 2**53 before, so that their sum is exact."""
    where, advice = f"counts of {one.node}, epoch {one.counted.epoch}", f"; leave them out with --without {one.node}"
    try:
        part = baseline_file.from_counted(one.counted, where)
        check(one.counted, where)
        part.label(source_name(site, one.node))
        total = merged.merge(part)
    except BaselineError as err:
        raise BaselineError(f"{err}{advice}") from err
    if total.sightings > MOST_SIGHTINGS or any(np.abs(counts).max() > MOST for counts in total.counts):
        raise BaselineError(f"{where}: the sum with these is larger than a baseline can hold{advice}")
    return total


def listing(found: Sequence[NodeCounts]) -> list[str]:
    """Return a line for each node and epoch: sightings and period."""
    lines = []
    for node, counted in found:
        since, until = ("?", "?") if counted.period is None else map(wire.to_time, counted.period)
        lines.append(f"{node}, epoch {counted.epoch}: {counted.sightings:,} sightings, {since} to {until}")
    return lines


def outliers(found: Sequence[NodeCounts]) -> list[str]:
    """Return a warning for each node with over OUTLIER times as many sightings as the others have, by their median."""
    totals = Counter[str]()
    for node, counted in found:
        totals[node] += counted.sightings
    warnings = []
    for node, total in totals.items():
        others = [one for name, one in totals.items() if name != node]
        if others and total > OUTLIER * median(others):
            warnings.append(
                f"{node} has {total:,} of {totals.total():,} sightings, the others about {median(others):,.0f} each: "
                f"is it that busy there? If not, freeze with --without {node}"
            )
    return warnings


def _check_recipes(found: Sequence[NodeCounts]) -> None:
    recipes = {one.counted.recipe.id: one.counted.recipe for one in found}
    if len(recipes) > 1:
        nodes = {name: sorted({one.node for one in found if one.counted.recipe.id == name}) for name in recipes}
        of = "; ".join(f"recipe {name}: {', '.join(names)}" for name, names in nodes.items())
        first, second, *_ = recipes.values()
        raise BaselineError(
            f"counts of different recipes cannot be added ({of}; {first.differences(second)}): update nodes with "
            "older software or model and keep collecting, or use --recipe ID to leave the others' counts out"
        )


def frozen(baseline: Baseline, site: str, nodes: Sequence[str], at: float) -> wire.Frozen:
    """Return the unsigned message for a baseline; `at` is the time in seconds since 1970."""
    since, until = (None, None) if baseline.period is None else map(wire.to_time, baseline.period)
    return wire.Frozen(
        site=site,
        at=wire.to_time(at),
        mode="spot",
        id=baseline_file.baseline_id(baseline),
        recipe=baseline.recipe.id,
        nodes=sorted(set(nodes)),
        sightings=baseline.sightings,
        since=since,
        until=until,
        baseline=baseline_file.to_bytes(baseline),
    )


def signed(message: wire.Frozen, key: Path) -> wire.Frozen:
    """Return the message with its signature by the private key in that file."""
    return msgspec.structs.replace(message, signature=sign(key, message.signed_part))


def run_freeze(
    config: BoothConfig,
    *,
    since: float | None = None,
    recipe: str = "",
    is_forced: bool = False,
    without: Collection[str] = (),
    out: Path | None = None,
    as_json: bool = False,
) -> int:
    """Run `spotter baseline freeze`; returns 0. Raises EdgeError if it is refused, and then changes nothing.

    `since`, in seconds since 1970, leaves out counts that began in earlier windows; `without` those of these nodes.
    """
    key = _key(config)
    with closing(SqlStore(config.store, config.site, is_made=False)) as store:
        found = [one for one in store.baselines() if _is_since(one, since) and one.node not in without]
        _show(found, as_json=as_json)
        baseline = add_up(found, config.site, recipe=recipe, is_forced=is_forced)
        nodes = [one.node for one in found if one.counted.recipe == baseline.recipe]
        message = signed(frozen(baseline, config.site, nodes, time.time()), key)
        if out is not None:
            baseline_file.save(baseline, out)
        published_at = _hand_to_booth(store, message)
    period = "" if message.since is None else f", {message.since} to {message.until}"
    left_out = len(found) - len(nodes)
    sentence = (
        f"frozen: baseline {message.id} of {message.sightings} sightings by {', '.join(message.nodes)}{period}; "
        f"recipe {message.recipe}{f'; {left_out} counts of other recipes left out' if left_out else ''}"
    )
    _say(message, sentence, published_at, as_json=as_json)
    return 0


def _show(found: Sequence[NodeCounts], *, as_json: bool) -> None:
    """Print what is summed, and warnings; with JSON, both to standard error."""
    print("\n".join(listing(found)), file=sys.stderr if as_json else sys.stdout)
    for warning in outliers(found):
        print(f"warning: {warning}", file=sys.stderr)


def run_undo(config: BoothConfig, *, as_json: bool = False) -> int:
    """Run `spotter baseline freeze --undo`: all nodes collect again, absent ones once they are back. Returns 0."""
    message = signed(wire.Frozen(site=config.site, at=wire.to_time(time.time()), mode="collect"), _key(config))
    with closing(SqlStore(config.store, config.site, is_made=False)) as store:
        published_at = _hand_to_booth(store, message)
    _say(message, f"undone: the nodes of {config.site} collect again, each from nothing", published_at, as_json=as_json)
    return 0


def run_keygen(out: Path) -> int:
    """Run `spotter baseline keygen`; returns 0."""
    public = out.with_name(out.name + ".pub")
    make_keys(out, public)
    print(f"{out}: keep it on the booth (baseline_key in booth.yaml). {public}: copy it to every node (score.site_key)")
    return 0


def _key(config: BoothConfig) -> Path:
    if not config.baseline_key:
        raise ConfigError(
            "baseline_key is missing in booth.yaml: expected the path of the site's private key; "
            "spotter baseline keygen makes one"
        )
    return Path(config.baseline_key)


def _is_since(one: NodeCounts, since: float | None) -> bool:
    period = one.counted.period
    return since is None or (period is not None and period[0] + WINDOW_S > since)


def _hand_to_booth(store: SqlStore, message: wire.Frozen) -> int | None:
    """Store the message for the booth to publish; returns when it did, in seconds since 1970, or None: not yet."""
    store.save_signed_baseline(wire.encode(wire.booth_topic(message.site, "baseline"), message))
    clock = SystemClock()
    until = clock.monotonic() + TAKEN_S
    while (at := store.published_at()) is None and clock.monotonic() < until:
        clock.sleep(LOOK_S)
    return at


def _say(message: wire.Frozen, sentence: str, published_at: int | None, *, as_json: bool) -> None:
    at = None if published_at is None else wire.to_time(published_at)
    if as_json:
        fields = msgspec.to_builtins(message)
        printed = {name: fields[name] for name in fields if name != "baseline"} | {"published_at": at}
        print(msgspec.json.encode(printed).decode())
        return
    print(sentence)
    if at is None:
        print("not published yet; the booth publishes it once it runs and reaches its broker")
    else:
        print(f"published at {at}: nodes with the site's key use it within seconds; see spotter health")
