"""Pictures, maps and truths of one moment agree with each other."""

import numpy as np
import pytest

from edge.records import CLASSES, KEYPOINTS, Heading
from edge.street.camera import StreetCamera
from edge.street.gait import AT
from edge.street.truth import PATTERNS, WalkerTruth

NUMBERS = range(0, 480, 24)
GARMENTS = {CLASSES.index(name) for name in ("upper", "outer", "dress", "lower")}
TORSO = [KEYPOINTS.index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "hip")]


@pytest.fixture(scope="module")
def truths(cameras: list[StreetCamera]) -> dict[tuple[int, int], list[WalkerTruth]]:
    """Truths by camera and frame."""
    return {(i, number): camera.truth(number) for i, camera in enumerate(cameras) for number in NUMBERS}


def test_a_frame_is_the_same_each_time_and_in_any_order(cameras: list[StreetCamera]) -> None:
    again = StreetCamera(7, camera=1)
    later, first = cameras[1].frame(200).pixels, cameras[1].frame(3).pixels
    assert np.array_equal(again.frame(3).pixels, first)
    assert np.array_equal(again.frame(200).pixels, later)
    assert not np.array_equal(first, later)
    assert not np.array_equal(first, StreetCamera(8, camera=1).frame(3).pixels)


def test_frames_differ_where_somebody_walks(cameras: list[StreetCamera]) -> None:
    number = next(n for n in NUMBERS if any(t.is_full_height for t in cameras[1].truth(n)))
    one, other = (cameras[1].frame(n).pixels.astype(int) for n in (number, number + 4))
    change = np.abs(one - other).max(axis=2) > 40
    assert 0.002 < change.mean() < 0.3


def test_pictures_are_pictures(cameras: list[StreetCamera]) -> None:
    for camera in cameras:
        pixels = camera.frame(40).pixels
        assert pixels.shape == (360, 640, 3)
        assert pixels.dtype == np.uint8
        assert 60 < pixels.mean() < 190


def test_boxes_hold_their_keypoints(truths: dict[tuple[int, int], list[WalkerTruth]]) -> None:
    seen = [t for people in truths.values() for t in people]
    assert len(seen) > 60
    for t in seen:
        x1, y1, x2, y2 = t.box
        assert t.keypoints.shape == (17, 2)
        assert (t.keypoints >= (x1, y1)).all()
        assert (t.keypoints <= (x2, y2)).all()
        assert t.is_full_height == (x1 >= 0 and y1 >= 0 and x2 <= 639 and y2 <= 359)
        assert 0 <= t.visible <= 1
        assert 3.5 < t.distance < 14


def test_left_is_the_walkers_own_left(truths: dict[tuple[int, int], list[WalkerTruth]]) -> None:
    """Facing the camera, a walker's left is on the picture's right; from behind it is on its left."""
    left, right = KEYPOINTS.index("left_hip"), KEYPOINTS.index("right_hip")
    views = {t.view: t for people in truths.values() for t in people}
    for people in truths.values():
        for t in people:
            aside = t.keypoints[left, 0] - t.keypoints[right, 0]
            assert t.view != "front" or aside > 0
            assert t.view != "back" or aside < 0
    assert "side" in views


def test_a_heading_is_where_the_next_frames_go(cameras: list[StreetCamera]) -> None:
    now, soon = cameras[1].truth(100), {t.walker_id: t for t in cameras[1].truth(104)}
    sideways = [t for t in now if t.heading in (Heading.LEFT, Heading.RIGHT) and t.walker_id in soon]
    assert sideways
    for t in sideways:
        moved = soon[t.walker_id].keypoints[TORSO, 0].mean() - t.keypoints[TORSO, 0].mean()
        assert (moved > 0) == (t.heading == Heading.RIGHT)


def test_the_garment_map_lies_under_the_torso(
    cameras: list[StreetCamera], truths: dict[tuple[int, int], list[WalkerTruth]]
) -> None:
    hits = []
    for (i, number), people in truths.items():
        clear = [t for t in people if t.is_full_height and t.visible > 0.9]
        if not clear:
            continue
        garments, patterns = cameras[i].garment_map(number), cameras[i].pattern_map(number)
        assert garments.max() < len(CLASSES)
        assert patterns.max() < len(PATTERNS)
        is_skin = np.isin(garments, [CLASSES.index(name) for name in ("background", "skin", "hair")])
        assert ((patterns == 0) == is_skin).all()
        for t in clear:
            x, y = np.rint(t.keypoints[TORSO].mean(axis=0)).astype(int)
            hits.append(int(garments[y, x]) in GARMENTS | {CLASSES.index("skin"), CLASSES.index("bag")})
            assert (garments[int(t.box[1]) : int(t.box[3]), int(t.box[0]) : int(t.box[2])] > 0).mean() > 0.15
    assert len(hits) > 20
    assert np.mean(hits) > 0.95


def test_labels_are_where_the_picture_has_changed(cameras: list[StreetCamera]) -> None:
    """Colour and labels are drawn from one geometry: labelled pixels are where frames of the empty street differ."""
    camera = cameras[1]
    number = next(n for n in NUMBERS if any(t.visible == 1 and t.is_full_height for t in camera.truth(n)))
    labels = camera.garment_map(number) > 0
    background = camera._renderer._scene.background.astype(int)
    gains = camera._renderer._sensor.gains(camera.street_time(number))
    change = np.abs(camera.frame(number).pixels / gains - background).max(axis=2) > 25
    assert (change & labels).sum() > 0.6 * labels.sum()


def test_all_cameras_see_one_street(cameras: list[StreetCamera]) -> None:
    """All cameras show one set of walkers at the same places and times, from different sides."""
    seen_twice = 0
    for number in range(0, 480, 12):
        at = cameras[0].street_time(number)
        by_camera = [{t.walker_id: t for t in camera._renderer.truths(at)} for camera in cameras]
        present = {w.walker_id: w for w in cameras[0].street.walkers(at, at + 1e-9)}
        for camera, seen in zip(cameras, by_camera, strict=True):
            assert set(seen) <= set(present)
            for walker_id, t in seen.items():
                joints = present[walker_id].pose(np.array([at]))[0]
                points, _ = camera._renderer.view.project(joints[[AT[name] for name in KEYPOINTS]])
                assert t.keypoints == pytest.approx(points, abs=0.01)
        seen_twice += len(set(by_camera[0]) & set(by_camera[1])) + len(set(by_camera[1]) & set(by_camera[2]))
    assert seen_twice > 5
