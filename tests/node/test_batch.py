"""`spotter learn`, `score` and `bench` on pictures of the simulated street, with the real model."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.cli import main
from edge.street.camera import StreetCamera

CUT_HEIC = "is an? (damaged )?HEIC photo"
"""What is said of a cut HEIC photo: with the extra heic, that it is damaged."""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of the simulated street with a person at full height in the middle of the picture."""
    folder = tmp_path_factory.mktemp("photos")
    camera, number, written = StreetCamera(5), 0, 0
    while written < 12:
        number += 4
        truth = camera.truth(number)
        tall = [one for one in truth if one.is_full_height and one.visible > 0.95 and one.box[3] - one.box[1] > 150]
        frame = camera.frame(number)
        if tall and 200 < (tall[0].box[0] + tall[0].box[2]) / 2 < 440:
            cv2.imwrite(str(folder / f"{written}.png"), frame.pixels[..., ::-1])
            written += 1
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def test_learn_then_score_gives_a_line_a_photo(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "street.baseline"
    assert main(["learn", str(photos), "--out", str(baseline)]) == 0
    learnt = capsys.readouterr()
    assert "1 unreadable" in learnt.err
    assert main(["score", str(photos), "--baseline", str(baseline), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 8 <= len(lines) <= 12, "a side view or an arm in front may hide the torso"
    assert all(line["source"].endswith(".png") and line["state"] == "warming_up" for line in lines)
    assert all(line["bits"] is None for line in lines)
    assert main(["baseline", "show", str(baseline), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sightings"] == len(lines)


def test_merging_equals_and_diff_says_so(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    assert main(["learn", str(photos / "0.png"), "--out", str(one)]) == 0
    assert main(["learn", str(photos / "1.png"), "--out", str(two)]) == 0
    assert main(["baseline", "merge", str(one), str(two), "--out", str(three)]) == 0
    assert main(["baseline", "merge", str(two), str(one), "--out", str(tmp_path / "four")]) == 0
    assert three.read_bytes() == (tmp_path / "four").read_bytes()
    capsys.readouterr()
    assert main(["baseline", "diff", str(three), str(tmp_path / "four")]) == 0
    assert main(["baseline", "diff", str(one), str(three)]) == 1


def test_a_baseline_says_where_it_is_from_and_can_be_adopted_by_a_camera(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, north = tmp_path / "city.baseline", tmp_path / "north.baseline"
    assert main(["learn", str(photos), "--place", "Soho", "--out", str(city)]) == 0
    node = tmp_path / "node.yaml"
    node.write_text("site: leeds\nnode: north\nscore: {min_sightings: 5}\n")
    adopt = ["baseline", "adopt", str(city), str(photos), "--config", str(node), "--out", str(north)]
    assert main(adopt) == 0
    capsys.readouterr()
    assert main(["baseline", "show", str(north), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["source"] for one in found["sources"]} == {"soho/other", "leeds/north"}
    assert main(["score", str(photos), "--config", str(node), "--baseline", str(north), "--json"]) == 0
    assert {json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()} == {"scored"}
    assert main(["baseline", "show", str(north)]) == 0
    assert "from 2 places and 2 cameras" in " ".join(capsys.readouterr().out.split())


def test_too_few_people_make_no_adopted_baseline(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, node, out = tmp_path / "city.baseline", tmp_path / "node.yaml", tmp_path / "north.baseline"
    assert main(["learn", str(photos), "--config", str(_config(node)), "--out", str(city)]) == 0
    assert main(["baseline", "adopt", str(city), str(photos), "--config", str(node), "--out", str(out)]) == 1
    assert "expected 100" in capsys.readouterr().err
    assert not out.exists()


def _config(path: Path) -> Path:
    path.write_text("site: leeds\nnode: north\n")
    return path


def test_nobody_is_bad_news_and_writes_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "wall.png"
    cv2.imwrite(str(empty), cv2.UMat(200, 300, cv2.CV_8UC3, (90, 90, 90)).get())
    assert main(["learn", str(empty), "--out", str(tmp_path / "x.baseline")]) == 1
    assert not (tmp_path / "x.baseline").exists()


def test_an_extreme_photo_ends_no_learning(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "extreme", tmp_path / "x.baseline"
    shutil.copytree(photos, folder)
    for name, shape in {"flat": (2, 4000), "thin": (4000, 3), "dot": (1, 1)}.items():
        cv2.imwrite(str(folder / f"{name}.png"), np.full((*shape, 3), 90, np.uint8))
    assert main(["learn", str(folder), "--out", str(out)]) == 0
    assert out.exists()


def test_what_cannot_be_read_is_named_and_counted(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "mixed", tmp_path / "x.baseline"
    shutil.copytree(photos, folder)
    (folder / "phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (folder / "empty.jpg").touch()
    (folder / "notes.txt").write_text("two people")
    (folder / "more").mkdir()
    assert main(["learn", str(folder), str(tmp_path / "mixed" / "empty.jpg"), "--out", str(out)]) == 0
    error = capsys.readouterr().err
    assert re.search(rf"skipped: phone\.HEIC {CUT_HEIC}", error)
    assert error.count("skipped: empty.jpg is empty") == 2
    assert "skipped: broken.png is damaged" in error
    assert "mixed: 3 unreadable, skipped" in error
    assert "mixed: ignored 2, no photos by their names: more, notes.txt" in error


def test_nothing_readable_is_not_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "x.baseline")
    heic = tmp_path / "phone.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert main(["learn", str(heic), "--out", out]) == 2
    assert re.match(rf"spotter: phone\.heic {CUT_HEIC}", capsys.readouterr().err)
    assert main(["learn", str(tmp_path), "--out", out]) == 2
    error = capsys.readouterr().err
    assert re.match(rf"skipped: phone\.heic {CUT_HEIC}", error)
    assert re.search(rf"none of 1 photos can be read; the first: phone\.heic {CUT_HEIC}", error)
    assert main(["learn", str(tmp_path), str(heic), "--out", out]) == 2
    assert "none of these sources could be read" in capsys.readouterr().err
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 300, 3), 90, np.uint8))
    assert main(["learn", str(tmp_path), "--out", out]) == 1
    assert "nobody was seen clearly in these sources; one file or source could not be read" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_a_line_of_json(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, baseline = tmp_path / "names", tmp_path / "x.baseline"
    folder.mkdir()
    shutil.copy(photos / "0.png", folder / os.fsdecode(b"\xff\xfe\x1b.png"))
    assert main(["learn", str(photos), "--out", str(baseline)]) == 0
    capsys.readouterr()
    assert main(["score", str(folder), "--baseline", str(baseline), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "\ufffd\ufffd?.png"


def test_the_runtime_is_silent_unless_asked(photos: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "edge.cli", "learn", str(photos / "0.png"), "--out", str(tmp_path / "x.baseline")]
    quiet, loud = (
        subprocess.run([*words, *more], capture_output=True, text=True, check=True) for more in ([], ["--verbose"])
    )
    assert quiet.stderr == ""
    assert "XNNPACK" in loud.stderr


def test_bench_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--source", "street:7?minutes=1", "--frames", "10", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["frames"] == 10
    assert found["ratio"] > 1
    assert set(found["stage_ms"]) == {"fit", "invoke", "decode", "track", "describe", "look"}
