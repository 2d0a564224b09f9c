"""Sources as people write them, and the camera that each opens."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from edge.clock import SystemClock
from edge.errors import ConfigError, SourceError
from edge.frame import source
from edge.frame.live import Retry
from edge.frame.photos import Photos
from edge.frame.source import open_camera
from edge.frame.video import Clip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A clip, a photo and a folder of photos."""
    writer = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(3):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    (tmp_path / "photos").mkdir()
    for path in (tmp_path / "me.JPG", tmp_path / "photos" / "1.png"):
        assert cv2.imwrite(str(path), np.zeros((48, 64, 3), np.uint8))
    return tmp_path


@pytest.mark.parametrize(("name", "kind"), [("clip.avi", Clip), ("me.JPG", Photos), ("photos", Photos)])
@pytest.mark.parametrize("prefix", ["", "replay:"])
def test_files_open_with_and_without_a_prefix(files: Path, prefix: str, name: str, kind: type[Any]) -> None:
    camera = open_camera(f"{prefix}{files / name}", clock=SystemClock(), pace="fast", start_at=7.0)
    assert isinstance(camera, kind)
    frame = camera.read()
    camera.close()
    assert frame is not None
    assert (frame.captured_at, frame.number, camera.name) == (7.0, 0, name)


def test_live_specs_reach_their_openers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, ...]] = []
    for name in ("open_picamera", "open_usb", "open_stream"):
        monkeypatch.setattr(source, name, lambda what, name=name, **more: seen.append((name, what, more)))
    for spec in ("picamera2", "picamera2:1", "v4l2:/dev/video2", "rtsp://h/x", "http://h/mjpeg", "https://h/m"):
        open_camera(spec, clock=SystemClock(), input_size=(353, 481))
    assert [entry[:2] for entry in seen] == [
        ("open_picamera", 0),
        ("open_picamera", 1),
        ("open_usb", "/dev/video2"),
        ("open_stream", "rtsp://h/x"),
        ("open_stream", "http://h/mjpeg"),
        ("open_stream", "https://h/m"),
    ]
    assert seen[0][2]["input_size"] == (353, 481)


@pytest.mark.parametrize("spec", ["", "webcam", "v4l2", "v4l2:", "replay:", "gone.mp4", "ftp://x/"])
def test_an_unknown_source_lists_the_kinds(spec: str) -> None:
    with pytest.raises(ConfigError, match=r"expected one of: picamera2.*v4l2.*rtsp.*street:SEED.*replay:PATH") as err:
        open_camera(spec, clock=SystemClock())
    assert repr(spec) in str(err.value)


def test_a_street_gets_the_whole_spec_and_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    street = ModuleType("edge.street.camera")
    vars(street)["from_spec"] = lambda spec, **more: (spec, more)
    monkeypatch.setitem(sys.modules, "edge.street.camera", street)
    clock = SystemClock()
    opened: object = open_camera("street:7?camera=1", clock=clock, start_at=5.0, pace="fast")
    assert opened == ("street:7?camera=1", {"start_at": 5.0, "pace": "fast", "clock": clock})


@pytest.mark.parametrize(
    "spec",
    ["rtp://admin:Passw0rd@10.0.0.9/x", "admin:Passw0rd@10.0.0.9/main", "cam?password=Passw0rd", "usb:Passw0rd@1"],
)
def test_an_unknown_source_shows_no_password(spec: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_camera(spec, clock=SystemClock())
    assert "Passw0rd" not in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        "rtsp://admin:Pass#w0rd@127.0.0.1:1/x",
        "rtsp://admin:Pa/ssw0rd@127.0.0.1:1/x",
        "RTSP://admin:Passw0rd@127.0.0.1:1/x",
        "http://127.0.0.1:1/video?user=admin&password=Passw0rd",
        "rtsp://127.0.0.1:1/user=admin_password=Passw0rd_channel=1_stream=0.sdp",
        "rtsp://[::1/Passw0rd",
    ],
)
def test_a_stream_that_does_not_open_shows_no_password(spec: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match=r"^(rtsp|http)://.*cannot open it .* `ffplay`") as caught:
        open_camera(spec, clock=SystemClock(), retry=Retry(tries=0))
    assert "w0rd" not in str(caught.value) + capfd.readouterr().err


def test_a_camera_number_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="picamera2:N"):
        open_camera("picamera2:left", clock=SystemClock())


def test_a_missing_replay_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.mp4: expected a video"):
        open_camera(f"replay:{tmp_path / 'gone.mp4'}", clock=SystemClock())
