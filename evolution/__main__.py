"""``python -m evolution --against REF``: hold the contracts of this project against older ones."""

from __future__ import annotations

import sys
from pathlib import Path

try:
    from evolution.cli import main
except SyntaxError as error:  # of a file that an author of a contract edits, such as that of the upgrade steps
    file, root = Path(error.filename or ""), Path(__file__).resolve().parent.parent
    shown = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
    print(f"{shown}:{error.lineno}: {error.msg}\nerror[not-python]: {shown} cannot be run", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent.parent))
