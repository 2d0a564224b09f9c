"""Figures of pattern maps with known answers."""

from pathlib import Path

import numpy as np
import pytest

from edge.vocabulary import PATTERNS
from tests.tools.evaluation.data import person, write
from tests.tools.evaluation.maps import HEIGHT, WIDTH, TellingInterpreter
from tools.evaluation import __main__ as commands
from tools.evaluation.patterns import at_height, auroc, balanced_accuracy, chances, labelled, patterns, recalls
from tools.evaluation.people import mask_box
from tools.training.swatches import Swatch

NOTHING = np.zeros((HEIGHT, WIDTH), np.uint8)


def test_balanced_accuracy_weighs_kinds_alike() -> None:
    truth, said = [0] * 8 + [3] * 2, [0] * 8 + [0, 3]
    assert balanced_accuracy(truth, said) == pytest.approx(0.75)
    assert recalls(truth, said)[3] == 0.5
    assert np.isnan(recalls(truth, said)[1])


def test_scores_that_never_cross_have_auroc_one() -> None:
    assert auroc([0.7, 0.6], [0.5, 0.1]) == 1
    assert auroc([0.1], [0.5]) == 0


def test_only_cells_on_the_garment_count() -> None:
    cells = np.zeros((45, 61, 6), np.float32)
    cells[..., 0], cells[2, 3] = 1, (0, 1, 0, 0, 0, 0)
    garment = np.zeros((353, 240), np.uint8)
    assert chances(cells, garment) is None
    garment[16, 24] = 1  # pixel of cell (2, 3)
    np.testing.assert_array_equal(chances(cells, garment), [0, 1, 0, 0, 0, 0])
    garment[8, 8] = 1
    np.testing.assert_array_equal(chances(cells, garment), [0.5, 0.5, 0, 0, 0, 0])


def test_a_person_is_shrunk_to_a_height_with_the_labels() -> None:
    classes = person()
    photo = np.repeat(classes[..., None] * 20, 3, axis=2)
    frame, truth = at_height(photo, classes, 120, (HEIGHT, WIDTH))
    _, top, _, bottom = mask_box(truth)
    assert bottom - top == pytest.approx(120, abs=2)
    assert frame.shape == photo.shape
    middle = mask_box(truth)
    x, y = int((middle[0] + middle[2]) / 2), int(top + 50)
    assert tuple(frame[y, x]) == (20 * truth[y, x],) * 3


def test_the_table_of_real_garments_is_read(tmp_path: Path) -> None:
    table = tmp_path / "patterns.tsv"
    table.write_text("photo\tgarment\tkind\n705\tupper\tstriped\n706\tlower\tplain\tsure\n")
    assert labelled(table) == [(705, "upper", "striped"), (706, "lower", "plain")]


def test_a_model_that_says_striped_of_everything(tmp_path: Path) -> None:
    write(tmp_path, 705, person())
    table = tmp_path / "patterns.tsv"
    table.write_text("705\tupper\tstriped\n705\tlower\tplain\n")
    found = patterns(TellingInterpreter(NOTHING, PATTERNS.index("striped")), tmp_path, [705], table)
    assert found["printed garments, 200 px and more"] == found["printed garments, 120 px"] == 12
    assert found["balanced accuracy, 200 px and more"] == pytest.approx(1 / 6)
    assert found["AUROC patterned or plain, bold, 120 px"] == 0.5
    assert found["balanced accuracy, by eye"] == 0.5
    assert found["plain called patterned, by eye"] == 1


def test_without_a_table_nothing_is_claimed(tmp_path: Path) -> None:
    found = patterns(TellingInterpreter(NOTHING), tmp_path, [], tmp_path / "none.tsv")
    assert set(found.values()) == {0}


def test_every_line_of_the_committed_table_is_a_known_garment_and_kind() -> None:
    from tools.evaluation.patterns import BY_EYE, WEARABLE  # noqa: PLC0415  named where it is meant

    if BY_EYE.exists():
        rows = labelled(BY_EYE)
        assert len({(number, garment) for number, garment, _ in rows}) == len(rows)
        assert {garment for _, garment, _ in rows} <= set(WEARABLE)
        assert {kind for _, _, kind in rows} <= set(PATTERNS)


def test_real_cloth_is_judged_by_kind_at_both_heights(tmp_path: Path) -> None:
    write(tmp_path, 705, person())
    tile = np.kron(np.array([[0, 255], [255, 0]]), np.ones((20, 20)))[..., None].repeat(3, axis=2).astype(np.uint8)
    swatches = [Swatch(kind, kind, tile, 40.0) for kind in PATTERNS if kind != "graphic"]
    interpreter = TellingInterpreter(NOTHING, PATTERNS.index("dotted"))
    found = patterns(interpreter, tmp_path, [705], tmp_path / "none.tsv", swatches)
    for size in ("200 px and more", "120 px"):
        assert found[f"garments of held-out real cloth, {size}"] == 6
        assert found[f"six kinds on held-out real cloth, balanced accuracy, {size}"] == pytest.approx(1 / 6)
    assert found["printed garments, 120 px"] == 12


def test_without_swatches_a_sentence_says_so(tmp_path: Path) -> None:
    write(tmp_path, 705, person())
    words = ["patterns", "--ccp", str(tmp_path), "--ids", "705-705", "--by-eye", str(tmp_path / "none"), "--alone"]
    args = commands._parser().parse_args([*words, "--swatches", str(tmp_path / "nowhere")])
    found = commands._patterns(args)
    assert "nowhere: expected folders" in found["held-out real cloth"]
    assert found["printed garments, 120 px"] == 12
    assert not any("six kinds" in name for name in found)
