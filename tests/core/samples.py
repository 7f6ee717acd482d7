"""Published examples as fresh values, for tests that change one thing about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["EXAMPLES", "sample"]

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"


def sample(name: str, **changes: Any) -> dict[str, Any]:
    """The valid example ``<contract>/<version>/<name>`` with some fields changed; ``...`` takes a field away."""
    folder, _, file = name.rpartition("/")
    data = json.loads((EXAMPLES / folder / "valid" / f"{file}.json").read_bytes()) | changes
    return {key: value for key, value in data.items() if value is not ...}
