"""Command-line options of the booth, its workers and its laptops; the modules beside this one do the work.

Imports are inside the functions, so that `--help` is quick.
"""

import argparse
import logging
from pathlib import Path
from typing import get_args

from edge.command import Args, Commands, add_broker, add_command, add_json, load_one_of, port, replace
from edge.config import BoothConfig, Language, LaptopConfig, WorkerConfig, broker_at, load, load_laptop
from edge.vocabulary import FACETS


def add_booth(commands: Commands) -> argparse.ArgumentParser:
    """Add `spotter booth`, `worker`, `watch`, `health`, `trends` and others; returns the parser of `booth`."""
    booth = _add_running(commands)
    _add_nodes(commands)
    _add_asking(commands)
    _add_trends(commands)
    return booth


def _add_running(commands: Commands) -> argparse.ArgumentParser:
    booth = add_command(
        commands,
        "booth",
        _booth,
        "Run the booth: store and acknowledge scores, publish alerts, serve the page.",
        "spotter booth --config booth.yaml --port 8080",
        is_long=True,
    )
    booth.add_argument("--config", type=Path, help="booth.yaml; without it, defaults")
    add_broker(booth)
    booth.add_argument("--port", type=port, help="port of the page, instead of page_port")
    booth.add_argument(
        "--insecure", action="store_true", help="let the page ask for its password without TLS; others can read it"
    )
    worker = add_command(
        commands,
        "worker",
        _worker,
        "Store the scores of many sites, as one of several workers at a central broker.",
        "spotter worker --config worker.yaml",
        is_long=True,
    )
    worker.add_argument("--config", type=Path, required=True, help="worker.yaml")
    add_broker(worker)
    password = add_command(
        commands,
        "booth-password",
        _booth_password,
        "Set the password of the booth's page; asks at a terminal, else reads one line.",
        "spotter booth-password --out /etc/spotter/page.password",
    )
    password.add_argument("--out", type=Path, required=True, help="the file to write; holds a hash only")
    push = add_command(
        commands,
        "booth-push-key",
        _booth_push_key,
        "Make the key that signs notifications to browsers, for notify.push_key.",
        "spotter booth-push-key --out /var/lib/spotter/push.key",
    )
    push.add_argument("--out", type=Path, required=True, help="the file to write; the booth keeps browsers beside it")
    return booth


def _add_nodes(commands: Commands) -> None:
    for name, run, what in (
        ("booth-allow", _booth_allow, "Let the alerts of a camera through again, or its messages after a revocation."),
        ("booth-forget", _booth_forget, "Delete what the booth has of a camera, and refuse its messages."),
    ):
        parser = add_command(commands, name, run, what, f"spotter {name} north --config booth.yaml")
        parser.add_argument("node", help="name of the camera")
        parser.add_argument("--config", type=Path, required=True, help="booth.yaml, which names the store")


def _add_asking(commands: Commands) -> None:
    watch = add_command(commands, "watch", _watch, "Print alerts live.", "spotter watch --broker 127.0.0.1:1883 --json")
    health = add_command(
        commands,
        "health",
        _health,
        "Say of each node how it is and what to do; exit code 1 if any node is not ok.",
        "spotter health --broker 127.0.0.1:1883",
    )
    health.add_argument("--watch", action="store_true", help="show them again every two seconds, until Ctrl-C")
    for parser in (watch, health):
        parser.add_argument("--config", type=Path, help="laptop.yaml, made by spotter provision laptop")
        add_broker(parser, "; default: this machine")
        parser.add_argument("--site", help=f"instead of the configured one; default: {BoothConfig().site}")
        add_json(parser, "print each as one line of JSON")


def _add_trends(commands: Commands) -> None:
    trends = add_command(
        commands,
        "trends",
        _trends,
        "What people wear now, and what the exceptions wore more than chance; sites side by side.",
        "spotter trends --config booth.yaml --since 7d --against baseline --report week.pdf",
    )
    trends.add_argument("--config", type=Path, help="booth.yaml or worker.yaml, whose store is read; else defaults")
    trends.add_argument(
        "--site", action="append", default=[], help="a site of that store, may be repeated; default: the booth's own"
    )
    trends.add_argument("--since", help="24h, 7d or a time such as 2026-09-21T08:00:00Z; default: 24h, else 7d")
    trends.add_argument(
        "--against",
        default="usual",
        choices=("usual", "last-week", "baseline"),
        help="compare with all time before, the week before, or the weeks of the frozen baseline; default: %(default)s",
    )
    trends.add_argument("--by", default="", choices=FACETS, help="this facet only")
    trends.add_argument("--weeks", type=int, default=4, help="weeks of exceptions; default: %(default)s")
    trends.add_argument("--all", action="store_true", help="also list what is too few to say anything")
    form = trends.add_mutually_exclusive_group()
    form.add_argument("--csv", dest="form", action="store_const", const="csv", default="table")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="one JSON object")
    trends.add_argument("--report", type=Path, metavar="FILE", help="also draw one page: .svg or .pdf")
    trends.add_argument(
        "--language", default="en", choices=get_args(Language), help="of --report; default: %(default)s"
    )


def _booth(args: Args) -> int:
    from edge.booth.run import run_booth

    config = load(args.config, BoothConfig) if args.config else BoothConfig()
    if args.port is not None:
        config = replace(config, page_port=args.port)
    if args.insecure:
        config = replace(config, page=replace(config.page, insecure=True))
    return run_booth(replace(config, broker=broker_at(args.broker, config.broker)))


def _worker(args: Args) -> int:
    from edge.booth.worker import run_worker

    config = load(args.config, WorkerConfig)
    return run_worker(replace(config, broker=broker_at(args.broker, config.broker)))


def _booth_password(args: Args) -> int:
    from edge.booth.page.password import run_booth_password

    return run_booth_password(args.out)


def _booth_push_key(args: Args) -> int:
    from edge.booth.push import key_file

    key_file(args.out)
    print(f"wrote {args.out}; set notify.push_key to it in booth.yaml")
    return 0


def _booth_allow(args: Args) -> int:
    from edge.booth.node_marks import run_allow

    return run_allow(load(args.config, BoothConfig), args.node)


def _booth_forget(args: Args) -> int:
    from edge.booth.node_marks import run_forget

    return run_forget(load(args.config, BoothConfig), args.node)


def _watch(args: Args) -> int:
    from edge.booth.watch import run_watch

    config = _laptop_config(args, "watch")
    return run_watch(config.broker, config.site, as_json=args.json)


def _health(args: Args) -> int:
    from edge.booth.health import run_health, run_watch

    config = _laptop_config(args, "health")
    if not args.verbose:
        logging.getLogger("edge.message.mqtt").setLevel(logging.ERROR)  # what it warns of is the last word
    if args.watch:
        return run_watch(config.broker, config.site, as_json=args.json)
    return run_health(config.broker, config.site, as_json=args.json)


def _trends(args: Args) -> int:
    from edge.booth.trends_command import run_trends

    config = load_one_of(args.config, BoothConfig, WorkerConfig) if args.config else BoothConfig()
    return run_trends(
        config,
        since=args.since,
        against=args.against,
        facet=args.by,
        form=args.form,
        report=args.report,
        language=args.language,
        sites=args.site,
        weeks=max(args.weeks, 1),
        shows_all=args.all,
    )


def _laptop_config(args: Args, program: str) -> LaptopConfig:
    config = load_laptop(args.config, program) if args.config else LaptopConfig()
    return replace(config, site=args.site or config.site, broker=broker_at(args.broker, config.broker))
