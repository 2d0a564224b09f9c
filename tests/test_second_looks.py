"""Second looks in the whole pipeline, with a model that finds boxes painted like people, at any size."""

import msgspec
import numpy as np
import pytest

from edge.config import AppearanceSection, NodeConfig
from edge.pipeline import Pipeline
from edge.records import Floats, Sighting
from edge.second_looks import LARGE_PX, MOST_WAITING, SECOND_LOOKS
from edge.vocabulary import PATTERNS
from tests.people import SightedInterpreter, painted, standing

STEPS = 30
SCALE = 720 / 353
"""Pixels of the painted frames per pixel of the model's input."""


def pipeline_of(network: SightedInterpreter, per_s: float = 4.0) -> Pipeline:
    return Pipeline(network, NodeConfig(appearance=AppearanceSection(second_looks_per_s=per_s)))


def walkers(count: int, height: float, number: int) -> list[Floats]:
    return [standing(60 + 160 * k + 9 * number, 60, height) for k in range(count)]


def crowd(count: int, number: int) -> list[Floats]:
    """Three rows of people who walk to the right."""
    return [standing(40 + 140 * (k // 3) + 5 * number, 20 + 230 * (k % 3), 150) for k in range(count)]


def walk(pipeline: Pipeline, count: int = 1, height: float = 200, steps: int = STEPS) -> list[Sighting]:
    """Walk people through the picture until they have been out of it for two seconds."""
    found: list[Sighting] = []
    for number in range(steps + 16):
        found += pipeline.step(painted(walkers(count, height, number) if number < steps else [], number)).sightings
    return found


def test_the_best_views_of_a_small_person_are_looked_at_again_once() -> None:
    network = SightedInterpreter("checked")
    pipeline = pipeline_of(network)
    (sighting,) = walk(pipeline)
    assert SECOND_LOOKS <= sighting.appearance.looked_again <= sighting.appearance.views
    assert PATTERNS[int(sighting.appearance.patterns[0].argmax())] == "checked"
    assert len(network.inputs) == STEPS + 16 + pipeline.second_looks.taken
    looked = [tensor for tensor in network.inputs if (np.ptp(tensor.astype(int), axis=-1) > 60).any(axis=1).sum() > 150]
    assert len(looked) == pipeline.second_looks.taken, "a close-up shows the person larger"
    assert len({tensor.tobytes() for tensor in looked}) == len(looked)
    assert pipeline.second_looks.skipped == 0


def test_a_large_person_is_not_looked_at_again() -> None:
    pipeline = pipeline_of(SightedInterpreter())
    (sighting,) = walk(pipeline, height=LARGE_PX * SCALE / 0.88 + 5)
    assert sighting.appearance.looked_again == pipeline.second_looks.taken == 0


def test_whom_no_second_look_finds_keeps_the_first_description_at_less_quality() -> None:
    class FarSighted(SightedInterpreter):
        """Finds nobody in a close-up: what looked like a person is none."""

        def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
            rows = (np.ptp(tensor.astype(int), axis=-1) > 60).any(axis=1).sum()
            return super().invoke(np.full_like(tensor, 128) if rows > 150 else tensor)

    (sound,) = walk(pipeline_of(SightedInterpreter()))
    (doubted,) = walk(pipeline_of(FarSighted()))
    assert doubted.appearance.looked_again == 0
    assert doubted.appearance.quality < sound.appearance.quality


def test_who_is_missed_in_a_frame_is_not_looked_at_yet() -> None:
    network = SightedInterpreter()
    pipeline, taken = pipeline_of(network), []
    for number in range(STEPS):
        pipeline.step(painted([] if number in {20, 24} else walkers(1, 200, number), number))
        taken.append(pipeline.second_looks.taken)
    assert taken[19] == taken[-1] == 1, "one for the early sighting"


def test_frames_never_wait_for_more_second_looks_than_the_budget() -> None:
    network = SightedInterpreter()
    pipeline, per_frame = pipeline_of(network, per_s=1.0), []
    steps = STEPS + 16
    for number in range(steps):
        before = len(network.inputs)
        pipeline.step(painted(walkers(5, 150, number) if number < 20 else [], number))
        per_frame.append(len(network.inputs) - before - 1)
    assert sum(per_frame) <= 1.0 * steps / 8 + 2
    assert sum(per_frame) == pipeline.second_looks.taken > 2
    assert pipeline.second_looks.skipped > 0


def test_a_source_read_twice_gives_the_same_sightings() -> None:
    one, other = ([seen.appearance for seen in walk(pipeline_of(SightedInterpreter(), 1.5), 4, 150)] for _ in range(2))
    assert len(one) == len(other) >= 3
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine.palettes, yours.palettes)
        assert mine.looked_again == yours.looked_again


def test_who_is_still_in_view_at_the_end_is_looked_at_too() -> None:
    pipeline = pipeline_of(SightedInterpreter(), per_s=0.01)
    for number in range(12):
        pipeline.step(painted(walkers(3, 150, number), number))
    assert all(seen.appearance.looked_again >= SECOND_LOOKS for seen in pipeline.finish())
    assert pipeline.second_looks.skipped == 0


def test_nothing_of_a_person_stays_behind() -> None:
    pipeline = pipeline_of(SightedInterpreter(), per_s=0.2)
    waited = 0
    for number in range(STEPS + 16):
        pipeline.step(painted(walkers(5, 150, number) if number < STEPS else [], number))
        waited = max(waited, sum(views.waiting for views in pipeline._views.values()))
        assert waited <= MOST_WAITING
    assert waited >= SECOND_LOOKS * 3
    assert pipeline._views == {}
    assert pipeline._early_due == {}


def test_where_the_memory_for_close_ups_is_full_the_first_look_describes() -> None:
    pipeline = pipeline_of(SightedInterpreter(), per_s=0.01)
    for number in range(12):
        pipeline.step(painted(crowd(21, number), number))
        assert sum(views.waiting for views in pipeline._views.values()) <= MOST_WAITING
    seen = [views for views in pipeline._views.values() if views.kept]
    assert len(seen) * SECOND_LOOKS > MOST_WAITING, "some have to do without"
    assert min(views.kept for views in seen) > SECOND_LOOKS
    assert pipeline.second_looks.skipped == 0


@pytest.mark.parametrize("height", [150, 700])
def test_a_photo_is_looked_at_again_if_the_person_is_small(height: float) -> None:
    pipeline = pipeline_of(SightedInterpreter())
    still = pipeline.still(painted([standing(480, 10, height)], 0))
    assert still is not None
    assert still.appearance.looked_again == pipeline.second_looks.taken == (height < 300)


def test_without_second_looks_the_recipe_is_another_one() -> None:
    network = SightedInterpreter()
    off = pipeline_of(network, per_s=0)
    assert [seen.appearance.looked_again for seen in walk(off)] == [0]
    assert off.second_looks.taken == 0
    on = pipeline_of(network).recipe
    assert on.differences(off.recipe) == f"second_looks: {SECOND_LOOKS} here, 0 there"
    assert on.id != off.recipe.id
    assert on == pipeline_of(network, per_s=9.0).recipe, "how many a second is no part of it"
    assert msgspec.structs.replace(on, second_looks=0) == off.recipe
