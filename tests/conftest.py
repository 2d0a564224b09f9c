"""Fixtures that every test may use."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from edge.errors import ModelError
from edge.model.registry import model_path

settings.register_profile("spotter", deadline=None)  # speed is measured elsewhere
settings.load_profile("spotter")

NOBODY = 65534
"""The user `nobody`."""
REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The clips, photos and original models beside the repository, or under $SPOTTER_SHARED_DATA."""
    named = os.environ.get("SPOTTER_SHARED_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no clips, photos or models at {folder}; set SPOTTER_SHARED_DATA to where they are")
    return folder


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of an ordinary user, as whom the test then runs: root may read everything."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if is_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            for path in folder.rglob("*"):
                path.chmod(0o700)


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that ran inside a test leaves no level on the log."""
    log = logging.getLogger("edge")
    before = log.level
    yield
    log.setLevel(before)


@pytest.fixture(autouse=True)
def _skip_without_what_it_requires(request: pytest.FixtureRequest) -> None:
    """Skip a test whose marker names a missing program or file, and say what is missing."""
    if request.node.get_closest_marker("requires_upstream"):
        try:
            model_path("posenet-353x481")
            model_path("posenet-353x481", accelerator="edgetpu")
        except ModelError as err:
            pytest.skip(f"no published model: {err}")
    for marker, program in (("requires_broker", "mosquitto"), ("requires_browser", "chromium")):
        if request.node.get_closest_marker(marker) and shutil.which(program) is None:
            pytest.skip(f"no {program} on PATH (tools/test gets it where it can)")
