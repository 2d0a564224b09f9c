import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import TrackSection
from edge.records import Departure, Detection, Heading, Zone
from edge.track.tracker import Tracker, TrackerStep
from tests.people import detection, standing

SIZE = (360, 640)
FPS = 8.0


GREY = np.full((2, 3), 40, np.float32)


def update(tracker: Tracker, found: list[Detection], at: float, looks: list[np.ndarray] | None = None) -> TrackerStep:
    colours = np.array(looks if looks is not None else [GREY] * len(found), np.float32).reshape(-1, 2, 3)
    return tracker.update(found, colours, at, SIZE)


def run(frames: list[list[Detection]], section: TrackSection | None = None) -> list[Departure]:
    tracker = Tracker(section or TrackSection())
    departures = [d for i, found in enumerate(frames) for d in update(tracker, found, i / FPS).departures]
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
        update(tracker, [found], i / FPS)
    ended = [update(tracker, [], 4 + i / FPS).departures for i in range(8)]
    assert sum(map(len, ended)) == 1


def test_someone_entering_where_another_left_is_somebody_else() -> None:
    """At the picture's edge place and time say nothing; the colours decide."""
    black, white = np.full((2, 3), [10, 0, 0], np.float32), np.full((2, 3), [90, 0, 0], np.float32)
    tracker = Tracker(TrackSection())
    nobody: list[tuple[list[Detection], list[np.ndarray]]] = [([], [])] * 4
    steps = [([d], [black]) for d in walk(300, 620, 3)] + nobody + [([d], [white]) for d in walk(620, 300, 3)]
    departures = [d for i, (f, c) in enumerate(steps) for d in update(tracker, f, i / FPS, c).departures]
    assert [d.heading for d in departures + tracker.finish()] == [Heading.RIGHT, Heading.LEFT]


def test_two_in_different_colours_keep_them_through_a_crossing() -> None:
    red, blue = np.full((2, 3), [50, 60, 40], np.float32), np.full((2, 3), [40, 0, -50], np.float32)
    tracker, ids = Tracker(TrackSection()), []
    pairs = list(zip(walk(60, 580, 6), walk(580, 60, 6), strict=True))
    for i, (one, other) in enumerate(pairs):
        hidden = 22 <= i <= 26
        found, colours = ([one], [red]) if hidden else ([one, other], [red, blue])
        tracks = update(tracker, found, i / FPS, colours).tracks
        ids.append({t.track_id: float(t.detection.keypoints[0, 0]) for t in tracks if t.is_visible})
    red_id, blue_id = min(ids[2], key=ids[2].__getitem__), max(ids[2], key=ids[2].__getitem__)
    assert ids[-1][red_id] > 500
    assert ids[-1][blue_id] < 100


@given(
    people=st.integers(1, 4),
    speed=st.floats(60, 160),
    fps=st.sampled_from([5.0, 8.0, 15.0]),
    seed=st.integers(0, 100),
)
@settings(max_examples=25)
def test_walkers_in_lanes_are_counted_whatever_their_speed(people: int, speed: float, fps: float, seed: int) -> None:
    """Detections jitter by 1 % of the height, and one in ten is missing."""
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
        confirmed += sum(d.is_confirmed for d in update(tracker, found, i / fps).departures)
    confirmed += sum(d.is_confirmed for d in tracker.finish())
    assert confirmed == people


@given(st.floats(2.0, 1e6))
@settings(max_examples=20)
def test_a_clock_set_back_ends_everybody_and_they_are_seen_anew(back_s: float) -> None:
    """Otherwise a person from the future would stay in view until that time comes again."""
    tracker, people = Tracker(TrackSection()), walk(60, 560, 6)
    departures = []
    for i, person in enumerate(people):
        step = update(tracker, [person], 1e6 + i / FPS - back_s * (i >= 24))
        departures += step.departures
        assert len(step.tracks) == 1
    assert [d.is_confirmed for d in [*departures, *tracker.finish()]] == [True, True]
