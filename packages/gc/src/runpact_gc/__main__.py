"""``python -m runpact_gc`` and the console script: Ctrl-C is quiet from the first moment on."""

from __future__ import annotations

import sys

__all__ = ["main"]

_INTERRUPTED = 130  # as `runpact_core.edge` has it, which may not be loaded yet


def main() -> int:
    """Load the command and be it; the exit code."""
    try:
        from runpact_gc import cli

        return cli.main()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
