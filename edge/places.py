"""Where things lie on a node, and on a booth that runs as a service; under the root. Standard library only."""

from pathlib import Path

ETC = Path("etc/spotter")
"""Settings, certificates and keys."""
STATE = Path("var/lib/spotter")
"""What is remembered: the outbox and counts of a node, the store of a booth."""
HOME = Path("opt/spotter")
"""Installed releases."""
SAID = Path("run/spotter")
"""Sentences for the node's health, one a file, `*.txt`; gone with the next boot."""
