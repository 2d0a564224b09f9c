"""Every settings file that ships is loaded or checked by its own program."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from edge.card.bundle import connection, network_config
from edge.card.first_boot import ANSWERS, ASKING_NAMES
from edge.config import BoothConfig, NodeConfig, WorkerConfig, load
from edge.site.settings import Network
from tests.brokers import PROGRAM, free_port
from tests.certificates import make_certificates

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "firmware-config"
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin:/lib/systemd"
SCHEMAS = Path("usr/lib/python3/dist-packages/cloudinit/config/schemas")
BOOTH = {
    "@BOOTH@": "192.168.50.1",
    "@PORT@": "8883",
    "@RELEASES@": "8884",
    "@NODE@": "north",
    "@BUNDLE@": "0123456789ab",
}
BY_ADDRESS = BOOTH | {"@ALLOWED_SET@": "192.168.50.1", "@NAMES@": "", "@ANSWERS@": ""}
BY_NAME = BOOTH | {
    "@ALLOWED_SET@": "10.0.0.0/8, 192.168.0.0/16",
    "@NAMES@": ASKING_NAMES,
    "@ANSWERS@": ANSWERS,
}
BUILT_OUT = ("kernel.sysrq", "kernel.unprivileged_bpf_disabled", "net.ipv6.conf.all.disable_ipv6")
"""Settings that kernels of virtual machines may lack."""
NETWORKS = (
    Network(booth="192.168.50.1"),
    Network(booth="192.168.50.1", address="192.168.50.11/24"),
    Network(booth="10.0.0.1", address="192.168.50.11/24", gateway="192.168.50.254"),
    Network(booth="192.168.50.1", wifi="Booth; free", wifi_password=" a\\b;#c \u00e9", wifi_country="DE"),
    Network(booth="192.168.50.1", wifi="Open", wifi_country="GB"),
)


def test_a_wheel_brings_every_file_and_no_folder() -> None:
    """Setuptools builds nothing at all if a pattern matches a folder."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    named = [path for patterns in data.values() for pattern in patterns for path in ROOT.glob(pattern)]
    assert [path for path in named if path.is_dir()] == []
    there = {path for part in ("firmware-config", "systemd") for path in (ROOT / part).rglob("*") if path.is_file()}
    assert there <= set(named)


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is not here (apt install {package})")
    return found


def run(words: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)


def filled(name: str, folder: Path, words: dict[str, str] = BY_ADDRESS) -> Path:
    """Return the file filled in as first boot or the bundle does it."""
    text = (FOLDER / name).read_text()
    for word, value in words.items():
        text = text.replace(word, value)
    (folder / name).write_text(text)
    return folder / name


def schema(name: str) -> Any:
    """Return a schema of Debian trixie's cloud-init, which tools/setup.sh unpacks; older ones allow unknown keys."""
    path = ROOT / ".cache/cloud-init" / SCHEMAS / name
    if not path.exists():
        pytest.skip("trixie's cloud-init is missing (tools/test installs it, with internet)")
    return json.loads(path.read_text())


def test_every_yaml_loads() -> None:
    schemas: dict[str, Any] = {"node.yaml": NodeConfig, "booth.yaml": BoothConfig, "centre/worker.yaml": WorkerConfig}
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")} == set(schemas)
    for name, kind in schemas.items():
        load(FOLDER / name, kind)


def test_cloud_init_takes_the_user_data(tmp_path: Path) -> None:
    text = filled("user-data", tmp_path).read_text()
    assert text.startswith("#cloud-config\n")
    jsonschema.validate(yaml.safe_load(text), schema("schema-cloud-config-v1.json"))


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    settings = yaml.safe_load(filled("user-data", tmp_path).read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings | {"bootcmds": []}, schema("schema-cloud-config-v1.json"))


def test_cloud_init_takes_every_network() -> None:
    wanted = schema("schema-network-config-v2.json")
    for network in NETWORKS:
        jsonschema.validate({"network": network_config(network)}, wanted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"network": {"version": 2, "ethernet": {}}}, wanted)


def test_the_instance_is_another_for_another_bundle(tmp_path: Path) -> None:
    assert yaml.safe_load(filled("meta-data", tmp_path).read_text()) == {"instance-id": "north-0123456789ab"}


@pytest.mark.parametrize("network", NETWORKS, ids=["dhcp", "static", "routed", "wifi", "open"])
def test_a_connection_says_what_the_network_is(network: Network) -> None:
    text = connection(network)
    assert f"type={'wifi' if network.wifi else 'ethernet'}\n" in text
    assert ("[wifi-security]" in text) == bool(network.wifi_password)
    assert ("method=manual" in text) == bool(network.address)
    if network.wifi:
        ssid = re.search(r"^ssid=(.*)$", text, re.MULTILINE)
        assert ssid is not None
        assert bytes(int(byte) for byte in ssid[1].split(";")[:-1]).decode() == network.wifi
    if network.gateway:
        assert f"address1={network.address},{network.gateway}\n" in text


@pytest.mark.parametrize("network", NETWORKS, ids=["dhcp", "static", "routed", "wifi", "open"])
def test_networkmanager_reads_a_connection_as_it_was_meant(network: Network) -> None:
    words = [program("nmcli", "network-manager"), "--offline", "connection", "modify", "connection.zone", "home"]
    done = subprocess.run(words, input=connection(network), capture_output=True, text=True, check=False)
    if "--offline" in done.stderr:
        pytest.skip("this nmcli reads no connection by itself: it is older than version 1.40")
    assert (done.returncode, done.stderr) == (0, "")
    assert network.address in done.stdout
    if network.wifi:
        assert f"ssid={network.wifi.replace(';', chr(92) * 2 + ';')}\n" in done.stdout
    if network.wifi_password:
        said = re.search(r"^psk=(.*)$", connection(network), re.MULTILINE)
        assert said is not None
        assert said[0] in done.stdout.splitlines()


@pytest.mark.parametrize("words", [BY_ADDRESS, BY_NAME], ids=["address", "name"])
def test_the_firewall_loads(tmp_path: Path, words: dict[str, str]) -> None:
    done = run([program("nft", "nftables"), "--check", "--file", filled("node.nft", tmp_path, words)])
    if "Operation not permitted" in done.stderr:
        pytest.skip("nft may judge nothing here without root")
    assert (done.returncode, done.stderr) == (0, "")


HEAR = """
import socket, struct
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(("", 5353))
line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton("224.0.0.251"),
    socket.inet_aton("10.77.0.2")))
line.settimeout(2)
print("listening", flush=True)
try:
    print(line.recv(100).decode())
except TimeoutError:
    print("nothing")
"""
SAY = """
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(("10.77.0.1", 5353))
line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.77.0.1"))
line.sendto(b"spotter.local is here", ("224.0.0.251", 5353))
"""


@pytest.mark.parametrize(
    ("words", "heard"), [(BY_NAME, "spotter.local is here"), (BY_ADDRESS, "nothing")], ids=["name", "address"]
)
def test_the_firewall_lets_mdns_answers_in_if_the_booth_has_a_name(
    tmp_path: Path, words: dict[str, str], heard: str
) -> None:
    """Two network name spaces joined by a cable; the node's has the firewall. An answer goes to the group's address."""
    ip, nft = program("ip", "iproute2"), program("nft", "nftables")
    node, booth = f"node{os.getpid()}", f"booth{os.getpid()}"
    if run([ip, "netns", "add", node]).returncode:
        pytest.skip("network name spaces need root")
    try:
        run([ip, "netns", "add", booth])
        run([ip, "link", "add", "n0", "netns", node, "type", "veth", "peer", "name", "b0", "netns", booth])
        for space, link, address in ((node, "n0", "10.77.0.2/24"), (booth, "b0", "10.77.0.1/24")):
            run([ip, "-n", space, "address", "add", address, "dev", link])
            run([ip, "-n", space, "link", "set", link, "up"])
        inside = [ip, "netns", "exec", node]
        assert run([*inside, nft, "--file", filled("node.nft", tmp_path, words)]).stderr == ""
        ears = subprocess.Popen([*inside, sys.executable, "-c", HEAR], stdout=subprocess.PIPE, text=True)
        assert ears.stdout is not None
        assert ears.stdout.readline() == "listening\n"
        assert run([ip, "netns", "exec", booth, sys.executable, "-c", SAY]).stderr == ""
        assert ears.communicate()[0] == f"{heard}\n"
    finally:
        run([ip, "netns", "delete", node])
        run([ip, "netns", "delete", booth])


def test_chrony_takes_the_booths_clock() -> None:
    done = run([program("chronyd", "chrony"), "-p", "-f", FOLDER / "chrony.conf"])
    assert (done.returncode, done.stderr) == (0, "")


def test_the_nodes_user_is_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    words: list[str | Path] = [
        program("systemd-sysusers", "systemd"),
        f"--root={tmp_path}",
        "--dry-run",
        FOLDER / "sysusers.conf",
    ]
    done = run(words)
    assert done.returncode == 0
    assert "Creating user 'spotter'" in done.stderr
    assert "Creating group 'apex'" in done.stderr


def test_udev_takes_the_rules_for_a_coral() -> None:
    udevadm = program("udevadm", "udev")
    if "verify" not in run([udevadm, "--help"]).stdout:
        pytest.skip("this udevadm verifies no rules: it is older than version 254")
    done = run([udevadm, "verify", "--resolve-names=never", FOLDER / "coral.rules"])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "binary"),
    [
        ("journald.conf", "systemd-journald"),
        ("system.conf", "systemd"),
        ("timesyncd.conf", "systemd-timesyncd"),
    ],
)
def test_systemd_knows_every_key(name: str, binary: str) -> None:
    """Unknown keys in these files are only logged, so they are compared with the table of keys in the program."""
    known = Path(program(binary, binary if binary == "systemd-timesyncd" else "systemd")).read_bytes()
    keys = re.findall(r"^(\w+)=", (FOLDER / name).read_text(), re.MULTILINE)
    assert keys
    section = re.search(r"^\[(\w+)\]", (FOLDER / name).read_text(), re.MULTILINE)
    assert section is not None
    for key in keys:
        assert f"{section[1]}.{key}\0".encode() in known or f"\0{key}\0".encode() in known


def test_the_kernel_has_every_setting() -> None:
    lines = [line for line in (FOLDER / "sysctl.conf").read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        key, _, value = (part.strip() for part in line.partition("="))
        assert value
        is_known = (Path("/proc/sys") / key.replace(".", "/")).exists()
        assert is_known or key in BUILT_OUT, key


def test_the_firmwares_settings_are_lines_it_can_read() -> None:
    """The firmware ignores unknown lines: at least no line is too long for it, and sections are its own."""
    sections = {"all", "pi4", "pi5", "cm4"}
    for name in ("config.txt", "eeprom.conf"):
        for line in (FOLDER / name).read_text().splitlines():
            assert re.fullmatch(r"|#.*|\[(\w+)\]|\w+=[\w,.=-]+", line), line
            assert len(line) <= 98 or line.startswith("#")
            assert not line.startswith("[") or line.strip("[]") in sections
    words = (FOLDER / "cmdline.txt").read_text()
    assert words.count("\n") == 1
    assert all(re.fullmatch(r"[\w.]+=[\w.]+", word) for word in words.split())


def test_the_script_is_good_shell() -> None:
    done = run(["sh", "-n", FOLDER / "start.sh"])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "centre"], ids=lambda folder: folder.name)
def test_the_readme_names_every_file(folder: Path) -> None:
    readme = (folder / "README.md").read_text()
    files = {path.name for path in folder.iterdir()} - {"README.md"}
    assert {name for name in files if f"`{name}`" not in readme} == set()


DEBIAN = (
    "persistence true\npersistence_location FOLDER/\nlog_dest file FOLDER/mosquitto.log\ninclude_dir FOLDER/conf.d\n"
)
"""The mosquitto.conf of Debian's package, which includes the files beside it."""


@pytest.mark.requires_broker
@pytest.mark.parametrize("names", [("mosquitto.conf", "centre/bridge.conf"), ("centre/mosquitto.conf",)])
def test_debians_mosquitto_takes_them(names: tuple[str, ...], tmp_path: Path) -> None:
    """A setting that is already set may be refused, and then the broker does not start."""
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
