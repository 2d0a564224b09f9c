"""Folders of a node, and of a booth that runs as a service, relative to the root. Standard library only."""

from pathlib import Path

ETC = Path("etc/spotter")
"""Settings, certificates and keys."""
STATE = Path("var/lib/spotter")
"""State that survives a restart: a node's outbox and counts, a booth's store."""
HOME = Path("opt/spotter")
"""Installed releases."""
SAID = Path("run/spotter")
"""Messages that the node's health report shows, one per `*.txt` file; cleared at boot."""
