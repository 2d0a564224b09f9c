"""`tools/evaluate clips` on a real clip, and its errors where there is nothing valid to measure."""

import argparse
import json
import sys
from pathlib import Path

import pytest

from edge.errors import ConfigError, SourceError
from tests.tools.evaluation.clips.made_up import encoded, staying, truth
from tools.evaluation.__main__ import main
from tools.evaluation.clips.command import add_arguments, clips
from tools.evaluation.clips.overlay import ROOT
from tools.evaluation.clips.report import show

CLIP = "aiit.mp4"
"""Six seconds: a man walks up, a woman overtakes."""


def arguments(street: Path, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser, street)
    return parser.parse_args(["--alone", *words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Empty folders clips/ and truth/."""
    for name in ("clips", "truth"):
        (tmp_path / "street" / name).mkdir(parents=True)
    return tmp_path / "street"


@pytest.fixture
def street(folder: Path, shared_data: Path) -> Path:
    """One short clip and its truth."""
    pytest.importorskip("motmetrics", reason="needs the dev extra")
    source = shared_data / "street"
    if not (source / "clips" / CLIP).exists():
        pytest.skip(f"no street clips at {source}")
    for part in (Path("clips") / CLIP, Path("truth") / f"{Path(CLIP).stem}.json"):
        (folder / part).symlink_to(source / part)
    return folder


def test_folders_that_are_not_there_end_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["evaluate", "clips", "--clips", str(tmp_path / "none"), "--truth", str(tmp_path)])
        assert main() == 2
    assert "--clips" in capsys.readouterr().err


def test_empty_folders_end_it(folder: Path) -> None:
    with pytest.raises(SourceError, match="expected clips, found none"):
        clips(arguments(folder))


def test_pictures_of_people_stay_out_of_the_repository(folder: Path) -> None:
    with pytest.raises(ConfigError, match="outside of"):
        clips(arguments(folder, "--overlay", str(ROOT / "pictures")))
    assert not (ROOT / "pictures").exists()


@pytest.mark.parametrize("words", [["--fps", "0"], ["--fps", "nan"], ["--fps", "1000"]])
def test_impossible_rates_are_refused(folder: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(folder, *words)


@pytest.mark.requires_clips
def test_a_clip_is_measured_while_broken_ones_are_named(street: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt: dict[str, dict[str, str | None]] = {
        "keyless": {"fps": None},
        "gone": {"clip": "gone.mp4"},
        "other": {"clip": "other.mp4"},
    }
    for name, changes in spoilt.items():
        (street / "truth" / f"{name}.json").write_bytes(encoded(truth({"A": staying(100)}), **changes))
    (street / "clips" / "other.mp4").write_bytes(b"not the one that was labelled")
    (street / "clips" / "unplayable.mp4").write_bytes(b"no video at all")
    found = clips(arguments(street, "--overlay", str(street / "pictures"), "--fps", "10"))
    assert set(found["not measured"]) == {"keyless", "gone", "other", "unplayable"}
    assert "sha256" in found["not measured"]["other"]
    assert capsys.readouterr().err.count("not measured") == 4
    _is_plausible(found["clips"]["aiit"])
    assert found["together"] == found["clips"]["aiit"]
    assert 0 < found["tracking"]["ours"]["together"]["MOTA"] <= 1
    assert found["fps"]["aiit"] == pytest.approx(12, abs=0.5), "two frames of five at 30 frames a second"
    assert [path.name for path in sorted((street / "pictures").iterdir())] == [
        f"aiit-{number:05d}.jpg" for number in (0, 60, 120, 180)
    ]
    show(json.loads(json.dumps(found)))
    assert "not the file that was labelled" in capsys.readouterr().out


@pytest.mark.requires_clips
def test_a_clip_without_truth_is_judged_by_its_skeletons(street: Path) -> None:
    (street / "truth" / "aiit.json").unlink()
    found = clips(arguments(street, "--fps", "6"))
    assert found["clips"] == found["tracking"] == found["detectors"] == {}
    counts = found["without truth"]["aiit"]["plausibility"]
    assert 0 <= counts["impossible"] <= counts["sightings"] <= 10
    show(found)


def _is_plausible(counts: dict[str, dict[str, int]]) -> None:
    """Check the counts of a model that finds most people: a man and a woman in 51 boxes, both long enough."""
    assert counts["truth"] == {"people": 2, "boxes": 51}
    assert counts["present"]["all"] == counts["present"]["front"] + counts["present"]["back"] == 51
    assert 25 <= counts["found"]["all"] <= 51
    assert sum(counts["fates"].values()) == 2
    assert counts["detections"]["on a person"] == counts["found"]["all"]
