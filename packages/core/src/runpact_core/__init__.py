"""The hub of Runpact: documents of the contracts, plain files, runs.

The public modules are `documents`, `models`, `files`, `runs`, `jsonl`, `redact` and `errors`; names with a leading
underscore are not promised. Importing this package loads no validator and no model.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from runpact_core._version import __version__

__all__ = ["__version__"]


def __getattr__(name: str) -> object:
    """Load the version when it is asked for: every command waits for this package."""
    if name == "__version__":
        from runpact_core._version import __version__

        return __version__
    raise AttributeError(name)
