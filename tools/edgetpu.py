"""Compiles our models for a Coral Edge TPU and pins the results in models/manifest.yaml.

Google's compiler leaves on the CPU what it cannot map, and lists it in a table. A compiled file is pinned only if
nothing is left on the CPU.

Exit code: 0 pinned, 1 the compiler did not map all of it, 2 no compiler, or a name that cannot be compiled.
"""

import argparse
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from ai_edge_litert import schema_py_generated as schema

from edge.errors import ConfigError, EdgeError, ModelError
from edge.model.manifest import ModelEntry, manifest_path, read
from tools.pins import digest, pin

COMPILER = "edgetpu_compiler"
TIMEOUT_S = 1800
MAPPED = "Mapped to Edge TPU"
DONE = "Model compiled successfully"
ON_TPU = b"edgetpu-custom-op"
INSTALL = """\
On 64-bit Debian or Ubuntu on x86-64 (https://coral.ai/docs/edgetpu/compiler/):
  curl -fsSL https://packages.cloud.google.com/apt/doc/apt-key.gpg | \\
    sudo gpg --dearmor -o /usr/share/keyrings/coral-edgetpu.gpg
  echo "deb [signed-by=/usr/share/keyrings/coral-edgetpu.gpg] https://packages.cloud.google.com/apt \\
coral-edgetpu-stable main" | sudo tee /etc/apt/sources.list.d/coral-edgetpu.list
  sudo apt-get update && sudo apt-get install edgetpu-compiler
then run this again."""


class Row(NamedTuple):
    """One line of the compiler's table."""

    operator: str
    number: int
    status: str


class Report(NamedTuple):
    """The compiler's report."""

    version: str
    total: int
    """Number of operators in the model."""
    rows: list[Row]
    memory: list[str]
    """Lines on memory. Parameters that do not fit on the chip are sent to it for every frame."""

    @property
    def left(self) -> list[Row]:
        """Return the operators that would run on the CPU."""
        return [row for row in self.rows if row.status != MAPPED]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools/compile-edgetpu", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "names", nargs="*", metavar="MODEL", help="a model of models/manifest.yaml; default: its default model"
    )
    parser.add_argument(
        "--manifest", type=Path, default=manifest_path(), help="manifest to pin in; default: %(default)s"
    )
    args = parser.parse_args(argv)
    try:
        entries = chosen(args.manifest, args.names)
        if shutil.which(COMPILER) is None:
            raise ConfigError(f"{COMPILER} is not installed on this machine ({platform.machine()}).\n{INSTALL}")
        for name, entry in entries.items():
            print(compile_and_pin(args.manifest, name, entry))
    except ModelError as err:
        print(f"tools/compile-edgetpu: {err}", file=sys.stderr)
        return 1
    except EdgeError as err:
        print(f"tools/compile-edgetpu: {err}", file=sys.stderr)
        return 2
    return 0


def chosen(manifest: Path, names: list[str]) -> dict[str, ModelEntry]:
    """Return the entries of these names, or the default's; raises ConfigError for a model that does not ship."""
    known = read(manifest)
    ours = {name: one for name, one in known.models.items() if one.is_shipped and one.accelerator == "cpu"}
    for name in names:
        if name not in ours:
            raise ConfigError(f"{name}: expected a model that comes with the product, one of: {', '.join(ours)}")
    return {name: ours[name] for name in names or [known.default]}


def compile_and_pin(manifest: Path, name: str, entry: ModelEntry) -> str:
    """Compile a model and pin the result; returns a sentence about it. Raises ModelError and then changes nothing."""
    source, twin = manifest.parent / entry.file, f"{name}-edgetpu"
    if digest(source) != (entry.sha256, entry.bytes):
        raise ModelError(f"{source}: is not the file that {manifest} pins: spotter models verify {name}")
    with tempfile.TemporaryDirectory() as work:
        report = compile_model(source, Path(work))
        made = Path(work) / f"{source.stem}_edgetpu.tflite"
        check_compiled(made, entry)
        sha256, size = digest(made)
        target = manifest.parent / f"{twin}.tflite"
        shutil.copyfile(made, target)
    compiled = msgspec.structs.replace(
        entry,
        file=target.name,
        sha256=sha256,
        bytes=size,
        quantization="compiled for the Edge TPU",
        edgetpu=None,
        cpu=name,
        compiled_from=entry.sha256,
    )
    pin(manifest, {name: msgspec.structs.replace(entry, edgetpu=twin), twin: compiled})
    done = f"all {report.total} operators on the Edge TPU, by compiler {report.version}; pinned in {manifest}"
    return "\n  ".join([f"{target}: {done}", *report.memory])


def compile_model(source: Path, into: Path) -> Report:
    """Run the compiler; raises ModelError with its output if it fails, or with the operators it left on the CPU."""
    words = [COMPILER, "--show_operations", "--out_dir", str(into), str(source)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ModelError(f"{COMPILER} did not finish: {err}") from err
    said = done.stdout + done.stderr
    if done.returncode or DONE not in said:
        raise ModelError(
            f"{COMPILER} cannot compile {source.name}: {_complaint(said) or f'exit code {done.returncode}'}"
        )
    report = read_report(said)
    if report.left:
        left = "; ".join(f"{row.number} {row.operator} ({row.status})" for row in report.left)
        raise ModelError(f"{source.name}: the compiler leaves on the CPU: {left}; nothing was pinned")
    return report


def read_report(said: str) -> Report:
    """Parse the compiler's output (versions 14 to 16); raises ModelError if the numbers do not add up."""
    version = re.search(r"Edge TPU Compiler version (\S+)", said)
    total = re.search(r"Total number of operations: (\d+)", said)
    rows = list(_rows(said))
    if version is None or total is None or sum(row.number for row in rows) != int(total[1]):
        raise ModelError(
            f"expected the report of {COMPILER} with a table of {total[1] if total else 'all'} operators, found one of "
            f"{sum(row.number for row in rows)}: which version is it?"
        )
    return Report(version[1], int(total[1]), rows, re.findall(r"^O(?:n|ff)-chip memory .*$", said, re.MULTILINE))


def check_compiled(path: Path, entry: ModelEntry) -> None:
    """Raise ModelError unless the file runs on the Edge TPU alone and takes the same input as the original."""
    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    except OSError as err:
        raise ModelError(f"{COMPILER} wrote no {path.name}: {err.strerror}") from err
    (graph,) = model.subgraphs
    codes = {bytes(code.customCode or b"") for code in model.operatorCodes}
    if codes != {ON_TPU}:
        raise ModelError(f"{path.name}: expected nothing but operators {ON_TPU!r}, found {sorted(codes)}")
    shape = graph.tensors[graph.inputs[0]].shape.tolist()
    if shape != [1, entry.input.height, entry.input.width, 3]:
        raise ModelError(f"{path.name}: expected an input of {entry.input.height}x{entry.input.width}, found {shape}")


def _rows(said: str) -> Iterator[Row]:
    """Yield the rows below `Operator Count Status`; a blank line may follow the header."""
    _, _, table = said.partition("Operator  ")
    for line in table.splitlines():
        if found := re.fullmatch(r"([A-Za-z]\w*)\s+(\d+)\s+(\S.*?)\s*", line):
            yield Row(found[1], int(found[2]), found[3])


def _complaint(said: str) -> str:
    """Return the output without the lines of version and timer."""
    lines = (line.strip() for line in said.splitlines())
    return " ".join(line for line in lines if line and not line.startswith(("Edge TPU Compiler", "Started a")))


if __name__ == "__main__":
    sys.exit(main())
