"""One street and its three cameras, made once: the scenery is what takes time."""

import pytest

from edge.street.camera import StreetCamera


@pytest.fixture(scope="session")
def cameras() -> list[StreetCamera]:
    return [StreetCamera(7, camera=i, minutes=1) for i in range(3)]
