"""What every test may use."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The clips, photos and original models beside the repository, or under $SPOTTER_SHARED_DATA."""
    named = os.environ.get("SPOTTER_SHARED_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no clips, photos or models at {folder}; set SPOTTER_SHARED_DATA to where they are")
    return folder
