"""``python -m codegen``: compile the contracts, or with ``--check`` say what would change and fail."""

from __future__ import annotations

import sys
from pathlib import Path

from codegen.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent.parent))
