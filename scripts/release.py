"""``hatch run release prepare VERSION | check | documents DIR``: a release of all six distributions.

`release_steps` has the work; it needs the compiler and its relatives, which are modules of the project's root, where a
script does not look by itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from release_steps import main

    sys.exit(main(sys.argv[1:]))
