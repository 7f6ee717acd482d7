"""``python -m runpact_status_matrix`` and the console script: Ctrl-C is quiet from the first moment on."""

from __future__ import annotations

import sys

__all__ = ["main", "runner_certify"]

_INTERRUPTED = 130  # as `runpact_core.edge` has it, which may not be loaded yet


def main() -> int:
    """Load the command and be it; the exit code."""
    try:
        from runpact_status_matrix import cli

        return cli.main()
    except KeyboardInterrupt:
        return _INTERRUPTED


def runner_certify() -> int:
    """The console script ``runner-certify``: ``runpact certify`` under the name of the source document."""
    try:
        from runpact_status_matrix import cli

        return cli.runner_certify()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
