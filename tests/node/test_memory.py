"""Memory for frames goes back to the system when it is freed."""

import subprocess
import sys

import pytest

FREED = """
import numpy as np, psutil, sys
from edge.node.memory import keep_small
assert keep_small()
frames = [np.ones((1080, 1920, 3), np.uint8) for _ in range(10)]
full = psutil.Process().memory_info().rss
del frames
print((full - psutil.Process().memory_info().rss) / 2**20)
"""

TRIMMED = """
import psutil
from edge.node.memory import give_back
pieces = [bytes(2000) for _ in range(50_000)]
last = bytes(2000)
del pieces
full = psutil.Process().memory_info().rss
assert give_back()
print((full - psutil.Process().memory_info().rss) / 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is GNU's")
def test_freed_frames_are_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 50, "ten frames of 6 MB"


@pytest.mark.skipif(sys.platform != "linux", reason="malloc_trim is GNU's")
def test_what_lies_below_a_piece_that_is_in_use_is_given_back_when_asked() -> None:
    done = subprocess.run([sys.executable, "-c", TRIMMED], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 50, "50,000 pieces of 2 kB"
