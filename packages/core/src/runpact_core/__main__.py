"""``python -m runpact_core``: the same as the console script."""

from __future__ import annotations

import sys

from runpact_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
