"""The recipe of a baseline on the card; an unreadable one never stops an update."""

from pathlib import Path

import pytest

from edge.release.orphaned_baselines import FROZEN, recipe_of


@pytest.mark.parametrize(
    ("word", "recipe"),
    [('{"mode": "spot", "recipe": "0123"}', "0123"), ('{"mode": "collect"}', ""), ("[]", ""), ("[" * 100_000, "")],
)
def test_the_recipe_of_the_booths_word(tmp_path: Path, word: str, recipe: str) -> None:
    (tmp_path / FROZEN).write_text(word)
    assert recipe_of(tmp_path / FROZEN) == recipe
