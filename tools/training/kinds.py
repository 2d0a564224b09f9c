"""Which garments of the training photos are patterned, labelled by eye: patterns.tsv beside this file."""

import csv
from pathlib import Path

from edge.errors import ConfigError
from edge.records import CLASSES
from edge.vocabulary import PATTERNS

TABLE = Path(__file__).with_name("patterns.tsv")

Kinds = dict[tuple[int, str], str | None]
"""Kind by (photo, garment), None if it could not be told; garments not listed are plain."""


def read_kinds(path: Path = TABLE) -> Kinds:
    """Read the table; raises ConfigError for an unknown garment or kind."""
    kinds: Kinds = {}
    with path.open(newline="") as table:
        for number, row in enumerate(csv.DictReader(table, delimiter="\t"), start=2):
            if row["garment"] not in CLASSES or row["kind"] not in (*PATTERNS, "unsure"):
                raise ConfigError(f"{path}:{number}: expected one of {CLASSES} and {PATTERNS} or unsure, found {row}")
            kinds[int(row["photo"]), row["garment"]] = None if row["kind"] == "unsure" else row["kind"]
    return kinds
