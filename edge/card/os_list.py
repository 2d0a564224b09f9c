"""A repository file for Raspberry Pi Imager, which then offers a site's cards by the names of their nodes.

Format: doc/json-schema/os-list-schema.json of github.com/raspberrypi/rpi-imager.
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.card.boot_partition import need_mtools, unpack
from edge.card.first_boot import FOLDER, read_bundle
from edge.errors import ProvisionError
from edge.site.site import Site

ICON = "icons/cat_misc_utility_images.png"
"""An icon that Imager brings along."""
DEVICES = ["pi5-64bit", "pi4-64bit", "pi3-64bit"]


def os_list(site: Site, images: Sequence[Path]) -> bytes:
    """Return os_list.json for image files that `spotter provision image` has written, each a node of the site.

    They stay where they are: they hold keys, so Imager reads them from this computer, and nothing is served.
    Raises ProvisionError for a file that is no such image.
    """
    need_mtools()
    entries = [_entry(site, image.resolve()) for image in images]
    return json.dumps({"os_list": entries}, indent=1).encode() + b"\n"


def _entry(site: Site, image: Path) -> dict[str, Any]:
    node = _node(image)
    if node not in site.nodes:
        raise ProvisionError(f"{image}: is the card of {node}, which is not a node of {site.name}")
    with image.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size, at = image.stat().st_size, datetime.fromtimestamp(image.stat().st_mtime, UTC)
    return {
        "name": f"{node} ({site.name})",
        "description": f"Exception Spotter: the card of camera {node}. Use no customisation of Imager's own.",
        "icon": ICON,
        "url": image.as_uri(),
        "extract_size": size,
        "extract_sha256": digest,
        "image_download_size": size,
        "release_date": f"{at:%Y-%m-%d}",
        "devices": DEVICES,
    }


def _node(image: Path) -> str:
    with tempfile.TemporaryDirectory() as work:
        try:
            unpack(image, (FOLDER,), Path(work))
            return read_bundle(Path(work) / FOLDER).node
        except ProvisionError as err:
            raise ProvisionError(
                f"{image}: is not the card of a node; write it first: spotter provision image NODE --site-dir DIR "
                f"--image {image}"
            ) from err


def run_os_list(site: Site, images: Sequence[Path], out: Path) -> int:
    """Write os_list.json; returns 0."""
    out.write_bytes(os_list(site, images))
    print(f"{out}: {len(images)} cards; choose one in Raspberry Pi Imager: rpi-imager --repo {out.resolve().as_uri()}")
    return 0
