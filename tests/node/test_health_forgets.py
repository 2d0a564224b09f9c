"""A fault that is over is said for a while and then no more; advice fits how the camera is connected."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.node.health import HELD_S, LOSS_S, Pulse, Start
from edge.node.lately import Lately
from edge.problems import SENTENCES, Problem
from edge.seams import Optics
from edge.vocabulary import CameraKind
from tests.node.readings import WELL, report, running

BEAT_S = 10


class Node:
    """A node that reports every ten seconds, at 10 frames a second."""

    def __init__(self) -> None:
        self.pulse = running()
        self.now = 30.0
        self.counts: dict[str, Any] = {}

    def goes_on(self, seconds: float, **counts: Any) -> set[str]:
        """Return the codes of its last heartbeat after so many seconds with these counts."""
        self.counts |= counts
        beat = None
        for _ in range(int(seconds / BEAT_S)):
            for _ in range(10 * BEAT_S):
                self.now += 0.1
                self.pulse.beat(self.now, invoke_s=0.01, people=1)
            beat = report(self.pulse, self.now, WELL._replace(**self.counts))
        assert beat is not None
        return {problem.code for problem in beat.problems}


@pytest.mark.parametrize(
    ("counts", "code", "for_s"),
    [
        ({"reconnects": 1}, "camera-lost", HELD_S),
        ({"frames_dropped": 4000}, "frames-dropped", HELD_S),
        ({"refused_publishes": 3}, "refused-by-broker", HELD_S),
        ({"failures": 1}, "model-failed", LOSS_S),
        ({"outbox_lost": 60}, "outbox-lost", LOSS_S),
        ({"refused_acks": 1}, "outbox-older", LOSS_S),
    ],
)
def test_what_is_over_is_forgotten_and_what_comes_again_is_said_again(
    counts: dict[str, Any], code: str, for_s: float
) -> None:
    node = Node()
    assert node.goes_on(60) == set()
    assert node.goes_on(BEAT_S, **counts) == {code}
    assert node.goes_on(for_s - 2 * BEAT_S) == {code}
    assert node.goes_on(3 * BEAT_S) == set()
    assert node.goes_on(BEAT_S, **{name: 2 * count for name, count in counts.items()}) == {code}


def test_the_number_is_that_of_the_last_minutes() -> None:
    node = Node()
    node.goes_on(60, reconnects=5)
    node.goes_on(2 * HELD_S)
    node.goes_on(BEAT_S, reconnects=7)
    (said,) = report(node.pulse, node.now, WELL._replace(**node.counts)).problems
    assert said == Problem("camera-lost", [2])


def test_a_bad_day_does_not_hide_that_every_frame_is_dropped_now() -> None:
    """Of all frames since the start 5 % were dropped, of those of the last minutes half."""
    node = Node()
    node.goes_on(6000)
    assert "frames-dropped" in node.goes_on(300, frames_dropped=3000)


def test_damage_at_the_start_is_forgotten_and_what_replaces_a_file_is_not() -> None:
    start = Start(repairs=(Problem("outbox-damaged"), Problem("counts-damaged", [50]), Problem("copy-settings")))
    early, late = (report(running(seconds=at), at, start=start) for at in (60.0, LOSS_S + 60))
    assert [one.code for one in early.problems] == ["outbox-damaged", "counts-damaged", "copy-settings"]
    assert [one.code for one in late.problems] == ["copy-settings"]


@pytest.mark.parametrize("kind", get_args(CameraKind))
def test_advice_is_about_what_connects_the_camera(kind: CameraKind) -> None:
    counters = WELL._replace(kind=kind, reconnects=2, frames_dropped=900)
    said = " ".join(one.sentence for one in report(running(), 40.0, counters).problems)
    assert ("ribbon cable" in said, "USB" in said, "network" in said) == tuple(
        kind == one for one in ("pi", "usb", "net")
    )


def test_only_a_pi_camera_has_a_ribbon_cable() -> None:
    for code, sentence in SENTENCES.items():
        assert "cable" not in sentence or not code.endswith(("-net", "-usb", "-file")), code


@pytest.mark.parametrize(
    ("optics", "shown"),
    [
        (Optics(), (None, None)),
        (Optics(66.0, 1.0), (66, 100)),
        (Optics(46.8, 0.667), (47, 67)),
        (Optics(90.0), (90, None)),
    ],
)
def test_the_view_that_the_camera_got_is_told(optics: Optics, shown: tuple[int | None, int | None]) -> None:
    found = report(running(), counters=WELL._replace(optics=optics))
    assert (found.angle, found.lens_percent) == shown
    assert [one.code for one in found.problems] == (["camera-crops"] if shown[1] == 67 else [])


@given(st.lists(st.tuples(st.floats(0.1, 400), st.integers(0, 3)), min_size=1), st.sampled_from([100.0, 600.0]))
def test_growth_is_what_was_added_within_the_window(steps: list[tuple[float, int]], window_s: float) -> None:
    lately, now, total = Lately(), 0.0, 0
    added: list[tuple[float, int]] = []
    for pause_s, more in steps:
        now, total = now + pause_s, total + more
        added.append((now, more))
        expected = sum(count for at, count in added if at > now - window_s)
        assert lately.grown("count", total, now, window_s) == expected


def test_heartbeats_of_an_older_node_still_say_what_they_said() -> None:
    """Codes without a kind mean a Pi camera, as before."""
    assert wire.problem("camera-lost", 2).sentence.endswith("check the camera and its ribbon cable.")
    assert isinstance(Pulse(0.0).lately, Lately)
