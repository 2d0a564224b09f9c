"""Silhouettes to garment maps, on drawn people and, if present, on all of Penn-Fudan's."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import ConfigError
from edge.records import CLASSES
from tools.training import silhouettes
from tools.training.silhouettes import HELD_OUT, LETTERS, UNKNOWN, Row

HEADING = "\t".join(silhouettes.FIELDS)
RED, BLUE, GROUND = (200, 30, 30), (30, 40, 160), (90, 140, 90)
HEAD, TOP, HIPS, BOTTOM, LEFT, RIGHT = 10, 40, 110, 190, 30, 70
"""Pixels of the drawn person: a red top from TOP, blue trousers from HIPS."""


def drawn() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a picture [200, 100, 3] RGB and its mask [200, 100]."""
    pixels = np.full((200, 100, 3), GROUND, np.uint8)
    people = np.zeros((200, 100), np.uint8)
    people[HEAD:TOP, LEFT + 12 : RIGHT - 12] = 1
    people[TOP:BOTTOM, LEFT:RIGHT] = 1
    pixels[:HIPS][people[:HIPS] > 0] = RED
    pixels[HIPS:][people[HIPS:] > 0] = BLUE
    return pixels, people


def saved(folder: Path, image: str = "FudanPed00002") -> Path:
    pixels, people = drawn()
    for name in ("images", "masks"):
        (folder / name).mkdir()
    cv2.imwrite(
        str(folder / "images" / f"{image}.jpg"),
        cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, 95],
    )
    cv2.imwrite(str(folder / "masks" / f"{image}.png"), people)
    return folder


def table(folder: Path, *rows: str) -> Path:
    path = folder / "table.tsv"
    path.write_text("\n".join([HEADING, *rows]) + "\n")
    return path


def test_pieces_cover_the_silhouette_and_nothing_else() -> None:
    pixels, people = drawn()
    cut = silhouettes.pieces(pixels, people == 1)
    assert np.array_equal(cut >= 0, people == 1)
    assert 14 <= silhouettes.count(people == 1) <= 24
    assert set(np.unique(cut)) <= set(range(-1, silhouettes.count(people == 1)))


def test_pieces_are_the_same_twice_and_wherever_the_person_stands() -> None:
    pixels, people = drawn()
    cut = silhouettes.pieces(pixels, people == 1)
    assert np.array_equal(cut, silhouettes.pieces(pixels.copy(), people == 1))
    moved = silhouettes.pieces(np.roll(pixels, 5, axis=1), np.roll(people, 5, axis=1) == 1)
    assert np.array_equal(np.roll(cut, 5, axis=1), moved)


def test_no_piece_crosses_from_one_garment_to_another() -> None:
    pixels, people = drawn()
    cut = silhouettes.pieces(pixels, people == 1)
    assert not set(np.unique(cut[HEAD:HIPS])) & set(np.unique(cut[HIPS:BOTTOM])) - {-1}


def test_how_many_pieces_does_not_depend_on_the_picture() -> None:
    pixels, people = drawn()
    noise = np.random.default_rng(1).integers(0, 256, pixels.shape).astype(np.uint8)
    assert silhouettes.pieces(noise, people == 1).max() < silhouettes.count(people == 1)


def test_even_a_line_of_pixels_is_cut() -> None:
    pixels, people = drawn()
    people[:] = 0
    people[20:23, 50] = 1
    assert np.array_equal(silhouettes.pieces(pixels, people == 1) >= 0, people == 1)


def test_letters_become_classes(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    pixels, people = silhouettes.read(folder, "FudanPed00002")
    cut = silhouettes.pieces(pixels, people == 1)
    top = set(np.unique(cut[:HIPS])) - {-1}
    letters = "".join("u" if number in top else "l" for number in range(silhouettes.count(people == 1)))
    rows = {("FudanPed00002", 1): Row("front", letters, 2)}
    pixels, people, classes = silhouettes.labelled(folder, "FudanPed00002", rows)
    assert pixels.shape == (200, 100, 3)
    assert (classes[people == 0] == 0).all()
    assert (classes[:HIPS][people[:HIPS] > 0] == CLASSES.index("upper")).all()
    assert (classes[HIPS:][people[HIPS:] > 0] == CLASSES.index("lower")).all()


def test_who_is_not_in_the_table_and_what_could_not_be_told_is_unknown(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    count = silhouettes.count(drawn()[1] == 1)
    for rows in ({}, {("FudanPed00002", 1): Row("back", "?" * count, 2)}):
        _, people, classes = silhouettes.labelled(folder, "FudanPed00002", rows)
        assert (classes[people > 0] == UNKNOWN).all()


def test_a_row_that_does_not_fit_its_pieces_is_named(tmp_path: Path) -> None:
    rows = {("FudanPed00002", 1): Row("front", "uu", 7)}
    with pytest.raises(ConfigError, match=r"pennfudan\.tsv:7: expected \d+ letters.* person 1 of FudanPed00002, found"):
        silhouettes.labelled(saved(tmp_path), "FudanPed00002", rows)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("P\t1\tfront\thux", "expected a view"),
        ("P\t1\tabove\thu", "expected a view"),
        ("P\t1\tfront\t", "expected a view"),
        ("P\tone\tfront\thu", "expected the columns"),
        ("P\t1\tfront\thu\tmore", "expected the columns"),
        ("P\t2\tfront\thu", "also in line 2"),
    ],
)
def test_a_wrong_row_is_named_by_file_and_line(tmp_path: Path, row: str, why: str) -> None:
    path = table(tmp_path, "P\t2\tback\thul", row)
    with pytest.raises(ConfigError, match=rf"table\.tsv:3: .*{why}"):
        silhouettes.read_table(path)


def test_a_table_is_written_as_it_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, "A\t1\tback\thul", "A\t2\tside\tk?s", "B\t1\tfront\tdoba")
    before = path.read_text()
    silhouettes.write_table(silhouettes.read_table(path), path)
    assert path.read_text() == before


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected images/\*\.jpg and masks/\*\.png"):
        silhouettes.names(tmp_path)


def test_a_picture_without_its_mask_is_named(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "masks" / "FudanPed00002.png").unlink()
    with pytest.raises(ConfigError, match=r"FudanPed00002\.jpg: expected a picture and a mask"):
        silhouettes.read(folder, "FudanPed00002")


def test_each_class_but_background_has_a_letter() -> None:
    assert tuple(LETTERS.values()) == (*CLASSES[1:], "unsure")


def test_the_table_is_in_order_and_says_something_of_most_pieces() -> None:
    rows = silhouettes.read_table()
    assert list(rows) == sorted(rows)
    letters = "".join(row.pieces for row in rows.values())
    assert letters.count("?") < 0.15 * len(letters)
    assert set(letters) == set(LETTERS)


@pytest.mark.requires_clips
def test_everybody_is_in_the_table_with_a_letter_for_each_piece(shared_data: Path) -> None:
    folder = pennfudan(shared_data)
    rows, found = silhouettes.read_table(), set()
    for image in silhouettes.names(folder):
        people = silhouettes.read(folder, image)[1]
        for number in silhouettes.numbers(people):
            found.add((image, number))
            assert len(rows[image, number].pieces) == silhouettes.count(people == number), (image, number)
    assert found == set(rows)


@pytest.mark.requires_clips
def test_every_sixth_picture_is_held_out(shared_data: Path) -> None:
    assert frozenset(silhouettes.names(pennfudan(shared_data))[::6]) == HELD_OUT


@pytest.mark.requires_clips
def test_real_people_are_cut_the_same_twice(shared_data: Path) -> None:
    folder = pennfudan(shared_data)
    for image in silhouettes.names(folder)[:3]:
        pixels, people, classes = silhouettes.labelled(folder, image)
        assert np.array_equal(silhouettes.labelled(folder, image)[2], classes)
        assert (classes[people == 0] == 0).all()
        assert (classes[people > 0] > 0).all()
        for number in silhouettes.numbers(people):
            assert np.array_equal(silhouettes.pieces(pixels, people == number) >= 0, people == number)


def pennfudan(shared_data: Path) -> Path:
    folder = shared_data / "pennfudan"
    if not folder.is_dir():
        pytest.skip(f"no Penn-Fudan pictures at {folder}; see its SOURCES.tsv")
    return folder
