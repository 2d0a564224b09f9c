"""The command lines of `spotter node`, `aim`, `learn` and `score`; the modules beside this one do the work.

Imports are inside the functions, so that `--help` is quick and the booth never loads numpy.
"""

from contextlib import suppress
from pathlib import Path

from edge.command import Args, Commands, add_broker, add_command, add_json, replace
from edge.config import NodeConfig, broker_at, load
from edge.vocabulary import CONTEXTS


def add_node(commands: Commands) -> None:
    """Add `spotter node`, `aim`, `learn` and `score`."""
    node = add_command(
        commands,
        "node",
        _node,
        "Run a camera node: frames in, anonymous scores out over MQTT.",
        "spotter node --source street:7 --broker 127.0.0.1:1883",
        is_long=True,
    )
    node.add_argument("--config", type=Path, help="node.yaml; without it: default settings and a temporary outbox")
    node.add_argument("--source", help="replaces frame.source: picamera2, v4l2:DEVICE, URL, replay:PATH, street:SEED")
    add_broker(node)
    node.add_argument("--baseline", type=Path, help="replaces score.baseline: score against this frozen baseline")
    node.add_argument("--once", action="store_true", help="play the source once, as fast as possible, then end")
    aim = add_command(
        commands,
        "aim",
        _aim,
        "Count for some minutes how the camera sees the people who pass, and say how to aim it. Shows no picture.",
        "spotter aim --config /etc/spotter/node.yaml",
    )
    aim.add_argument("--config", type=Path, help="node.yaml; without it: default settings")
    aim.add_argument("--source", help="replaces frame.source: picamera2, v4l2:DEVICE, URL, replay:PATH, street:SEED")
    aim.add_argument("--minutes", type=float, default=5.0, help="how long to count; default: %(default)s")
    add_json(aim)
    _add_learning(commands)


def _add_learning(commands: Commands) -> None:
    sources = "photos, folders of photos (the largest person of each counts), clips, cameras, street:SEED"
    learn = add_command(
        commands,
        "learn",
        _learn,
        "Make a baseline: the counts of what is usual in these sources.",
        "spotter learn photos/ --out soho.baseline",
    )
    learn.add_argument(
        "--place", default="", help="name of the place: the baseline keeps apart how its cameras see; default: the site"
    )
    learn.add_argument(
        "--camera", default="", help="name of the camera there; default: the node, else each source's name"
    )
    learn.add_argument("--out", type=Path, required=True, help="the baseline file to write")
    score = add_command(
        commands,
        "score",
        _score,
        "Score everyone in these sources: how unusual they are, one line a sighting.",
        "spotter score photos/ --baseline soho.baseline --json",
    )
    score.add_argument("--baseline", type=Path, required=True, help="a baseline file made by spotter learn")
    add_json(score, "one JSON line each")
    for parser in (learn, score):
        parser.add_argument("sources", nargs="+", metavar="SRC", help=sources)
        parser.add_argument("--config", type=Path, help="node.yaml, for its detection and appearance settings")
        parser.add_argument(
            "--context", choices=CONTEXTS, default="any", help="compare only with sightings of this context"
        )


def _node(args: Args) -> int:
    from edge.node.last_good import load_settings
    from edge.node.run import run_node

    config, repair = load_settings(args.config) if args.config else (NodeConfig(), None)
    if args.source:
        config = replace(config, frame=replace(config.frame, source=args.source))
    if args.once:
        config = replace(config, frame=replace(config.frame, pace="fast"))
    if args.baseline:
        config = replace(config, score=replace(config.score, baseline=str(args.baseline)))
    config = replace(config, broker=broker_at(args.broker, config.broker))
    return run_node(config, is_temporary=args.config is None, repair=repair)


def _aim(args: Args) -> int:
    from edge.node.aim_command import run_aim

    config = _node_config(args.config)
    if args.source:
        config = replace(config, frame=replace(config.frame, source=args.source))
    return run_aim(config, args.minutes, as_json=args.json)


def _learn(args: Args) -> int:
    from edge.node.batch import run_learn

    config = _node_config(args.config)
    place, camera = (config.site, config.node) if args.config else ("", "")
    place, camera = args.place or place, args.camera or camera
    return run_learn(args.sources, args.out, config, args.context, place=place, camera=camera)


def _score(args: Args) -> int:
    from edge.node.batch import Say, run_score

    say: Say | None = None
    with suppress(ImportError):  # a camera's card lacks the booth's packages
        from edge.phrase.outfit import phrase as say
    return run_score(args.sources, args.baseline, _node_config(args.config), args.context, as_json=args.json, say=say)


def _node_config(path: Path | None) -> NodeConfig:
    return load(path, NodeConfig) if path else NodeConfig()
