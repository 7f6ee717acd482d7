"""``python -m bench [NAME…]``: measure, print a table, write ``bench/results.json``."""

from __future__ import annotations

import sys

from bench.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
