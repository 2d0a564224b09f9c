"""`spotter`: every command's words, help and exit code; the work is done where each command's noun lives.

Imports are inside the branches, so that the booth never loads numpy and `--help` is quick.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge import __version__
from edge.config import BoothConfig, LaptopConfig, NodeConfig, WorkerConfig, broker_at, load, load_laptop
from edge.errors import ConfigError, EdgeError
from edge.provision.command import add_provision
from edge.vocabulary import CONTEXTS

GOOD, BAD_NEWS, USAGE = 0, 1, 2

KINDS: dict[Any, str] = {
    NodeConfig: "node.yaml",
    BoothConfig: "booth.yaml",
    WorkerConfig: "worker.yaml",
    LaptopConfig: "laptop.yaml",
}

Args = argparse.Namespace
S = TypeVar("S", bound=msgspec.Struct)


def main(argv: list[str] | None = None) -> int:
    """Exit code: 0 good, 1 the answer is bad news, 2 usage, configuration or broken input."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of itself while it is imported
    try:
        code: int = args.run(args)
    except EdgeError as err:
        print(f"spotter: {err}", file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as err:
        if str(err.name).split(".")[0] == "edge":
            raise
        print(
            f"spotter: {err.name} is not installed: this is a node; on the booth: pip install '.[booth]'",
            file=sys.stderr,
        )
        return USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has had enough
        return GOOD
    except KeyboardInterrupt:
        return GOOD
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spotter",
        description="Spots the passers-by whose outfit is measurably unlike everyone else's, and keeps nobody.",
        epilog="example: spotter score photos/ --baseline soho.baseline",
    )
    parser.add_argument("--version", action="version", version=f"spotter {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_running(commands)
    _add_asking(commands)
    _add_trends(commands)
    _add_learning(commands)
    _add_models(commands)
    _add_update(commands)
    _add_checking(commands)
    add_provision(commands, _command)
    return parser


def _command(commands: Any, name: str, run: Callable[[Args], int], about: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, epilog=f"example: {example}"
    )
    parser.set_defaults(run=run)
    return parser


def _add_running(commands: Any) -> None:
    node = _command(
        commands,
        "node",
        _node,
        "Run a camera node: frames in, anonymous scores out over MQTT.",
        "spotter node --source street:7 --broker 127.0.0.1:1883",
    )
    node.add_argument("--config", type=Path, help="node.yaml; without it, defaults and a temporary outbox")
    node.add_argument("--source", help="instead of frame.source: picamera2, v4l2:DEVICE, URL, replay:PATH, street:SEED")
    node.add_argument("--broker", metavar="HOST:PORT", help="instead of the configured broker")
    node.add_argument("--baseline", type=Path, help="instead of score.baseline: score against this frozen baseline")
    node.add_argument("--once", action="store_true", help="play a source that ends once, as fast as possible")
    booth = _command(
        commands,
        "booth",
        _booth,
        "Run the booth: store and acknowledge scores, publish alerts, serve the page.",
        "spotter booth --config booth.yaml --port 8080",
    )
    booth.add_argument("--config", type=Path, help="booth.yaml; without it, defaults")
    booth.add_argument("--broker", metavar="HOST:PORT", help="instead of the configured broker")
    booth.add_argument("--port", type=int, help="instead of page_port")
    worker = _command(
        commands,
        "worker",
        _worker,
        "Store the scores of many sites, as one of several workers at a central broker.",
        "spotter worker --config worker.yaml",
    )
    worker.add_argument("--config", type=Path, required=True, help="worker.yaml")
    worker.add_argument("--broker", metavar="HOST:PORT", help="instead of the configured broker")
    password = _command(
        commands,
        "booth-password",
        _booth_password,
        "Set the password of the booth's page: asks at a terminal, else reads a line.",
        "spotter booth-password --out /etc/spotter/page.password",
    )
    password.add_argument("--out", type=Path, required=True, help="the file to write; holds a hash only")


def _add_asking(commands: Any) -> None:
    watch = _command(commands, "watch", _watch, "Print alerts live.", "spotter watch --broker 127.0.0.1:1883 --json")
    health = _command(
        commands,
        "health",
        _health,
        "One row a node; exit code 1 if any node is not ok.",
        "spotter health --broker 127.0.0.1:1883",
    )
    for parser in (watch, health):
        parser.add_argument("--config", type=Path, help="laptop.yaml, made by spotter provision laptop")
        parser.add_argument(
            "--broker", metavar="HOST:PORT", help="instead of the configured one; default: this machine"
        )
        parser.add_argument("--site", help=f"instead of the configured one; default: {BoothConfig().site}")
        parser.add_argument("--json", action="store_true", help="one JSON line each")


def _add_trends(commands: Any) -> None:
    trends = _command(
        commands,
        "trends",
        _trends,
        "What is worn now against what was worn before, and how alerts ended.",
        "spotter trends --config booth.yaml --since 24h --by colour",
    )
    trends.add_argument("--config", type=Path, help="booth.yaml or worker.yaml, whose store is read; else defaults")
    trends.add_argument("--site", help="one of the sites in that store; default: the booth's own")
    trends.add_argument("--since", default="24h", help="24h, 7d or a time such as 2026-09-21T08:00:00Z; default: 24h")
    trends.add_argument("--by", default="", choices=("colour", "pattern", "garment"), help="one facet alone")
    form = trends.add_mutually_exclusive_group()
    form.add_argument("--csv", dest="form", action="store_const", const="csv", default="table")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="one JSON object")
    trends.add_argument("--plot", type=Path, metavar="FILE", help="also draw it: .png or .svg")


def _add_learning(commands: Any) -> None:
    sources = "photos, folders of photos (one person each, largest counts), clips, cameras, street:SEED"
    learn = _command(
        commands,
        "learn",
        _learn,
        "Make a baseline: what is usual in these sources.",
        "spotter learn photos/ --out soho.baseline",
    )
    learn.add_argument("--out", type=Path, required=True, help="the baseline file to write")
    score = _command(
        commands,
        "score",
        _score,
        "How unusual everyone in these sources is, one line a sighting.",
        "spotter score photos/ --baseline soho.baseline --json",
    )
    score.add_argument("--baseline", type=Path, required=True, help="made by spotter learn")
    score.add_argument("--json", action="store_true", help="one JSON line each")
    for parser in (learn, score):
        parser.add_argument("sources", nargs="+", metavar="SRC", help=sources)
        parser.add_argument("--config", type=Path, help="node.yaml, for its detection and appearance settings")
        parser.add_argument(
            "--context", choices=CONTEXTS, default="any", help="what these people are to be compared within"
        )
    baseline = commands.add_parser("baseline", help="Look at, add or compare baselines.")
    verbs = baseline.add_subparsers(title="verbs", required=True, metavar="VERB")
    show = _command(verbs, "show", _baseline_show, "What is usual here.", "spotter baseline show soho.baseline")
    merge = _command(
        verbs,
        "merge",
        _baseline_merge,
        "Add baselines, exactly and in any order.",
        "spotter baseline merge a.baseline b.baseline --out site.baseline",
    )
    noise = _command(
        verbs,
        "noise",
        _baseline_noise,
        "Add calibrated noise, so that a baseline can be handed on: differential privacy for each sighting.",
        "spotter baseline noise soho.baseline --epsilon 8 --out soho-public.baseline",
    )
    noise.add_argument("file", type=Path, metavar="FILE")
    noise.add_argument("--epsilon", type=float, required=True, help="privacy loss: 1 hides well, 10 hides little")
    noise.add_argument("--out", type=Path, required=True, help="the file to write")
    diff = _command(
        verbs,
        "diff",
        _baseline_diff,
        "How two baselines differ; 1 if they do.",
        "spotter baseline diff a.baseline b.baseline",
    )
    _add_freezing(verbs)
    show.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("files", nargs="+", type=Path, metavar="FILE")
    merge.add_argument("--out", type=Path, required=True)
    diff.add_argument("files", nargs=2, type=Path, metavar="FILE")
    for parser in (show, diff):
        parser.add_argument("--json", action="store_true", help="JSON")


def _add_freezing(verbs: Any) -> None:
    freeze = _command(
        verbs,
        "freeze",
        _baseline_freeze,
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
    freeze.add_argument("--json", action="store_true", help="JSON")
    keygen = _command(
        verbs,
        "keygen",
        _baseline_keygen,
        "Make the site's key pair: the booth signs with one, nodes check with the other.",
        "spotter baseline keygen --out site.key",
    )
    keygen.add_argument("--out", type=Path, required=True, help="the private key; the public one goes to FILE.pub")


def _add_models(commands: Any) -> None:
    models = commands.add_parser("models", help="The networks: list, fetch, verify.")
    verbs = models.add_subparsers(title="verbs", required=True, metavar="VERB")
    listing = _command(verbs, "list", _models_list, "What is pinned and what is here.", "spotter models list")
    fetch = _command(
        verbs,
        "fetch",
        _models_fetch,
        "Download, verify and strip; resumes.",
        "spotter models fetch --mirror /media/usb/models",
    )
    verify = _command(verbs, "verify", _models_verify, "Check the files that are here.", "spotter models verify all")
    fetch.add_argument(
        "--mirror", type=Path, metavar="DIR", help="a folder with the original files, instead of the net"
    )
    fetch.add_argument("--quiet", action="store_true", help="no progress bar")
    for parser in (fetch, verify):
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="default: what a node may run; `all` for everything"
        )
    for parser in (listing, verify):
        parser.add_argument("--json", action="store_true", help="JSON")


def _add_update(commands: Any) -> None:
    update = _command(
        commands,
        "update",
        _update,
        "On a node, as root: try a signed release for two minutes, keep it if the node is healthy, else take it back.",
        "spotter update /media/usb/node-release",
    )
    what = update.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="made by spotter provision sign-release")
    what.add_argument("--settle", action="store_true", help="take back an update that was interrupted")
    update.add_argument(
        "--force", action="store_true", help="even if the release cannot use what this node has counted so far"
    )


def _add_checking(commands: Any) -> None:
    bench = _command(
        commands,
        "bench",
        _bench,
        "Milliseconds per stage, frames per second, memory, ratio to the bare network.",
        "spotter bench --source street:7",
    )
    bench.add_argument("--source", default="street:7", help="default: %(default)s")
    bench.add_argument("--frames", type=int, default=200, help="default: %(default)s")
    bench.add_argument("--booth", action="store_true", help="the booth instead: alert latency, scores stored a second")
    bench.add_argument("--config", type=Path, help="booth.yaml, for its broker (with --booth)")
    bench.add_argument("--broker", metavar="HOST:PORT", help="instead of the configured broker (with --booth)")
    bench.add_argument("--seconds", type=float, default=60.0, help="of each rate (with --booth); default: %(default)s")
    bench.add_argument("--json", action="store_true", help="JSON")
    config = commands.add_parser("config", help="Check a settings file.")
    verbs = config.add_subparsers(title="verbs", required=True, metavar="VERB")
    check = _command(
        verbs,
        "check",
        _config_check,
        "Check node.yaml, booth.yaml, worker.yaml or laptop.yaml.",
        "spotter config check node.yaml",
    )
    check.add_argument("file", type=Path, metavar="FILE")


def _node(args: Args) -> int:
    from edge.node.run import run_node
    from edge.node.spare import load_settings

    config, repair = load_settings(args.config) if args.config else (NodeConfig(), "")
    if args.source:
        config = _replace(config, frame=_replace(config.frame, source=args.source))
    if args.once:
        config = _replace(config, frame=_replace(config.frame, pace="fast"))
    if args.baseline:
        config = _replace(config, score=_replace(config.score, baseline=str(args.baseline)))
    config = _replace(config, broker=broker_at(args.broker, config.broker))
    return run_node(config, is_temporary=args.config is None, repair=repair)


def _booth(args: Args) -> int:
    from edge.booth.run import run_booth

    config = load(args.config, BoothConfig) if args.config else BoothConfig()
    if args.port is not None:
        config = _replace(config, page_port=args.port)
    return run_booth(_replace(config, broker=broker_at(args.broker, config.broker)))


def _worker(args: Args) -> int:
    from edge.booth.worker import run_worker

    config = load(args.config, WorkerConfig)
    return run_worker(_replace(config, broker=broker_at(args.broker, config.broker)))


def _booth_password(args: Args) -> int:
    from edge.booth.page.password import run_booth_password

    return run_booth_password(args.out)


def _watch(args: Args) -> int:
    from edge.booth.watch import run_watch

    config = _laptop_config(args)
    return run_watch(config.broker, config.site, as_json=args.json)


def _health(args: Args) -> int:
    from edge.booth.health import run_health

    config = _laptop_config(args)
    return run_health(config.broker, config.site, as_json=args.json)


def _trends(args: Args) -> int:
    from edge.booth.report import run_trends

    config = _load_one_of(args.config, BoothConfig, WorkerConfig) if args.config else BoothConfig()
    return run_trends(config, site=args.site, since=args.since, facet=args.by, form=args.form, plot=args.plot)


def _learn(args: Args) -> int:
    from edge.node.offline import run_learn

    return run_learn(args.sources, args.out, _node_config(args.config), args.context)


def _score(args: Args) -> int:
    from edge.node.offline import run_score

    return run_score(args.sources, args.baseline, _node_config(args.config), args.context, as_json=args.json)


def _baseline_show(args: Args) -> int:
    from edge.node.baselines import run_show

    return run_show(args.files, as_json=args.json)


def _baseline_noise(args: Args) -> int:
    from edge.node.baselines import run_noise

    return run_noise(args.file, args.epsilon, args.out)


def _baseline_merge(args: Args) -> int:
    from edge.node.baselines import run_merge

    return run_merge(args.files, args.out)


def _baseline_diff(args: Args) -> int:
    from edge.node.baselines import run_diff

    return run_diff(*args.files, as_json=args.json)


def _baseline_freeze(args: Args) -> int:
    from edge.booth.report import begin
    from edge.freeze import run_freeze, run_undo

    config = load(args.config, BoothConfig) if args.config else BoothConfig()
    config = _replace(config, site=args.site or config.site)
    if args.undo:
        return run_undo(config, as_json=args.json)
    since = begin(args.since, time.time()) if args.since else None
    return run_freeze(config, since=since, recipe=args.recipe, is_forced=args.force, out=args.out, as_json=args.json)


def _baseline_keygen(args: Args) -> int:
    from edge.freeze import run_keygen

    return run_keygen(args.out)


def _models_list(args: Args) -> int:
    from edge.models import run_list

    return run_list(json=args.json)


def _models_fetch(args: Args) -> int:
    from edge.models import run_fetch

    return run_fetch(args.names, args.mirror, quiet=args.quiet)


def _models_verify(args: Args) -> int:
    from edge.models import run_verify

    return run_verify(args.names, json=args.json)


def _update(args: Args) -> int:
    from edge.update.update import run_update

    return run_update(args.folder, is_forced=args.force)


def _bench(args: Args) -> int:
    if args.booth:
        from edge.booth.bench import run_bench as run_booth_bench

        config = load(args.config, BoothConfig) if args.config else BoothConfig()
        config = _replace(config, broker=broker_at(args.broker, config.broker))
        return run_booth_bench(config, args.seconds, as_json=args.json)
    from edge.node.bench import run_bench

    return run_bench(args.source, args.frames, as_json=args.json)


def _config_check(args: Args) -> int:
    found = _load_one_of(args.file, NodeConfig, BoothConfig, WorkerConfig, LaptopConfig)
    print(f"{args.file}: a good {KINDS[type(found)]}")
    return GOOD


def _load_one_of(path: Path, *schemas: Any) -> Any:
    """The file is of the first kind that it satisfies; raises ConfigError with the complaints of all."""
    complaints = []
    for schema in schemas:
        try:
            return load(path, schema)
        except ConfigError as err:
            complaints.append(f"as {KINDS[schema]}: {err}")
    raise ConfigError("; ".join(complaints))


def _node_config(path: Path | None) -> NodeConfig:
    return load(path, NodeConfig) if path else NodeConfig()


def _laptop_config(args: Args) -> LaptopConfig:
    config = load_laptop(args.config) if args.config else LaptopConfig()
    return _replace(config, site=args.site or config.site, broker=broker_at(args.broker, config.broker))


def _replace(struct: S, **changes: Any) -> S:
    return msgspec.structs.replace(struct, **changes)


if __name__ == "__main__":
    sys.exit(main())
