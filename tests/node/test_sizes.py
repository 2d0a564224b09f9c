"""The cost of each input size, and the people it can see."""

import pytest

from edge.model.manifest import manifest
from edge.node.sizes import STREAMS, costs, frame_px, street_m

OURS = [name for name, entry in manifest().models.items() if entry.is_shipped and entry.accelerator == "cpu"]


def test_every_shipped_size_is_measured() -> None:
    found = {one.model: one for one in costs(manifest().default, rounds=2)}
    assert set(OURS) <= set(found)
    assert found[manifest().default].ratio == 1
    for one in found.values():
        assert one.invoke_ms > 0
        assert one.accelerator == "cpu"
        for least, sure in one.person_px.values():
            assert sure == pytest.approx(least * 90 / 70, abs=1.5)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_wide_picture_shows_people_larger_to_a_wide_model(stream: tuple[int, int]) -> None:
    default, wide, fine, fine_wide = (
        frame_px(90, stream, one) for one in ((353, 481), (305, 545), (481, 641), (417, 737))
    )
    assert default == pytest.approx(90 * stream[0] / 481)
    assert default > wide > fine > fine_wide
    assert frame_px(90, (640, 480), (305, 545)) > frame_px(90, (640, 480), (353, 481)), "and the other way round"


def test_a_street_is_as_wide_as_people_are_tall() -> None:
    """A person of 1.7 m at 90 of 481 pixels means 9.1 m of street; the camera's own resolution does not matter."""
    assert street_m((353, 481)) == pytest.approx(1.7 / 90 * 481)
    assert street_m((353, 481), (1920, 1080)) == pytest.approx(street_m((353, 481)))
