"""Numbers on walkers tell nothing of who is right, and each walker has one in all pictures."""

import numpy as np
import pytest

from edge.street.camera import StreetCamera
from tools.beside_truth.pictures import BAR_PX, SCALE, draw, in_view, numbered

AT = 20.0


@pytest.fixture(scope="module")
def cameras() -> dict[str, StreetCamera]:
    return {f"camera-{i + 1}": StreetCamera(31, camera=i, fps=6, rate=40) for i in range(3)}


def test_everybody_in_view_has_one_number(cameras: dict[str, StreetCamera]) -> None:
    seen = in_view(list(cameras.values()), AT)
    numbers = numbered(seen, seed=1)
    assert set(numbers) == {one.walker_id for some in seen for one in some}
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert numbered(seen, seed=1) == numbers


def test_the_order_of_numbers_depends_on_the_alert_alone(cameras: dict[str, StreetCamera]) -> None:
    seen = in_view(list(cameras.values()), AT)
    orders = {tuple(numbered(seen, seed).values()) for seed in range(8)}
    assert len(orders) > 1


def test_the_camera_of_the_alert_is_drawn_large(cameras: dict[str, StreetCamera]) -> None:
    seen = in_view(list(cameras.values()), AT)
    picture = draw(cameras, seen, numbered(seen, 1), AT, "camera-2")
    frame = cameras["camera-2"].frame(round(AT * 6)).pixels
    height, width = frame.shape[:2]
    assert picture.shape == (SCALE * height + BAR_PX + height + BAR_PX, 2 * width, 3)
    small = picture[BAR_PX : BAR_PX + SCALE * height : SCALE, : SCALE * width : SCALE]
    is_alike = np.abs(small.astype(int) - frame).max(axis=2) < 40
    assert 0.9 < is_alike.mean() < 1, "all but the numbers is the frame"
