"""The stages wired up, with a model that knows where its stick people are."""

import numpy as np
import pytest

from edge.config import NodeConfig
from edge.pipeline import STAGES, Pipeline
from edge.records import CLASSES, Heading, Pixels, Sighting, Zone
from edge.seams import TensorSpec
from edge.vocabulary import COLOURS, PATTERNS
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
    assert COLOURS[int(sighting.appearance.words[0].argmax())] == "orange"
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
        stopped = min(max(i - 10, 0), 7)
        person = standing(60 + 12 * (i - stopped), 40, 260)
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
    names = {COLOURS[int(s.appearance.words[0].argmax())] for s in found}
    assert names == {"black", "blue"}


def test_a_mannequin_is_held_back_and_counted(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    assert walk(pipeline, network, [(240, 130, 20)], step=0.0) == []
    assert pipeline.held_back == {"still": 1}


def test_someone_too_small_to_describe_is_counted_as_unclear(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    for i in range(30):
        small = standing(60 + 6 * i, 150, 40)
        network.people = [small]
        assert pipeline.step(draw([(small, (9, 9, 9))], i)).sightings == []
    assert pipeline.finish() == []
    assert pipeline.held_back["unclear"] <= 1


class Blind(KnowingInterpreter):
    """Knows where people are, and has a garment map that shows nobody."""

    outputs = (
        *KnowingInterpreter.outputs,
        TensorSpec("garments", (1, 89, 121, len(CLASSES)), "float32", 0.0, 0),
        TensorSpec("patterns", (1, 45, 61, len(PATTERNS)), "float32", 0.0, 0),
    )

    def __init__(self, doubt: float = 0.0) -> None:
        super().__init__()
        self._doubt = doubt

    def invoke(self, tensor: Pixels) -> list[np.ndarray]:
        heat, *offsets = super().invoke(tensor)
        garments, patterns = (np.zeros(spec.shape, np.float32) for spec in self.outputs[3:])
        garments[..., 0] = 9
        return [heat - np.float32(self._doubt), *offsets, garments, patterns]


@pytest.mark.parametrize("doubt", [0.0, 2.3], ids=["sure pose", "unsure pose"])
def test_a_blank_map_deletes_nobody_who_walks(network: KnowingInterpreter, doubt: float) -> None:
    (seen,) = walk(Pipeline(network, NodeConfig()), network, [(240, 130, 20)])
    blind = Blind(doubt)
    (sighting,) = walk(Pipeline(blind, NodeConfig()), blind, [(240, 130, 20)])
    assert COLOURS[int(sighting.appearance.words[0].argmax())] == "orange"
    assert sighting.appearance.quality < 0.8 * seen.appearance.quality


def test_an_unsure_pose_on_a_blank_map_is_shown_once_it_moves() -> None:
    network = Blind(doubt=2.3)
    pipeline, shown = Pipeline(network, NodeConfig()), []
    for i in range(12):
        network.people = [standing(60 + 12 * max(0, i - 5), 40, 260)]
        shown.append(len(pipeline.step(draw([(network.people[0], (9, 9, 9))], i)).detections))
    assert shown[:6] == [0] * 6
    assert shown[-1] == 1


def test_a_bin_that_the_map_does_not_show_either_is_counted_so() -> None:
    network = Blind()
    pipeline = Pipeline(network, NodeConfig())
    assert walk(pipeline, network, [(240, 130, 20)], step=0.0) == []
    assert pipeline.held_back == {"blank": 1}


def test_a_photo_of_an_unsure_pose_on_a_blank_map_shows_nobody() -> None:
    network = Blind(doubt=2.3)
    network.people = [standing(200, 40, 260)]
    assert Pipeline(network, NodeConfig()).people(draw([(network.people[0], (9, 9, 9))], 0)) == []


def test_a_photo_gives_its_largest_person(network: KnowingInterpreter) -> None:
    pipeline = Pipeline(network, NodeConfig())
    near, far = standing(120, 30, 300), standing(380, 60, 120)
    network.people = [near, far]
    sighting = pipeline.still(draw([(near, (170, 10, 40)), (far, (20, 20, 200))], 0))
    assert sighting is not None
    assert COLOURS[int(sighting.appearance.words[0].argmax())] == "red"
    network.people = []
    assert pipeline.still(draw([], 1)) is None


def test_nothing_of_a_person_stays_behind(network: KnowingInterpreter) -> None:
    """No view of a person outlives their track."""
    pipeline = Pipeline(network, NodeConfig())
    walk(pipeline, network, [(1, 2, 3), (4, 5, 6)])
    assert pipeline._views == {}
    assert pipeline._tracker._people == []
