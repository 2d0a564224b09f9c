"""The direction to look in, as geometry."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.booth.page import compass
from tests.booth.page.pages import make_view

degrees = st.integers(0, 359)


@given(degrees, st.floats(1, 200))
def test_a_place_is_as_far_and_where_it_was_asked_for(angle: int, distance: float) -> None:
    x, y = compass.place(angle, distance)
    assert math.hypot(x, y) == pytest.approx(distance, abs=0.1)
    if distance > 20:
        turned = math.degrees(math.atan2(x, -y)) - angle
        assert abs((turned + 180) % 360 - 180) < 0.5


@pytest.mark.parametrize(("zone", "expected"), [("left", 293), ("centre", 315), ("right", 337)])
def test_zones_are_thirds_of_the_view(zone: str, expected: int) -> None:
    assert compass.bearing(make_view(zone=zone).alert) == expected


@pytest.mark.parametrize(("heading", "expected"), [("away", 45), ("right", 135), ("toward", 225), ("left", 315)])
def test_headings_seen_from_above(heading: str, expected: int) -> None:
    (mark,) = compass.marks([make_view(node="camera-2", heading=heading)])
    assert mark.heading_deg == expected


def test_only_what_is_looked_for_is_marked() -> None:
    views = [make_view(1), make_view(2, "claimed"), make_view(3, "greeted"), make_view(4, node="camera-9")]
    assert [mark.state for mark in compass.marks(views)] == ["open", "claimed"]


@given(st.lists(st.sampled_from(["left", "centre", "right"]), min_size=2, max_size=4))
def test_marks_do_not_cover_each_other(zones: list[str]) -> None:
    views = [make_view(i + 1, zone=zone) for i, zone in enumerate(zones)]
    places = {(mark.x, mark.y) for mark in compass.marks(views)}
    assert len(places) == len(views)


def test_cameras_that_look_the_same_way_share_a_name() -> None:
    found = compass.cameras({"east": 90, "also-east": 90, "north": 0, "lost": None})
    assert [(camera.names, camera.side) for camera in found] == [("also-east, east", "east"), ("north", "across")]


def test_cones_and_zones_are_as_wide_as_the_camera_sees() -> None:
    narrow, usual, wide = (
        compass.cameras({"camera-1": 0}, angles=angles)[0].cone for angles in ({"camera-1": 40}, {}, {"camera-1": 102})
    )
    assert narrow.startswith("M0 0L-34.2 -94.0A")
    assert len({narrow, usual, wide}) == 3
    assert compass.bearing(make_view(zone="left").alert, {"camera-1": 102}) == 281
