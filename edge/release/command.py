"""`spotter update`: its options; update.py does the work."""

import os
from pathlib import Path

from edge.command import Args, Commands, add_command
from edge.errors import ProvisionError


def add_update(commands: Commands) -> None:
    """Add `spotter update` to the command line."""
    update = add_command(
        commands,
        "update",
        _update,
        "On a node, as root: try a signed release for two minutes; keep it if the node is healthy, else go back.",
        "spotter update /media/usb/node-release",
        is_long=True,
    )
    what = update.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="release folder, signed by spotter provision sign-release"
    )
    what.add_argument("--settle", action="store_true", help="go back from an update that was interrupted")
    update.add_argument(
        "--force",
        action="store_true",
        help="update even if the release cannot use this node's counts, which start again",
    )
    update.add_argument(
        "--allow-older", action="store_true", help="take a release that is older than the one that runs"
    )


def _update(args: Args) -> int:
    from edge.release.update import run_update

    if os.geteuid() != 0:
        raise ProvisionError("an update needs root: sudo spotter update ...")
    return run_update(args.folder, is_forced=args.force, is_older_allowed=args.allow_older)
