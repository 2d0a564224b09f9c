"""The demo as a newcomer runs it: by itself, without a terminal; and stopped with Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def children_of_the_demo() -> list[str]:
    """Return every program that has one of the demo's folders on its command line."""
    lines = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [line for line in lines if "spotter-demo-" in line]


@pytest.mark.requires_broker
def test_it_ends_by_itself_having_alerted() -> None:
    done = subprocess.run([ROOT / "tools" / "demo"], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ALERT \d+: (rarer than )?1 in \d+", done.stdout)
    assert re.search(r"truth of \d+: walker \d+, planted exception", done.stdout)
    assert re.search(r"\d+ exceptions were planted: [1-9]\d* alerted", done.stdout)
    assert children_of_the_demo() == []


def test_without_mosquitto_it_runs_in_one_process_and_says_so(tmp_path: Path) -> None:
    """PATH holds everything but mosquitto; `tools.demo` is what runs once the set-up is done."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("no .venv here; tools/test makes it")
    environment = {**os.environ, "PATH": f"{python.parent}:/bin"}
    if shutil.which("mosquitto", path=environment["PATH"]):
        pytest.skip("mosquitto is in /bin here")
    done = subprocess.run(
        [python, "-m", "tools.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ALERT" in done.stdout


def test_ctrl_c_leaves_nothing_running() -> None:
    demo = subprocess.Popen(
        [ROOT / "tools" / "demo", "--stay"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    assert demo.stdout is not None
    with demo.stdout:
        for line in demo.stdout:
            if b"Spotting" in line:
                break
        time.sleep(8)
        assert children_of_the_demo()
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(30) == 0
    assert children_of_the_demo() == []
