"""``python -m evolution WORD …``: the commands about contracts that change, which `hatch.toml` has as scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from codegen.broken import start

MODULES: Final = {
    "compat": "evolution.cli",
    "review": "evolution.review",
    "certificate": "evolution.certificate",
    "packages": "evolution.packages",
    "fuzz": "evolution.fuzz",
}

if __name__ == "__main__":
    word, *rest = sys.argv[1:] or [""]
    if word not in MODULES:
        print(f"usage: python -m evolution {'|'.join(MODULES)} …", file=sys.stderr)
        sys.exit(2)
    sys.exit(start(MODULES[word], rest, Path(__file__).resolve().parent.parent))
