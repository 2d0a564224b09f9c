"""`tools/screenshots --beside-truth`: pictures of an alert and of the street at that moment, and the key."""

import csv
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tools.beside_truth.take import COLUMNS

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.requires_browser
@pytest.mark.requires_broker
def test_an_alert_is_photographed_beside_its_street(tmp_path: Path) -> None:
    words: list[str | Path] = [ROOT / "tools" / "screenshots", "--beside-truth", tmp_path, "--count", "1"]
    subprocess.run(words, check=True, timeout=290)
    with (tmp_path / "key.tsv").open() as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    assert list(row) == list(COLUMNS)
    assert row["number"] == "gone" or 1 <= int(row["number"].split(" or ")[0]) <= int(row["walkers in view"])
    assert row["said"]
    for name in ("01-alert.png", "01-street.png"):
        assert Image.open(tmp_path / name).size[0] > 600
