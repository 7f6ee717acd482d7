"""How every published example reads, as lines of text: what a release promised about old documents.

``python -m tests.contracts.frozen`` writes the table anew. Lines may join it; a line that changes, or goes,
breaks a promise.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from evolution.frozen import outcome
from runpact_core import documents
from tests.contracts.examples import examples

__all__ = ["TABLE", "lines"]

TABLE = Path(__file__).with_name("frozen.txt")


def lines() -> list[str]:
    """One line for each example: which, the start of its sha256, what the reader makes of it."""
    return [
        f"{version.contract} {version.version} {'valid' if example.valid else 'invalid'}/{example.name}"
        f" {hashlib.sha256(example.data).hexdigest()[:16]}: {outcome(version.contract, example.data)}"
        for version in documents.catalog()
        for example in examples(version)
    ]


if __name__ == "__main__":
    TABLE.write_text("\n".join([*lines(), ""]), encoding="utf-8", newline="\n")
