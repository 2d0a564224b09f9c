"""`spotter baseline`: its verbs and options; the modules beside this one do the work."""

import time
from pathlib import Path

from edge.command import Args, Commands, add_command, add_group, add_json, parse_since, replace
from edge.config import BoothConfig, NodeConfig, load


def add_baseline(commands: Commands) -> None:
    """Add `spotter baseline` and its verbs to the command line."""
    verbs = add_group(commands, "baseline", "Show, merge, compare or freeze baselines.")
    _add_files(verbs)
    _add_freezing(verbs)


def _add_files(verbs: Commands) -> None:
    """Add the verbs that read and write baseline files."""
    show = add_command(
        verbs,
        "show",
        _show,
        "Show which colours, patterns and garments are usual in a baseline.",
        "spotter baseline show soho.baseline",
    )
    merge = add_command(
        verbs,
        "merge",
        _merge,
        "Merge baselines into one: exact counts, in any order.",
        "spotter baseline merge a.baseline b.baseline --out site.baseline",
    )
    noise = add_command(
        verbs,
        "noise",
        _noise,
        "Add calibrated noise to a baseline before giving it away: differential privacy for each sighting.",
        "spotter baseline noise soho.baseline --epsilon 8 --out soho-public.baseline",
    )
    noise.add_argument("file", type=Path, metavar="FILE")
    noise.add_argument("--epsilon", type=float, required=True, help="privacy loss: 1 hides well, 10 hides little")
    noise.add_argument("--out", type=Path, required=True, help="baseline file to write")
    adopt = add_command(
        verbs,
        "adopt",
        _adopt,
        "Make a baseline that other cameras gathered fit one camera, from what that camera sees.",
        "spotter baseline adopt city.baseline soho-north.mp4 --config node.yaml --out north.baseline",
    )
    adopt.add_argument("other", type=Path, metavar="OTHER", help="a baseline that other cameras gathered")
    adopt.add_argument("sources", nargs="+", metavar="SRC", help="clips or the camera itself: what this camera sees")
    adopt.add_argument("--config", type=Path, required=True, help="node.yaml of the camera: its site and node")
    adopt.add_argument("--out", type=Path, required=True, help="baseline file to write")
    diff = add_command(
        verbs,
        "diff",
        _diff,
        "Compare two baselines; exit code 1 if they differ.",
        "spotter baseline diff a.baseline b.baseline",
    )
    show.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("--out", type=Path, required=True, help="baseline file to write")
    diff.add_argument("files", nargs=2, type=Path, metavar="FILE")
    for parser in (show, diff):
        add_json(parser)


def _add_freezing(verbs: Commands) -> None:
    """Add the verbs for a site's own baseline."""
    freeze = add_command(
        verbs,
        "freeze",
        _freeze,
        "Sum and sign the nodes' counts; the booth publishes the result, and nodes score against it from then on.",
        "spotter baseline freeze --config booth.yaml",
    )
    freeze.add_argument("--config", type=Path, help="booth.yaml, which names store and baseline_key")
    freeze.add_argument("--site", help="use this site instead of the configured one")
    freeze.add_argument("--broker", metavar="HOST:PORT", help="ignored: the booth publishes, to its own broker")
    freeze.add_argument("--since", metavar="T", help="24h, 7d or a time: use only counts that began since")
    freeze.add_argument("--recipe", metavar="ID", default="", help="use only counts of this recipe")
    freeze.add_argument("--without", metavar="NODE", action="append", default=[], help="leave out this node's counts")
    freeze.add_argument("--force", action="store_true", help="freeze even if there are too few sightings")
    freeze.add_argument("--out", type=Path, metavar="FILE", help="also write the baseline to this file")
    freeze.add_argument("--undo", action="store_true", help="tell the nodes to collect again instead")
    add_json(freeze)
    keygen = add_command(
        verbs,
        "keygen",
        _keygen,
        "Make the site's key pair: the booth signs with the private key, nodes verify with the public one.",
        "spotter baseline keygen --out site.key",
    )
    keygen.add_argument(
        "--out", type=Path, required=True, help="file for the private key; the public one goes to FILE.pub"
    )


def _show(args: Args) -> int:
    from edge.baseline.inspect import run_show

    return run_show(args.files, as_json=args.json)


def _adopt(args: Args) -> int:
    from edge.node.adopt import run_adopt

    config = load(args.config, NodeConfig)
    return run_adopt(args.other, args.sources, args.out, config, (config.site, config.node))


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
    return run_freeze(
        config,
        since=since,
        recipe=args.recipe,
        is_forced=args.force,
        without=args.without,
        out=args.out,
        as_json=args.json,
    )


def _keygen(args: Args) -> int:
    from edge.baseline.freeze import run_keygen

    return run_keygen(args.out)
