"""The stages wired up, with a model that knows where its stick people are."""

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.palette import CELL_COLOURS
from edge.pipeline import STAGES, Pipeline
from edge.records import Heading, Sighting, Zone
from edge.vocabulary import COLOURS
from tests.people import KnowingInterpreter, draw, standing

FPS = 8.0


def walk(
    pipeline: Pipeline, network: KnowingInterpreter, colours: list[tuple[int, int, int]], *, step: float = 12.0
) -> list[Sighting]:
    found: list[Sighting] = []
    for i in range(30):
        people = [standing(60 + 110 * k + step * i, 40, 260) for k in range(len(colours))]
        network.people = [p for p in people if p[:, 0].max() < 470]
        found += pipeline.step(draw(list(zip(people, colours, strict=True)), i)).sightings
    return found + pipeline.finish()


@pytest.fixture
def network() -> KnowingInterpreter:
    return KnowingInterpreter()


def test_a_walker_is_one_sighting_in_its_colour(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    (sighting,) = walk(pipeline, network, [(240, 130, 20)])
    assert sighting.departure.heading is Heading.RIGHT
    assert sighting.departure.zone is Zone.RIGHT
    upper = np.bincount(CELL_COLOURS, weights=sighting.appearance.palettes[0], minlength=len(COLOURS))
    assert COLOURS[int(upper.argmax())] == "orange"
    assert sighting.appearance.views == 6
    assert sighting.appearance.patterns[0].argmax() == 0
    assert list(pipeline.stage_s) == list(STAGES)


def test_who_was_seen_well_enough_is_told_of_once_while_still_in_view(network: KnowingInterpreter) -> None:
    pipeline, early, steps = Pipeline(network, NodeConfig()), [], 30
    for i in range(steps):
        person = standing(60 + 12 * i, 40, 260)
        network.people = [person]
        early += [(i, sighting) for sighting in pipeline.step(draw([(person, (240, 130, 20))], i)).early]
    ((at, sighting),) = early
    assert at < steps / 2
    assert sighting.appearance.views == NodeConfig().appearance.early_views
    assert sighting.departure.heading is Heading.RIGHT
    (final,) = pipeline.finish()
    assert final.departure.track_id == sighting.departure.track_id
    assert final.departure.last_seen_at > sighting.departure.last_seen_at


def test_who_is_lost_and_found_is_told_of_once_with_the_views_of_both_parts(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    early: list[Sighting] = []
    sightings: list[Sighting] = []
    for i in range(30):
        person = standing(60 + 12 * i, 40, 260)
        network.people = [] if 10 <= i < 17 else [person]
        step = pipeline.step(draw([(person, (240, 130, 20))], i))
        early, sightings = early + step.early, sightings + step.sightings
    (final,) = sightings + pipeline.finish()
    assert final.departure.joined
    assert final.departure.first_seen_at == 0
    assert len(early) == 1
    assert early[0].departure.track_id in final.departure.track_ids
    assert pipeline._views == {}
    assert pipeline._scored_early == set()


def test_who_stands_still_is_not_told_of_early(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    network.people = [standing(60, 40, 260)]
    assert not any(pipeline.step(draw([(network.people[0], (9, 9, 9))], i)).early for i in range(30))


def test_two_walkers_keep_their_own_colours(network: KnowingInterpreter) -> None:
    found = walk(Pipeline(network, NodeConfig()), network, [(20, 20, 20), (50, 90, 190)])
    names = {COLOURS[CELL_COLOURS[int(s.appearance.palettes[0].argmax())]] for s in found}
    assert names == {"black", "blue"}


def test_a_mannequin_is_held_back_and_counted(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    assert walk(pipeline, network, [(240, 130, 20)], step=0.0) == []
    assert pipeline.held_back == {"still": 1}


def test_someone_too_small_to_describe_is_counted_as_unclear(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    for i in range(30):
        small = standing(60 + 6 * i, 150, 60)
        network.people = [small]
        assert pipeline.step(draw([(small, (9, 9, 9))], i)).sightings == []
    assert pipeline.finish() == []
    assert pipeline.held_back["unclear"] <= 1


def test_a_photo_gives_its_largest_person(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    near, far = standing(120, 30, 300), standing(380, 60, 120)
    network.people = [near, far]
    sighting = pipeline.still(draw([(near, (170, 10, 40)), (far, (20, 20, 200))], 0))
    assert sighting is not None
    assert COLOURS[CELL_COLOURS[int(sighting.appearance.palettes[0].argmax())]] == "red"
    network.people = []
    assert pipeline.still(draw([], 1)) is None


def test_nothing_of_a_person_stays_behind(network: KnowingInterpreter) -> None:
    """No view of a person outlives their track."""
    pipeline = Pipeline(network, NodeConfig())
    walk(pipeline, network, [(1, 2, 3), (4, 5, 6)])
    assert pipeline._views == {}
    assert pipeline._tracker._people == []
