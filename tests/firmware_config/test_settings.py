"""Every settings file that ships is loaded, and says nothing but what the programs would do."""

from pathlib import Path

from edge.config import BoothConfig, NodeConfig, load

FOLDER = Path(__file__).parents[2] / "firmware-config"


def test_every_yaml_loads() -> None:
    schemas = {"node.yaml": NodeConfig, "booth.yaml": BoothConfig}
    assert {path.name for path in FOLDER.glob("*.yaml")} == set(schemas)
    for name, schema in schemas.items():
        load(FOLDER / name, schema)


def test_the_readme_names_every_file() -> None:
    readme = (FOLDER / "README.md").read_text()
    files = {path.name for path in FOLDER.iterdir()} - {"README.md"}
    assert {name for name in files if f"`{name}`" not in readme} == set()
