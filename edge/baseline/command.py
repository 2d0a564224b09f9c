"""`spotter baseline`: its words; the work is done by the modules beside this one."""

import time
from pathlib import Path

from edge.command import Args, Commands, add_command, add_group, add_json, parse_since, replace
from edge.config import BoothConfig, load


def add_baseline(commands: Commands) -> None:
    """The verbs of `spotter baseline`."""
    verbs = add_group(commands, "baseline", "Look at, add, compare or freeze baselines.")
    _add_files(verbs)
    _add_freezing(verbs)


def _add_files(verbs: Commands) -> None:
    """Verbs that read and write baseline files."""
    show = add_command(verbs, "show", _show, "What is usual here.", "spotter baseline show soho.baseline")
    merge = add_command(
        verbs,
        "merge",
        _merge,
        "Add baselines, exactly and in any order.",
        "spotter baseline merge a.baseline b.baseline --out site.baseline",
    )
    noise = add_command(
        verbs,
        "noise",
        _noise,
        "Add calibrated noise, so that a baseline can be handed on: differential privacy for each sighting.",
        "spotter baseline noise soho.baseline --epsilon 8 --out soho-public.baseline",
    )
    noise.add_argument("file", type=Path, metavar="FILE")
    noise.add_argument("--epsilon", type=float, required=True, help="privacy loss: 1 hides well, 10 hides little")
    noise.add_argument("--out", type=Path, required=True, help="the file to write")
    diff = add_command(
        verbs,
        "diff",
        _diff,
        "How two baselines differ; 1 if they do.",
        "spotter baseline diff a.baseline b.baseline",
    )
    show.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("--out", type=Path, required=True)
    diff.add_argument("files", nargs=2, type=Path, metavar="FILE")
    for parser in (show, diff):
        add_json(parser)


def _add_freezing(verbs: Commands) -> None:
    """Verbs about the baseline of a site."""
    freeze = add_command(
        verbs,
        "freeze",
        _freeze,
        "Add up what the nodes counted and sign it; the booth publishes it: they spot against it from now on.",
        "spotter baseline freeze --config booth.yaml",
    )
    freeze.add_argument("--config", type=Path, help="booth.yaml, for store and baseline_key")
    freeze.add_argument("--site", help="instead of the configured site")
    freeze.add_argument("--broker", metavar="HOST:PORT", help="not used: the booth publishes, to its own broker")
    freeze.add_argument(
        "--since", metavar="T", help="24h, 7d or a time: only what nodes began to count since (after a new start)"
    )
    freeze.add_argument("--recipe", metavar="ID", default="", help="leave out counts of other recipes")
    freeze.add_argument("--force", action="store_true", help="even of too few sightings")
    freeze.add_argument("--out", type=Path, metavar="FILE", help="also keep the baseline as a file")
    freeze.add_argument("--undo", action="store_true", help="let the nodes collect again instead")
    add_json(freeze)
    keygen = add_command(
        verbs,
        "keygen",
        _keygen,
        "Make the site's key pair: the booth signs with one, nodes check with the other.",
        "spotter baseline keygen --out site.key",
    )
    keygen.add_argument("--out", type=Path, required=True, help="the private key; the public one goes to FILE.pub")


def _show(args: Args) -> int:
    from edge.baseline.inspect import run_show

    return run_show(args.files, as_json=args.json)


def _noise(args: Args) -> int:
    from edge.baseline.inspect import run_noise

    return run_noise(args.file, args.epsilon, args.out)


def _merge(args: Args) -> int:
    from edge.baseline.inspect import run_merge

    return run_merge(args.files, args.out)


def _diff(args: Args) -> int:
    from edge.baseline.inspect import run_diff

    return run_diff(*args.files, as_json=args.json)


def _freeze(args: Args) -> int:
    from edge.baseline.freeze import run_freeze, run_undo

    config = load(args.config, BoothConfig) if args.config else BoothConfig()
    config = replace(config, site=args.site or config.site)
    if args.undo:
        return run_undo(config, as_json=args.json)
    since = parse_since(args.since, time.time()) if args.since else None
    return run_freeze(config, since=since, recipe=args.recipe, is_forced=args.force, out=args.out, as_json=args.json)


def _keygen(args: Args) -> int:
    from edge.baseline.freeze import run_keygen

    return run_keygen(args.out)
