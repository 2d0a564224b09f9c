"""Fixture: one street and its three cameras, made once, since the scenery takes time."""

import pytest

from edge.street.camera import StreetCamera


@pytest.fixture(scope="session")
def cameras() -> list[StreetCamera]:
    return [StreetCamera(7, camera=i, minutes=1) for i in range(3)]
