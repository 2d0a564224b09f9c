"""First boot by its older address: the unit on cards that were written before names this module.

Such a card may get a bundle with newer software, and its unit stays as it is (firmware-config/start.sh). Standard
library only, as edge/card/first_boot.py is.
"""

import sys

from edge.card.first_boot import main

if __name__ == "__main__":
    sys.exit(main())
