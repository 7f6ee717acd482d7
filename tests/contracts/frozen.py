"""How every published example reads, as lines of text: what a release promised about old documents.

``python -m tests.contracts.frozen`` writes the table anew. Lines may join it; a line that changes, or goes,
breaks a promise.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from runpact_core import documents
from runpact_core.errors import RunpactError
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


def outcome(contract: str, data: bytes) -> str:
    """What the reader makes of a document: how it was read, what it found unknown or wrong, or why it refused."""
    try:
        document = documents.read(contract, data)
    except RunpactError as error:
        problems = getattr(error.__cause__ or error, "problems", ())
        return f"refused: {', '.join(f'{place} [{rule}]' for place, rule, *_ in problems) or error}"
    parts = [f"{document.reading} as {document.read_as}"]
    parts += [document.message] if document.message else []
    parts += [f"unknown {pointer}" for pointer in document.unknown_fields()]
    parts += [f"problem {problem}" for problem in document.problems()]
    return "; ".join(parts)


if __name__ == "__main__":
    TABLE.write_text("\n".join([*lines(), ""]), encoding="utf-8", newline="\n")
