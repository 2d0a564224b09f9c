import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import TrackSection
from edge.records import Departure, Detection, Heading, Zone
from edge.track.tracker import Tracker, TrackerStep
from edge.track.tracklet import TORSO, body_heights, centres
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


def test_who_is_lost_for_a_moment_goes_on_at_once_where_nobody_else_claims_the_place() -> None:
    frames = [[d] for d in walk(60, 560, 6)]
    frames[20:24] = [[] for _ in range(4)]
    (gone,) = run(frames)
    assert not gone.joined


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


def test_a_departure_is_told_after_the_gap_and_not_later() -> None:
    """It waits for a continuation; nothing of the person is kept longer."""
    tracker, section = Tracker(TrackSection()), TrackSection()
    for i, found in enumerate(walk(60, 635, 4)):
        update(tracker, [found], i / FPS)
    ended = [(i / FPS, update(tracker, [], 4 + i / FPS).departures) for i in range(20)]
    ((at, _),) = [(at, departures) for at, departures in ended if departures]
    assert section.max_gap_s - 1 / FPS < at <= section.max_gap_s + 1 / FPS
    assert tracker._people == []


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


def test_the_same_walk_gives_the_same_departures_at_any_time_of_day() -> None:
    frames = [list(pair) for pair in zip(walk(60, 580, 6), walk(580, 60, 6, height=220, top=70), strict=True)]
    frames[15:25] = [pair[:1] for pair in frames[15:25]]
    told = []
    for start in (0.0, 1.7e9):
        tracker = Tracker(TrackSection())
        for i, found in enumerate(frames):
            update(tracker, found, start + i / FPS)
        told.append([(d.track_id, d.joined, d.zone, d.heading) for d in tracker.finish()])
    assert told[0] == told[1]


@given(st.integers(0, 200))
@settings(max_examples=20, deadline=None)
def test_twins_born_of_jitter_are_one_sighting(seed: int) -> None:
    """At 30 frames a second one skeleton in six jumps aside by a fifth of a height, as over a bag."""
    rng, tracker, gone = np.random.default_rng(seed), Tracker(TrackSection()), []
    for i, x in enumerate(np.linspace(60, 460, 120)):
        pose = standing(float(x) + 40 * (rng.random() < 1 / 6), 80, 200) + rng.normal(0, 4, (17, 2))
        gone += update(tracker, [detection(pose.astype(np.float32))], i / 30).departures
    assert sum(d.is_confirmed for d in gone + tracker.finish()) == 1


def test_who_is_lost_and_found_elsewhere_in_the_same_clothes_is_linked() -> None:
    """Stopped behind a lorry for a second: not where the velocity leads to."""
    found = [[d] for d in walk(60, 300, 3)] + [[]] * 8 + [[d] for d in walk(330, 560, 3)]
    (gone,) = run(found)
    assert gone.last_seen_at - gone.first_seen_at > 6


def test_a_track_keeps_the_id_of_its_first_part() -> None:
    tracker, ids = Tracker(TrackSection()), []
    found = [[d] for d in walk(60, 300, 3)] + [[]] * 8 + [[d] for d in walk(330, 560, 3)]
    for i, people in enumerate(found):
        ids += [track.track_id for track in update(tracker, people, i / FPS).tracks if track.is_visible]
    assert ids[0] == ids[-1]
    (gone,) = tracker.finish()
    assert gone.track_ids == (ids[0], *gone.joined)


def test_a_swaying_camera_does_not_split_a_group() -> None:
    """Four people walk apart; the picture jumps by a third of a height at 8 frames a second."""
    rng, frames = np.random.default_rng(1), []
    lanes = [walk(60 + 130 * k, 160 + 130 * k, 5, height=100) for k in range(4)]
    for people in zip(*lanes, strict=True):
        jump = rng.normal(0, 20, 2).astype(np.float32)
        frames.append([detection(person.keypoints + jump) for person in people])
    assert len(run(frames)) == 4


@given(seed=st.integers(0, 10_000), people=st.integers(1, 5), fps=st.sampled_from([5.0, 12.0, 30.0]))
@settings(max_examples=30, deadline=None)
def test_whatever_is_detected_ids_are_new_and_nobody_is_held_for_long(seed: int, people: int, fps: float) -> None:
    """People come, go, jitter and are missed at random; false people appear."""
    rng, section = np.random.default_rng(seed), TrackSection()
    tracker, told, last = Tracker(section), set[int](), dict[int, float]()
    spots, steps = rng.uniform(40, 600, people), rng.normal(0, 80, people)
    for i in range(int(4 * fps)):
        at = i / fps
        spots = spots + steps / fps
        found = [
            detection((standing(x, 80, 180) + rng.normal(0, 6, (17, 2))).astype(np.float32), rng.uniform(0.3, 0.9))
            for x in (*spots, rng.uniform(0, 640))
            if rng.random() > 0.3
        ]
        step = update(tracker, found, at, list(rng.uniform(20, 60, (len(found), 2, 3))))
        seen = [track for track in step.tracks if track.is_visible]
        assert len({id(track.detection) for track in seen}) == len({track.track_id for track in seen}) == len(seen)
        assert not told & {track.track_id for track in step.tracks}
        last |= dict.fromkeys((track.track_id for track in seen), at)
        for gone in step.departures:
            assert not told & set(gone.track_ids)
            assert at - gone.last_seen_at <= section.max_gap_s + 1 / fps + 1e-6
            told |= set(gone.track_ids)
    rest = tracker.finish()
    assert told | {one for gone in rest for one in gone.track_ids} == set(last)
    assert tracker._people == []


@given(fps=st.sampled_from([5.0, 8.0, 15.0, 30.0]), hidden=st.integers(0, 3), seed=st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_two_who_cross_in_different_clothes_are_two_sightings(fps: float, hidden: int, seed: int) -> None:
    """One is hidden by the other for a moment; poses jitter."""
    rng = np.random.default_rng(seed)
    looks = [np.full((2, 3), [50, 60, 40], np.float32), np.full((2, 3), [40, 0, -50], np.float32)]
    tracker, gone = Tracker(TrackSection()), []
    for i in range(int(6 * fps)):
        at = i / fps
        places = (60 + 85 * at, 580 - 85 * at)
        seen = [0] if abs(places[0] - places[1]) < 25 * hidden else [0, 1]
        found = [detection((standing(places[k], 80, 200) + rng.normal(0, 2, (17, 2))).astype(np.float32)) for k in seen]
        gone += update(tracker, found, at, [looks[k] for k in seen]).departures
    gone += tracker.finish()
    assert sorted(d.heading for d in gone if d.is_confirmed) == [Heading.LEFT, Heading.RIGHT]


def test_a_torso_is_where_its_believed_joints_are() -> None:
    whole, empty = detection(standing(100, 80, 200)), detection(standing(300, 80, 200))
    empty.confidences[:] = 0
    places = centres([whole, empty])
    assert np.allclose(places[0], whole.keypoints[list(TORSO)].mean(axis=0))
    assert np.allclose(places[1], [(empty.box[0] + empty.box[2]) / 2, (empty.box[1] + empty.box[3]) / 2])
    assert body_heights([whole, empty]) == [float(np.ptp(whole.keypoints[:, 1]))] * 2
    assert centres([]).shape == (0, 2)
