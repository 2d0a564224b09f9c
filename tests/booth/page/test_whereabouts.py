"""Where somebody is, in the site's words and as staff see it when they step out."""

import pytest

from edge.booth.page.text import Text
from edge.booth.page.whereabouts import strange_places, whereabouts
from edge.config import BoothConfig, PlaceSection
from tests.booth.page.pages import SITE, make_view

ENGLISH = Text("en")


@pytest.mark.parametrize(
    ("faces", "side"),
    [
        (315, "straight ahead"),
        (270, "ahead and to the right"),
        (225, "right of the booth"),
        (45, "left of the booth"),
        (135, "behind the booth"),
    ],
)
def test_left_and_right_are_those_of_somebody_who_steps_out(faces: int, side: str) -> None:
    config = BoothConfig(**(SITE | {"faces": faces}))
    found = whereabouts(make_view(zone="centre").alert, config, ENGLISH)
    assert found.side.startswith(side)
    assert found.turn_deg == (315 - faces) % 360


def test_without_the_booths_direction_the_compass_point_is_said() -> None:
    config = BoothConfig(**(SITE | {"faces": None}))
    found = whereabouts(make_view(zone="centre", heading="toward").alert, config, ENGLISH)
    assert (found.side, found.heading) == ("to the north-west of the booth", "coming towards you")


def test_without_names_the_node_and_the_third_are_said() -> None:
    found = whereabouts(make_view(node="camera-9", zone="right", heading="left").alert, BoothConfig(), ENGLISH)
    assert found.place == "camera-9, right third of its view"
    assert (found.side, found.turn_deg, found.walk_deg) == ("", None, None)


def test_a_place_of_no_camera_is_noticed() -> None:
    assert strange_places(BoothConfig(nodes={"north": 0}, places={"nroth": PlaceSection()})) == ["nroth"]
    assert strange_places(BoothConfig(**SITE)) == []
