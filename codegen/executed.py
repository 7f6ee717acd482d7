"""The second step: run what the first step made, and show what happened (``python -m codegen.executed ROOT``).

It runs in a fresh process, so that it imports the code as it now is, and prints the files it makes as one JSON object
of path to text. What it cannot do it says in the last line of stderr.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.compat import carried, execute
from codegen.frozen_documents import frozen_documents
from codegen.load import load
from codegen.reference import render_reference
from runpact_core import documents
from runpact_core._upgrades import missing_steps

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Print the files; 1 where the hub lacks what the contracts need."""
    missing = missing_steps(documents.catalog())
    if missing:
        steps = ", ".join(f"{contract} {version}" for contract, version in missing)
        print(f"there is no step to {steps} in packages/core/src/runpact_core/_upgrades.py", file=sys.stderr)
        return 1
    root = Path(arguments[0])
    matrix = execute(load(root), frozen_documents(root), carried(root))
    json.dump(matrix | render_reference(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
