"""The former module path of edge/card/first_boot.py, which the systemd unit on older cards still names.

A card's bundle may be replaced by a newer one while its unit stays as it is (firmware-config/start.sh).
Standard library only, like edge/card/first_boot.py.
"""

import sys

from edge.card.first_boot import main

if __name__ == "__main__":
    sys.exit(main())
