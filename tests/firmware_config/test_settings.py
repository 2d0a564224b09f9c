"""Every settings file that ships is loaded, and says nothing but what the programs would do."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from edge.config import BoothConfig, NodeConfig, WorkerConfig, load
from tests.brokers import PROGRAM, free_port
from tests.certificates import make_certificates

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


DEBIAN = (
    "persistence true\npersistence_location FOLDER/\nlog_dest file FOLDER/mosquitto.log\ninclude_dir FOLDER/conf.d\n"
)
"""The mosquitto.conf of Debian's package, which reads what is laid beside it."""


@pytest.mark.requires_broker
@pytest.mark.parametrize("names", [("mosquitto.conf", "centre/bridge.conf"), ("centre/mosquitto.conf",)])
def test_debians_mosquitto_takes_them(names: tuple[str, ...], tmp_path: Path) -> None:
    """A setting that is there already may be refused, and then the broker does not start."""
    certificates = make_certificates(tmp_path / "certs", {"centre-ca": ("centre", "soho")})
    (tmp_path / "conf.d").mkdir()
    tmp_path.chmod(0o755)
    for path in certificates.iterdir():
        path.chmod(0o644)
    for name in names:
        text = (FOLDER / name).read_text()
        for theirs, ours in (
            ("/etc/mosquitto/certs", str(certificates)),
            ("/etc/mosquitto/spotter-centre.acl", str(FOLDER / "centre" / "acl")),
            ("listener 1883", f"listener {free_port()}"),
            ("listener 8883", f"listener {free_port()}"),
        ):
            text = text.replace(theirs, ours)
        (tmp_path / "conf.d" / Path(name).name).write_text(text)
    main = tmp_path / "main.conf"
    main.write_text(DEBIAN.replace("FOLDER", str(tmp_path)) + ("user root\n" if os.getuid() == 0 else ""))
    assert PROGRAM is not None
    with subprocess.Popen([PROGRAM, "-c", str(main)], stderr=subprocess.PIPE, text=True) as broker:
        time.sleep(1)
        broker.terminate()
        _, said = broker.communicate()
    assert broker.returncode == 0, said
    assert "Error found" not in said
