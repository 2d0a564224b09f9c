"""Pinned models: fetched over HTTP and from a mirror, and everything that can go wrong."""

import hashlib
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.errors import ConfigError, EdgeError, ModelError
from edge.model import download, manifest, registry
from tests.disk import limited_files

DATA = bytes(range(256)) * 2048
"""Half a megabyte in place of a model; nothing here runs it."""


def entry_of(data: bytes, **changes: Any) -> manifest.ModelEntry:
    plain: dict[str, Any] = {
        "file": "origin_of_net.tflite",
        "origin": "http://127.0.0.1:9/net.tflite",
        "licence": "Apache-2.0",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "input": {"height": 353, "width": 481, "dtype": "uint8", "scale": 0.0078125, "zero_point": 128},
        "quantization": "none",
        "role": "pose",
    }
    return msgspec.convert(plain | changes, manifest.ModelEntry)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTTER_MODELS", str(tmp_path / "fetched"))


@pytest.fixture
def pin(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replace the manifest by the given entries."""

    def pin(**entries: manifest.ModelEntry) -> None:
        pinned = manifest.Manifest(format=1, default=next(iter(entries)), models=dict(entries))
        monkeypatch.setattr(registry, "manifest", lambda: pinned)

    return pin


class Server:
    """An HTTP server of one file that supports Range and can misbehave."""

    def __init__(self) -> None:
        self.data = DATA
        self.knows_range = True
        self.breaks_after: list[int] = []
        """For each next answer, the bytes of the body after which it breaks off."""
        self.status = 0
        self.is_silent = False
        self.is_over = threading.Event()
        self.ranges: list[str | None] = []
        handler = type("Handler", (_Handler,), {"server_state": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/net.tflite"


class _Handler(BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state = self.server_state
        wanted = self.headers.get("Range")
        state.ranges.append(wanted)
        if state.is_silent:
            state.is_over.wait(10)
            return
        if state.status:
            self.send_error(state.status)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and state.knows_range else 0
        if start >= len(state.data):
            self.send_error(416)
            return
        body = state.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(state.data) - 1}/{len(state.data)}")
        self.end_headers()
        cut = state.breaks_after.pop(0) if state.breaks_after else len(body)
        self.wfile.write(body[:cut])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.is_over.set()
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "origin_of_net.tflite").write_bytes(DATA)
    return folder


def left_behind() -> list[str]:
    return sorted(path.name for path in registry.folder().glob("*")) if registry.folder().exists() else []


# --- where models lie ---


def test_a_shipped_model_is_read_beside_the_manifest(pin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "manifest_path", lambda: tmp_path / "manifest.yaml")
    pin(net=entry_of(DATA, origin="", file="net.tflite"))
    (tmp_path / "net.tflite").write_bytes(DATA)
    assert registry.fetch() == [registry.model_path()] == [tmp_path / "net.tflite"]
    assert [verdict.state for verdict in registry.verify()] == ["ok"]
    assert not registry.folder().exists(), "nothing is fetched"
    (tmp_path / "net.tflite").write_bytes(DATA[:-1])
    with pytest.raises(ModelError, match="install it again"):
        registry.fetch()


def test_the_folder_is_the_named_one_then_the_checkout_then_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.folder() == tmp_path / "fetched"
    monkeypatch.delenv("SPOTTER_MODELS")
    assert registry.folder() == manifest.checkout() / "models" / "fetched"
    monkeypatch.setattr(registry, "checkout", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert registry.folder() == tmp_path / "cache" / "exception-spotter" / "models"


def test_without_a_home_the_error_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    for name in ("SPOTTER_MODELS", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(registry, "checkout", lambda: tmp_path)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(ModelError, match="SPOTTER_MODELS"):
        registry.folder()


def test_a_missing_model_says_what_to_run(pin: Any) -> None:
    pin(net=entry_of(DATA))
    with pytest.raises(ModelError, match=r"net\.tflite is missing; run `spotter models fetch`.*--mirror DIR"):
        registry.model_path()


def test_a_damaged_model_never_runs(pin: Any, mirror: Path) -> None:
    pin(net=entry_of(DATA))
    (path,) = registry.fetch(mirror=mirror)
    path.write_bytes(DATA[:-1])
    with pytest.raises(ModelError, match=r"damaged .expected sha256"):
        registry.model_path()
    assert registry.fetch(mirror=mirror) == [path]
    assert registry.model_path() == path


def test_an_unknown_model_lists_the_known_ones(pin: Any) -> None:
    pin(net=entry_of(DATA))
    with pytest.raises(ConfigError, match=r"'nte'.*has: net"):
        registry.model_path("nte")


def test_the_edge_tpu_gets_the_twin(pin: Any, mirror: Path) -> None:
    pin(net=entry_of(DATA, edgetpu="net-edgetpu"), **{"net-edgetpu": entry_of(DATA, cpu="net")})
    registry.fetch(mirror=mirror)
    assert registry.model_path(accelerator="edgetpu").name == "net-edgetpu.tflite"
    pin(alone=entry_of(DATA))
    with pytest.raises(ModelError, match="alone has no Edge TPU twin"):
        registry.model_path(accelerator="edgetpu")


# --- fetching ---


def test_fetching_over_http_and_again_is_a_no_op(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    seen: list[tuple[str, int, int]] = []
    (path,) = registry.fetch(on_progress=lambda *step: seen.append(step))
    assert path.read_bytes() == DATA
    assert seen[-1] == ("net", len(DATA), len(DATA))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    registry.fetch()
    assert len(server.ranges) == 1
    assert left_behind() == ["net.tflite"]


def test_a_broken_line_is_resumed(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    server.breaks_after = [100_000, 50_000]
    registry.fetch()
    assert server.ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert registry.model_path().read_bytes() == DATA


def test_a_line_that_keeps_breaking_leaves_a_part_for_the_next_run(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    server.breaks_after = [1000, 0]
    with pytest.raises(ModelError, match=r"broke after 1000 of 524288 bytes.*are kept.*--mirror DIR"):
        registry.fetch()
    assert left_behind() == ["net.tflite.part"]
    registry.fetch()
    assert server.ranges[-1] == "bytes=1000-"
    assert left_behind() == ["net.tflite"]


def test_a_server_without_ranges_begins_anew(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    server.breaks_after, server.knows_range = [1000], False
    registry.fetch()
    assert registry.model_path().read_bytes() == DATA


@pytest.mark.parametrize("served", [DATA[:-1] + b"!", DATA + b"!", DATA * 3])
def test_the_wrong_bytes_are_deleted(pin: Any, server: Server, served: bytes) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    server.data = served
    with pytest.raises(ModelError, match=r"expected .* found"):
        registry.fetch()
    assert left_behind() == []


def test_a_file_too_short_at_its_origin_is_refused(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    server.data = DATA[:-1]
    with pytest.raises(ModelError, match="416"):
        registry.fetch()
    assert left_behind() == []


def test_a_stale_part_with_wrong_bytes_is_deleted_and_the_next_run_succeeds(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    registry.folder().mkdir()
    (registry.folder() / "net.tflite.part").write_bytes(b"x" * 1000)
    with pytest.raises(ModelError, match="run `spotter models fetch` again"):
        registry.fetch()
    registry.fetch()
    assert left_behind() == ["net.tflite"]


def test_no_network_and_a_refusing_server_are_told_apart(pin: Any, server: Server) -> None:
    pin(net=entry_of(DATA))
    with pytest.raises(ModelError, match=r"127.0.0.1:9.*refused.*--mirror DIR where DIR holds origin_of_net"):
        registry.fetch()
    server.status = 404
    pin(net=entry_of(DATA, origin=server.url))
    with pytest.raises(ModelError, match="answered 404"):
        registry.fetch()
    assert left_behind() == []


def test_a_silent_server_times_out(pin: Any, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    server.is_silent = True
    pin(net=entry_of(DATA, origin=server.url))
    with pytest.raises(ModelError, match="timed out"):
        registry.fetch()


def test_a_mirror_that_is_missing_or_wrong_says_what_to_do(pin: Any, mirror: Path, tmp_path: Path) -> None:
    pin(net=entry_of(DATA))
    with pytest.raises(ModelError, match="nowhere: expected a folder"):
        registry.fetch(mirror=tmp_path / "nowhere")
    (mirror / "origin_of_net.tflite").write_bytes(DATA[:77])
    with pytest.raises(ModelError, match=r"origin_of_net.tflite: expected 524288 bytes, found 77; copy it"):
        registry.fetch(mirror=mirror)
    (mirror / "origin_of_net.tflite").unlink()
    with pytest.raises(ModelError, match=r"origin_of_net.tflite: cannot be read .No such file"):
        registry.fetch(mirror=mirror)
    assert left_behind() == []


def test_what_cannot_be_stripped_is_not_kept(pin: Any, mirror: Path) -> None:
    pin(net=entry_of(DATA, strip="PosenetDecoderOp", stripped_sha256="f" * 64))
    with pytest.raises(ModelError, match="not a TensorFlow Lite model"):
        registry.fetch(mirror=mirror)
    assert left_behind() == []


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file system of 64 kB as the models folder; the model needs half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a small tmpfs here (needs root); the size limit test takes the same path")
    monkeypatch.setenv("SPOTTER_MODELS", str(disk))
    yield
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("source", ["mirror", "http"])
def test_a_full_disk_leaves_nothing_half_written(pin: Any, server: Server, mirror: Path, source: str) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    with pytest.raises(ModelError, match=r"No space left on device.*SPOTTER_MODELS"):
        registry.fetch(mirror=mirror if source == "mirror" else None)
    assert left_behind() == []


@pytest.mark.parametrize("source", ["mirror", "http"])
def test_a_file_size_limit_leaves_nothing_half_written(pin: Any, server: Server, mirror: Path, source: str) -> None:
    pin(net=entry_of(DATA, origin=server.url))
    with limited_files(100_000), pytest.raises(ModelError, match="File too large"):
        registry.fetch(mirror=mirror if source == "mirror" else None)
    assert left_behind() == []


def test_a_folder_that_cannot_be_made_is_named(pin: Any, mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "fetched").write_text("a file is in the way")
    pin(net=entry_of(DATA))
    with pytest.raises(ModelError, match=r"fetched/net\.tflite: cannot be written"):
        registry.fetch(mirror=mirror)


# --- the commands ---


def test_the_commands_answer_with_exit_codes(pin: Any, mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pin(net=entry_of(DATA), peer=entry_of(DATA, role="compare"))
    assert registry.run_verify() == 1
    assert "spotter models fetch" in capsys.readouterr().err
    assert registry.run_fetch([], mirror) == 0
    assert "1 models ready" in capsys.readouterr().out
    assert registry.run_fetch([], mirror, quiet=True) == 0
    assert capsys.readouterr().out == ""
    assert registry.run_verify() == 0
    assert registry.run_verify(["all"]) == 1
    capsys.readouterr()
    assert registry.run_verify(json=True) == 0
    assert json.loads(capsys.readouterr().out)["models"][0]["state"] == "ok"
    used = registry.Used("net", "cpu", "no Edge TPU is plugged in")
    assert registry.run_list(used) == 0
    table = capsys.readouterr().out
    assert "missing" in table
    assert "CPU" in table
    assert "this node: net on the CPU: no Edge TPU is plugged in" in table
    assert next(line.split()[:2] for line in table.splitlines() if line.strip().startswith("*")) == ["*", "net"]
    assert registry.run_list(used, json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in answer["models"]] == ["ok", "missing"]
    assert answer["this_node"]["name"] == "net"
    assert [verdict.name for verdict in registry.verify()] == ["net"], "what is optional and not here is no fault"
    with pytest.raises(EdgeError, match="nonsense"):
        registry.run_fetch(["nonsense"], mirror)


@pytest.mark.requires_clips
def test_the_real_models_fetch_from_a_mirror_and_strip(shared_data: Path) -> None:
    assert registry.run_fetch([], shared_data / "models", quiet=True) == 0
    assert registry.run_verify([]) == 0
    assert registry.model_path("posenet-353x481", accelerator="edgetpu").name == "posenet-353x481-edgetpu.tflite"
    with pytest.raises(ModelError, match=r"no Edge TPU twin.*accelerator: cpu, or model: .*posenet-353x481"):
        registry.model_path("spotter-353x481", accelerator="edgetpu")
