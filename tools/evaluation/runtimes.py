"""Runs the evaluation on tflite-runtime, the older runtime, in a Python environment of its own.

edge/model/interpreter.py prefers ai-edge-litert; without it, tflite-runtime runs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".cache" / "tflite"
PACKAGES = (
    "tflite-runtime==2.14.0",
    "numpy<2",  # the numpy that the wheel was built against
    "opencv-python-headless<4.12",  # the last that takes numpy 1
    "scipy<1.16",
    "msgspec>=0.19",
    "pyyaml>=6",
    "rich>=13.9",
)


def on_tflite_runtime(words: list[str]) -> dict[str, Any] | str:
    """Return what `tools/evaluate WORDS --json` finds on tflite-runtime, or why it was left out."""
    if sys.version_info[:2] != (3, 11):
        return f"left out: tflite-runtime needs Python 3.11, this is {sys.version_info.major}.{sys.version_info.minor}"
    python = HOME / "bin" / "python"
    try:
        if not (HOME / ".installed").exists():
            _install(python)
        command = [str(python), "-m", "tools.evaluation", *words, "--json", "--alone"]
        search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": search}
        )
    except subprocess.CalledProcessError as err:
        said = (err.stderr or "").strip().splitlines() or [f"exit code {err.returncode}"]
        return f"left out: {said[-1]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _install(python: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True, capture_output=True, text=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES]
    subprocess.run(install, check=True, capture_output=True, text=True)
    (HOME / ".installed").touch()
