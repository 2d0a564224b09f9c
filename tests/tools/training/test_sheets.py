"""Contact sheets and proposals, of a drawn person and with the shipped model."""

from pathlib import Path

import cv2
import pytest

from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import model_path
from tests.tools.training.test_silhouettes import drawn, saved
from tools.training import sheets, silhouettes
from tools.training.silhouettes import LETTERS

IMAGE = "FudanPed00002"


def test_a_proposal_has_a_letter_for_each_piece(tmp_path: Path) -> None:
    interpreter = TfliteInterpreter(model_path("spotter-353x481"))
    rows = sheets.propose(saved(tmp_path), interpreter)
    assert list(rows) == [(IMAGE, 1)]
    assert len(rows[IMAGE, 1].pieces) == silhouettes.count(drawn()[1] == 1)
    assert set(rows[IMAGE, 1].pieces) <= set(LETTERS)


def test_probabilities_are_shares_and_lie_on_the_picture() -> None:
    pixels, people = drawn()
    likely = sheets.probabilities(TfliteInterpreter(model_path("spotter-353x481")), pixels, people == 1)
    assert likely.shape == (200, 100, 10)
    inside = likely[people == 1].sum(axis=-1)
    assert inside.min() > 0.99
    assert inside.max() < 1.01


def test_proposals_never_replace_what_is_in_the_table(tmp_path: Path) -> None:
    folder, path = saved(tmp_path), tmp_path / "table.tsv"
    model = str(model_path("spotter-353x481"))
    assert sheets.main(["--folder", str(folder), "--table", str(path), "--propose", model]) == 0
    proposed = silhouettes.read_table(path)
    letters = "a" * len(proposed[IMAGE, 1].pieces)
    silhouettes.write_table({(IMAGE, 1): silhouettes.Row("side", letters, 2)}, path)
    assert sheets.main(["--folder", str(folder), "--table", str(path), "--propose", model]) == 0
    assert silhouettes.read_table(path)[IMAGE, 1][:2] == ("side", letters)


def test_sheets_show_everybody(tmp_path: Path) -> None:
    folder, path = saved(tmp_path), tmp_path / "table.tsv"
    silhouettes.write_table({(IMAGE, 1): silhouettes.Row("front", "u" * silhouettes.count(drawn()[1] == 1), 2)}, path)
    where = tmp_path / "sheets"
    assert sheets.main(["--folder", str(folder), "--table", str(path), "--sheets", str(where)]) == 0
    sheet = cv2.imread(str(where / "sheet-00.png"))
    assert sheet is not None
    assert sheet.shape[1] == 2 * sheets.WIDE * sheets.A_ROW
    assert (sheet[:, : 2 * sheets.WIDE] < 250).any()
    assert (sheet[: sheets.TALL, 2 * sheets.WIDE :] == 255).all()


def test_a_folder_without_pictures_is_told_to_whoever_runs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(model_path("spotter-353x481"))
    words = "--folder", str(tmp_path), "--table", str(tmp_path / "table.tsv"), "--propose", model
    assert sheets.main(words) == 2
    assert "expected images/*.jpg and masks/*.png" in capsys.readouterr().err
