"""axe-core, which looks for obstacles to people who see or use a page otherwise (WCAG); from npm, not committed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.11.0"
FOLDER = Path(os.environ.get("SPOTTER_AXE", Path(__file__).parents[1] / ".cache" / "axe"))
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"


def axe_script() -> str:
    """Return the program; installs it the first time, and skips the test if that cannot be done."""
    if not SCRIPT.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is missing, which installs axe-core")
        FOLDER.mkdir(parents=True, exist_ok=True)
        words = [npm, "install", "--silent", "--no-save", "--ignore-scripts", f"axe-core@{VERSION}"]
        done = subprocess.run([*words, "--prefix", FOLDER], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"axe-core cannot be installed: {done.stderr.strip()[-200:]}")
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, script: str) -> list[str]:
    """Return what axe finds wrong, each as its rule and where."""
    page.evaluate(script)  # by the browser's debugger, as the page's own policy would refuse it
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]
