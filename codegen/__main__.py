"""``python -m codegen``: compile the contracts, or with ``--check`` say what would change and fail."""

from __future__ import annotations

import sys
from pathlib import Path

from codegen.broken import start

if __name__ == "__main__":
    sys.exit(start("codegen.cli", sys.argv[1:], Path(__file__).resolve().parent.parent))
