import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import TrackSection
from edge.records import Departure, Detection, Heading, Zone
from edge.track.tracker import Tracker
from tests.people import detection, standing

SIZE = (360, 640)
FPS = 8.0


def run(frames: list[list[Detection]], section: TrackSection | None = None) -> list[Departure]:
    tracker = Tracker(section or TrackSection())
    departures = [d for i, found in enumerate(frames) for d in tracker.update(found, i / FPS, SIZE).departures]
    return [d for d in departures + tracker.finish() if d.is_confirmed]


def walk(start: float, end: float, seconds: float, height: float = 200, top: float = 80) -> list[Detection]:
    return [detection(standing(x, top, height)) for x in np.linspace(start, end, int(seconds * FPS))]


def test_one_walker_is_one_departure_with_zone_and_heading() -> None:
    (gone,) = run([[d] for d in walk(40, 600, 5)] + [[]] * 20)
    assert (gone.zone, gone.heading, gone.has_moved) == (Zone.RIGHT, Heading.RIGHT, True)
    (back,) = run([[d] for d in walk(600, 300, 4)])
    assert (back.zone, back.heading) == (Zone.CENTRE, Heading.LEFT)


def test_growing_is_walking_toward_and_shrinking_away() -> None:
    coming = [[detection(standing(320, 180 - h / 2, h))] for h in np.linspace(90, 250, 40)]
    assert [d.heading for d in run(coming)] == [Heading.TOWARD]
    assert [d.heading for d in run(coming[::-1])] == [Heading.AWAY]


def test_two_who_cross_stay_two() -> None:
    frames = [list(pair) for pair in zip(walk(60, 580, 6), walk(580, 60, 6, height=220, top=70), strict=True)]
    departures = run(frames)
    assert sorted(d.heading for d in departures) == [Heading.LEFT, Heading.RIGHT]


def test_an_occlusion_shorter_than_the_gap_does_not_split_a_walker() -> None:
    frames = [[d] for d in walk(60, 560, 6)]
    frames[20:30] = [[] for _ in range(10)]
    assert len(run(frames)) == 1


def test_a_longer_absence_is_a_new_sighting() -> None:
    frames = [[d] for d in walk(60, 200, 2)] + [[] for _ in range(40)] + [[d] for d in walk(200, 300, 2)]
    assert len(run(frames)) == 2


def test_what_never_moves_is_held_back() -> None:
    rng = np.random.default_rng(3)
    poster = standing(320, 80, 200)
    frames = [[detection((poster + rng.normal(0, 2, poster.shape)).astype(np.float32))] for _ in range(80)]
    (gone,) = run(frames)
    assert not gone.has_moved


def test_a_flicker_is_never_confirmed() -> None:
    frames: list[list[Detection]] = [[] for _ in range(30)]
    frames[10] = [detection(standing(300, 80, 200))]
    frames[11] = [detection(standing(302, 80, 200))]
    assert run(frames) == []


def test_unsure_detections_continue_a_track_but_never_start_one() -> None:
    weak = [[detection(d.keypoints, 0.32)] for d in walk(60, 500, 5)]
    assert run(weak) == []
    mixed = [[detection(d.keypoints, 0.32 if 10 < i < 30 else 0.9)] for i, d in enumerate(walk(60, 500, 5))]
    assert len(run(mixed)) == 1


def test_a_second_skeleton_on_the_same_person_is_no_second_person() -> None:
    frames = [[d, detection(d.keypoints + np.float32(6), 0.6)] for d in walk(60, 560, 5)]
    assert len(run(frames)) == 1


def test_who_left_the_picture_has_ended_before_the_gap_is_over() -> None:
    tracker = Tracker(TrackSection(max_gap_s=5.0))
    for i, found in enumerate(walk(60, 635, 4)):
        tracker.update([found], i / FPS, SIZE)
    ended = [tracker.update([], 4 + i / FPS, SIZE).departures for i in range(8)]
    assert sum(map(len, ended)) == 1


@given(
    people=st.integers(1, 4),
    speed=st.floats(60, 160),
    fps=st.sampled_from([5.0, 8.0, 15.0]),
    seed=st.integers(0, 100),
)
@settings(max_examples=25, deadline=None)
def test_walkers_in_lanes_are_counted_whatever_their_speed(people: int, speed: float, fps: float, seed: int) -> None:
    """Detections jitter by 1 % of the height and one in ten is missing."""
    rng = np.random.default_rng(seed)
    tracker, confirmed = Tracker(TrackSection()), 0
    for i in range(int(500 / speed * fps)):
        found = [
            detection(
                (standing(60 + speed * i / fps, 5 + 55 * lane, 180) + rng.normal(0, 2, (17, 2))).astype(np.float32)
            )
            for lane in range(people)
            if rng.random() > 0.1
        ]
        confirmed += sum(d.is_confirmed for d in tracker.update(found, i / fps, SIZE).departures)
    confirmed += sum(d.is_confirmed for d in tracker.finish())
    assert confirmed == people
