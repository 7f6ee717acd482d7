"""``python -m evolution --against REF``: hold the contracts of this project against older ones."""

from __future__ import annotations

import sys
from pathlib import Path

from evolution.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent.parent))
