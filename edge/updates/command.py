"""`spotter update`: its verbs and options; on a node `apply`, from the booth `push` and `status`."""

import os
import shlex
from pathlib import Path

from edge.command import BAD_NEWS, GOOD, Args, Commands, add_command, add_group, add_json
from edge.errors import ProvisionError

VERBS = ("apply", "settle", "push", "status", "pull", "stick")


def with_verb(argv: list[str]) -> list[str]:
    """Return the arguments of `spotter`, with the verb that older ones of `update` leave out.

    >>> with_verb(["update", "--force", "/mnt"]), with_verb(["update", "--settle"]), with_verb(["update", "push", "a"])
    (['update', 'apply', '--force', '/mnt'], ['update', 'settle'], ['update', 'push', 'a'])
    """
    if argv[:2] == ["update", "--settle"]:
        return ["update", "settle", *argv[2:]]
    is_older = argv[:1] == ["update"] and argv[1:] and argv[1] not in (*VERBS, "-h", "--help")
    if is_older and (argv[1].startswith("-") or "/" in argv[1] or Path(argv[1]).exists()):
        return ["update", "apply", *argv[1:]]
    return argv


def add_update(commands: Commands) -> None:
    """Add `spotter update` to the command line."""
    verbs = add_group(commands, "update", "Give nodes a new signed release: from the booth, or on a node.")
    push = add_command(
        verbs,
        "push",
        _push,
        "On the booth: have nodes fetch and try a release; one first, the others once it has kept it.",
        "spotter update push dist/node-release --site-dir soho",
        is_long=True,
    )
    push.add_argument("release", type=Path, metavar="RELEASE", help="folder made by spotter provision release")
    push.add_argument("nodes", nargs="*", metavar="NODE", help="nodes to update, the first alone first; default: all")
    push.add_argument("--site-dir", type=Path, required=True, metavar="DIR", help="folder of the site")
    push.add_argument("--passphrase-file", type=Path, metavar="FILE", help="for a release that is not signed yet")
    push.add_argument(
        "--force", action="store_true", help="also a release that cannot use what nodes have counted, which start again"
    )
    push.add_argument("--host", metavar="ADDRESS", help="reach the broker here; default: the booth's first address")
    status = add_command(
        verbs,
        "status",
        _status,
        "Say which software each node runs, and what it does with the newest update; exit code 1 if they differ.",
        "spotter update status --site-dir soho",
    )
    where = status.add_mutually_exclusive_group(required=True)
    where.add_argument("--site-dir", type=Path, metavar="DIR", help="folder of the site")
    where.add_argument("--config", type=Path, metavar="FILE", help="laptop.yaml, on a laptop")
    status.add_argument("--host", metavar="ADDRESS", help="reach the broker here; default: the booth's first address")
    add_json(status, "one JSON object per node, one a line")
    _add_on_node(verbs)


def _add_on_node(verbs: Commands) -> None:
    apply = add_command(
        verbs,
        "apply",
        _apply,
        "On a node, as root: try a signed release for two minutes; keep it if the node is healthy, else go back.",
        "spotter update apply /media/usb/node-release",
        is_long=True,
    )
    apply.add_argument(
        "folder", type=Path, metavar="DIR", help="release folder, signed by spotter provision sign-release"
    )
    apply.add_argument(
        "--force",
        action="store_true",
        help="update even if the release cannot use this node's counts, which start again",
    )
    apply.add_argument("--allow-older", action="store_true", help="take a release that is older than the one that runs")
    add_command(
        verbs,
        "settle",
        _settle,
        "On a node: go back from an interrupted update.",
        "spotter update settle",
        is_long=True,
    )
    add_command(
        verbs, "pull", _pull, "On a node: fetch and try what the booth offers.", "spotter update pull", is_long=True
    )
    stick = add_command(
        verbs,
        "stick",
        _stick,
        "On a node: try the release on a USB stick.",
        "spotter update stick /dev/sda1",
        is_long=True,
    )
    stick.add_argument("device", type=Path, metavar="DEVICE", help="the stick's partition")


def _push(args: Args) -> int:
    from edge.card.write import sign_for
    from edge.provision.passphrase import read_passphrase
    from edge.release.install import read_release
    from edge.release.signature import read_signed
    from edge.site.site import Site
    from edge.updates.push import Push, check_nodes, section_of

    site = Site(args.site_dir)
    nodes = check_nodes(site, args.nodes)

    def ask() -> bytes | None:
        return read_passphrase(args.passphrase_file, is_needed=site.has_passphrase)

    sign_for(site, read_release(args.release), ask)
    release = read_signed(args.release.resolve(), site.folder / "release.pub")
    home = site.folder / "update"
    home = home if home.is_dir() else site.ensure_updater(ask())
    section = section_of(site, home, "update", args.host or site.settings.booth[0])
    print(f"release {release.id}: {nodes[0]} first{', then ' + ', '.join(nodes[1:]) if nodes[1:] else ''}")
    push = Push(site, release, lambda node, said: print(f"{node}: {said}", flush=True), is_forced=args.force)
    failed = push.run(nodes, section)
    print(f"not updated: {', '.join(failed)}" if failed else f"all of them run release {release.id}")
    return BAD_NEWS if failed else GOOD


def _status(args: Args) -> int:
    from edge.config import load_laptop
    from edge.site.site import Site
    from edge.updates.push import section_of
    from edge.updates.status import run_status

    if args.config:
        laptop = load_laptop(args.config)
        return run_status(laptop.broker, laptop.site, as_json=args.json)
    site = Site(args.site_dir)
    section = section_of(site, site.folder / "check", "check", args.host or site.settings.booth[0])
    return run_status(section, site.name, as_json=args.json)


def _apply(args: Args) -> int:
    from edge.release.update import run_update

    _need_root(f"update apply {shlex.quote(str(args.folder))}")
    return run_update(args.folder, is_forced=args.force, is_older_allowed=args.allow_older)


def _settle(_: Args) -> int:
    from edge.release.update import run_update

    _need_root("update settle")
    return run_update(None, is_forced=False)


def _pull(_: Args) -> int:
    from edge.release.update import node_update
    from edge.updates.pull import pull

    _need_root("update pull")
    is_kept, sentence = pull(Path("/"), node_update())
    print(sentence)
    return GOOD if is_kept else BAD_NEWS


def _stick(args: Args) -> int:
    from edge.release.update import node_update
    from edge.updates.stick import mounted, update_from_stick

    _need_root(f"update stick {shlex.quote(str(args.device))}")
    with mounted(args.device, Path("/")) as folder:
        is_kept, sentence = update_from_stick(folder, Path("/"), node_update())
    print(sentence)
    return GOOD if is_kept else BAD_NEWS


def _need_root(words: str) -> None:
    if os.geteuid() != 0:
        raise ProvisionError(f"an update needs root: sudo spotter {words}")
