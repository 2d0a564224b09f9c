"""tools/compile-edgetpu with a stand-in for Google's compiler on PATH: only a fully mapped model is pinned."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge.model.manifest import manifest_path, read
from tools.edgetpu import read_report

ROOT = Path(__file__).parents[2]
NAME, TWIN = "spotter-305x545", "spotter-305x545-edgetpu"
STAND_IN = Path(__file__).with_name("edgetpu_compiler.py")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A manifest with the models beside it."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in (manifest_path(), *manifest_path().parent.glob("*.tflite")):
        shutil.copy(path, folder)
    return folder / "manifest.yaml"


def run(manifest: Path, ending: str | None, *names: str) -> subprocess.CompletedProcess[str]:
    """Run the tool with a compiler that ends so; None: without a compiler."""
    programs = manifest.parent.parent / "bin"
    if ending is not None:
        programs.mkdir(exist_ok=True)
        program = programs / "edgetpu_compiler"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "$@"\n')
        program.chmod(0o755)
    environment = os.environ | {
        "FAKE_COMPILER": ending or "",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{programs}:/usr/bin:/bin",
    }
    words = [sys.executable, "-m", "tools.edgetpu", *names, "--manifest", str(manifest)]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)


def test_what_is_mapped_whole_is_pinned_beside_its_twin(manifest: Path) -> None:
    others = {name: one for name, one in read(manifest).models.items() if name != NAME}
    done = run(manifest, "mapped")
    assert done.returncode == 0, done.stderr
    assert "all 60 operators on the Edge TPU, by compiler 16.0.384591198" in done.stdout
    assert "Off-chip memory used for streaming uncached model parameters: 0.00B" in done.stdout
    models = read(manifest).models
    twin, cpu = models.pop(TWIN), models.pop(NAME)
    assert models == others
    assert (twin.cpu, cpu.edgetpu, twin.compiled_from, twin.input) == (NAME, TWIN, cpu.sha256, cpu.input)
    assert (manifest.parent / twin.file).stat().st_size == twin.bytes
    assert run(manifest, "mapped").returncode == 0, "and again"


def test_every_size_can_be_compiled(manifest: Path) -> None:
    sizes = [name for name, one in read(manifest).models.items() if one.is_shipped]
    assert run(manifest, "mapped", *sizes).returncode == 0
    assert all(read(manifest).models[name].edgetpu == f"{name}-edgetpu" for name in sizes)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("partly", "leaves on the CPU: 1 RESIZE_BILINEAR (Operation is otherwise supported, but not mapped"),
        ("unquantized", "cannot compile spotter-305x545.tflite: Invalid model: "),
        ("unquantized", "Model not quantized"),
        ("version", "ERROR: Didn't find op for builtin opcode 'CONV_2D' version '6'"),
        ("activations", "Compilation failed due to large activation tensors in model."),
        ("silent", "with a table of 60 operators, found one of 0"),
        ("cpu", "expected nothing but operators b'edgetpu-custom-op'"),
    ],
)
def test_what_is_not_is_refused_and_changes_nothing(manifest: Path, ending: str, words: str) -> None:
    before = {path: path.read_bytes() for path in manifest.parent.iterdir()}
    done = run(manifest, ending)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in manifest.parent.iterdir()} == before


def test_without_a_compiler_it_says_how_to_get_one(manifest: Path) -> None:
    done = run(manifest, None)
    assert done.returncode == 2
    assert "edgetpu_compiler is not installed" in done.stderr
    assert "sudo apt-get install edgetpu-compiler" in done.stderr


@pytest.mark.parametrize("name", ["posenet-353x481", "nonsense"])
def test_only_what_comes_with_the_product_is_compiled(manifest: Path, name: str) -> None:
    done = run(manifest, "mapped", name)
    assert done.returncode == 2
    assert f"{name}: expected a model that comes with the product, one of: spotter-353x481, {NAME}" in done.stderr


def test_a_file_that_is_not_the_pinned_one_is_refused(manifest: Path) -> None:
    (manifest.parent / f"{NAME}.tflite").write_bytes(b"other")
    done = run(manifest, "mapped")
    assert done.returncode == 1
    assert "is not the file that" in done.stderr


def test_a_published_report_is_read() -> None:
    """The report is of an object detector (google-coral/edgetpu, issue 490, shortened)."""
    report = read_report(
        "Edge TPU Compiler version 15.0.340273435\n\nModel compiled successfully in 2006 ms.\n\n"
        "Off-chip memory used for streaming uncached model parameters: 0.00B\nTotal number of operations: 85\n\n"
        "Operator                       Count      Status\n\n"
        "DEQUANTIZE                     2          Operation is working on an unsupported data type\n"
        "DEPTHWISE_CONV_2D              80         Mapped to Edge TPU\n"
        "CUSTOM                         1          Operation is working on an unsupported data type\n"
        "CONCATENATION                  1          Mapped to Edge TPU\n"
        "CONCATENATION                  1          More than one subgraph is not supported\n"
    )
    assert (report.version, report.total) == ("15.0.340273435", 85)
    assert [(row.operator, row.number) for row in report.left] == [
        ("DEQUANTIZE", 2),
        ("CUSTOM", 1),
        ("CONCATENATION", 1),
    ]
