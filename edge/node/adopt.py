"""`spotter baseline adopt`: make a baseline that others gathered fit one camera, from what that camera sees."""

import sys
from pathlib import Path

from edge.config import NodeConfig
from edge.errors import BaselineError
from edge.node.batch import Sightings
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.score import baseline_file
from edge.score.camera_baseline import adopted
from edge.score.sources import source_name


def run_adopt(other: Path, sources: list[str], out: Path, config: NodeConfig, source: tuple[str, str]) -> int:
    """Run `spotter baseline adopt OTHER SRC... --out FILE`; returns 0, or 1 if the sources show too few people.

    `source` is the place and the camera that the sources are of: the node of that name then scores with FILE at once.
    Raises BaselineError if OTHER cannot be read or has another recipe.
    """
    if not out.parent.is_dir():
        raise BaselineError(f"{out}: its folder does not exist; create it first")
    interpreter = open_interpreter(config.detection)
    recipe = Pipeline(interpreter, config).recipe
    shared = baseline_file.load(other, min_sightings=config.score.min_sightings, recipe=recipe)
    people = [seen.sighting.appearance for seen in Sightings(sources, interpreter, config)]
    if len(people) < config.score.min_sightings:
        print(
            f"{len(people)} people were seen, expected {config.score.min_sightings}: record this camera for longer; "
            "no file was written",
            file=sys.stderr,
        )
        return 1
    name = source_name(*source)
    found = adopted(shared, people, name)
    baseline_file.save(found, out)
    print(f"{out}: {shared.sightings} sightings as {name} would see them, calibrated on {len(people)} of its people")
    return 0
