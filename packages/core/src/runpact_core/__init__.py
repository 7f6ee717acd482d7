"""The hub of Runpact: documents of the contracts, plain files, runs.

The public modules are `documents`, `models`, `files`, `runs`, `jsonl`, `redact` and `errors`; names with a leading
underscore are not promised. Importing this package loads no validator and no model.
"""

from runpact_core._version import __version__

__all__ = ["__version__"]
