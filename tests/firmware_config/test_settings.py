"""Every settings file that ships is loaded, and says nothing but what the programs would do."""

from pathlib import Path

import pytest

from edge.config import BoothConfig, NodeConfig, WorkerConfig, load

FOLDER = Path(__file__).parents[2] / "firmware-config"


def test_every_yaml_loads() -> None:
    schemas = {"node.yaml": NodeConfig, "booth.yaml": BoothConfig, "centre/worker.yaml": WorkerConfig}
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")} == set(schemas)
    for name, schema in schemas.items():
        load(FOLDER / name, schema)


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "centre"], ids=lambda folder: folder.name)
def test_the_readme_names_every_file(folder: Path) -> None:
    readme = (folder / "README.md").read_text()
    files = {path.name for path in folder.iterdir()} - {"README.md"}
    assert {name for name in files if f"`{name}`" not in readme} == set()
