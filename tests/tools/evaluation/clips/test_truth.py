"""Truth files: what they hold, and one clear error for each broken one."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from edge.errors import SourceError
from tests.tools.evaluation.clips.made_up import FRAMES, encoded, staying, truth
from tools.evaluation.clips.truth import Truth, read

CLIP = b"not a video, but as good as one here"


def file(folder: Path, **changes: Any) -> Path:
    """Write a truth file and its clip beside it."""
    (folder / "made-up.mp4").write_bytes(CLIP)
    path = folder / "made-up.json"
    sha256 = {"sha256": hashlib.sha256(CLIP).hexdigest()}
    path.write_bytes(encoded(truth({"A": staying(100)}, {0: [(0, 0, 9, 9)]}), **{**sha256, **changes}))
    return path


def test_a_truth_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = read(file(tmp_path), tmp_path)
    assert found.people["A"] == staying(100)
    assert found.at(0).names == ["A"]
    assert found.at(1).names == []
    assert found.ignore == {0: [(0, 0, 9, 9)]}


def test_keys_it_does_not_know_are_allowed(tmp_path: Path) -> None:
    assert read(file(tmp_path, camera="fixed"), tmp_path).clip == "made-up.mp4"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fps": None}, "`fps`"),
        ({"sha256": "1" * 64}, "1111"),
        ({"sha256": "unknown"}, "sha256"),
        ({"fps": 0}, r"\$\.fps"),
        ({"frames_labelled": [0]}, r"\$\.frames_labelled"),
        ({"frames_labelled": [0, 0, 5]}, "out of order or twice"),
        ({"frames_labelled": [0, 5]}, "found A at 10"),
        ({"clip": "another.mp4"}, "named after its clip"),
        ({"people": {"A": {"view": "above"}}}, r"\$\.people"),
    ],
)
def test_a_broken_file_is_told_with_its_name(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = file(tmp_path, **changes)
    with pytest.raises(SourceError, match=said) as err:
        read(path, tmp_path)
    assert str(path) in str(err.value)


def test_words_must_be_of_the_vocabulary(tmp_path: Path) -> None:
    path = file(tmp_path)
    path.write_text(path.read_text().replace('"red"', '"crimson"'))
    with pytest.raises(SourceError, match="crimson"):
        read(path, tmp_path)


def test_a_clip_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = file(tmp_path)
    (tmp_path / "made-up.mp4").unlink()
    with pytest.raises(SourceError, match="found no file there"):
        read(path, tmp_path)


def test_no_json_at_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "made-up.json"
    path.write_text("{")
    with pytest.raises(SourceError, match=r"made-up\.json"):
        read(path, tmp_path)


def test_heights_are_in_pixels_of_the_network_and_time_in_labelled_frames() -> None:
    small = truth({})
    large = Truth(**{name: getattr(small, name) for name in small.__struct_fields__} | {"size": (962, 400)})
    assert large.height((0, 0, 10, 100)) == 50
    assert small.seconds(len(FRAMES)) == 5.0


def test_floral_is_said_as_busy() -> None:
    assert staying(100, upper_pattern="floral").pattern("upper") == "busy"
    assert staying(100).pattern("lower") == ""
